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

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A table of test applications that several processes may create at once.
 */
final class SharedTable {

	private SharedTable() {
	}

	/**
	 * Creates it if it is missing. In PostgreSQL, {@code if not exists} fails if another
	 * transaction has created the table meanwhile.
	 * @param jdbc where
	 * @param definition its name and columns
	 */
	static void create(JdbcClient jdbc, String definition) {
		String statement = "create table if not exists " + definition;
		try {
			jdbc.sql(statement).update();
		}
		catch (DataAccessException ex) {
			jdbc.sql(statement).update();
		}
	}

}
