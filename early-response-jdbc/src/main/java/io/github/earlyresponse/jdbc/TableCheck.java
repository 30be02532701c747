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

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * Checks at start-up that a table is there and can be used.
 *
 * @param jdbc the database
 * @param properties the properties of the module
 * @param property the property that names the table
 * @param table the name of the table
 * @param defaultTable its name in the scripts
 */
record TableCheck(JdbcTemplate jdbc, JdbcProperties properties, String property, String table, String defaultTable) {

	/**
	 * Checks the table.
	 * @param columns its columns
	 * @param updated one that can be set to its own value
	 * @throws InvalidConfigurationPropertyValueException if it cannot be used
	 */
	void check(List<String> columns, String updated) {
		checkColumns(columns);
		checkRights(columns, updated);
	}

	private void checkColumns(List<String> columns) {
		Set<String> missing = new LinkedHashSet<>(columns);
		try {
			this.jdbc.query("select * from " + this.table + " where 1 = 0",
					(ResultSetExtractor<Set<String>>) (result) -> {
						for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
							missing.remove(result.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
						}
						return missing;
					});
		}
		catch (DataAccessException ex) {
			throw invalid("The table cannot be read. The database says: " + ex.getMostSpecificCause().getMessage()
					+ ". If the table is missing, create it with ");
		}
		if (!missing.isEmpty()) {
			throw invalid("The table has no columns " + missing + ". Compare it with ");
		}
	}

	/**
	 * Statements that change nothing, because a missing right would only show when the
	 * first post-phase has been done.
	 */
	private void checkRights(List<String> all, String updated) {
		String columns = String.join(", ", all);
		try {
			this.jdbc.update("insert into " + this.table + " (" + columns + ") select " + columns + " from "
					+ this.table + " where 1 = 0");
			this.jdbc.update("update " + this.table + " set " + updated + " = " + updated + " where 1 = 0");
			this.jdbc.update("delete from " + this.table + " where 1 = 0");
		}
		catch (DataAccessException ex) {
			throw new InvalidConfigurationPropertyValueException(this.property, this.table,
					"The table cannot be written. The user of the database needs the rights to select, insert, update "
							+ "and delete. The database says: " + ex.getMostSpecificCause().getMessage());
		}
	}

	private InvalidConfigurationPropertyValueException invalid(String text) {
		return new InvalidConfigurationPropertyValueException(this.property, this.table, text
				+ "io/github/earlyresponse/jdbc/schema-*.sql of early-response-jdbc, by Flyway or Liquibase for instance"
				+ creation());
	}

	/**
	 * What creates a missing table, apart from the application.
	 */
	private String creation() {
		if (!this.table.equalsIgnoreCase(this.defaultTable)) {
			return ", with this name instead of " + this.defaultTable + ".";
		}
		return (this.properties.getInitializeSchema() == DatabaseInitializationMode.ALWAYS)
				? ". If the script should have created it, early-response.jdbc.continue-on-error=false shows why it has not."
				: ". If it does not exist, early-response.jdbc.initialize-schema=always creates it.";
	}

}
