/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.earlyresponse.jdbc;

import java.util.Map;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.jdbc.init.PropertiesBasedDataSourceScriptDatabaseInitializer;

/**
 * Creates the table of stored post-phases. MySQL has the script of MariaDB.
 */
final class EarlyResponseSchemaInitializer extends PropertiesBasedDataSourceScriptDatabaseInitializer<JdbcProperties> {

	EarlyResponseSchemaInitializer(DataSource dataSource, JdbcProperties properties) {
		super(dataSource, properties, Map.of(DatabaseDriver.MYSQL, DatabaseDriver.MARIADB.getId()));
	}

}
