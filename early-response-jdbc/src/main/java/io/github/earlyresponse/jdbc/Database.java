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

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MySQL8JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.DatabaseDriver;

/**
 * The databases that post-phases can be stored in.
 */
final class Database {

	private Database() {
	}

	/**
	 * How a database stores values and finds rows.
	 * @param product the name of the database, as its driver has it
	 * @param dataSource the name of the DataSource
	 * @return what is special about it
	 */
	static JdbcCustomization customization(@Nullable String product, String dataSource) {
		return switch (DatabaseDriver.fromProductName(product)) {
			case POSTGRESQL -> new PostgreSqlJdbcCustomization(false, false);
			case MARIADB -> new MariaDBJdbcCustomization(true);
			case MYSQL -> new MySQL8JdbcCustomization(true);
			case H2 -> new DefaultJdbcCustomization(false);
			default -> throw new InvalidConfigurationPropertyValueException("early-response.jdbc.datasource", dataSource,
					"Post-phases cannot be stored in " + product + ". Use PostgreSQL, MariaDB, MySQL or H2.");
		};
	}

}
