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
 * Checks at start-up that tables are there and can be used.
 *
 * @param jdbc the database
 * @param properties the properties of the module
 * @param property the property that names them
 * @param value its value
 * @param defaultValue its default, which is in the scripts
 */
record TableCheck(JdbcTemplate jdbc, JdbcProperties properties, String property, String value, String defaultValue) {

	/**
	 * Checks a table.
	 * @param table its name
	 * @param columns its columns
	 * @throws InvalidConfigurationPropertyValueException if it cannot be used
	 */
	void check(String table, List<String> columns) {
		checkColumns(table, columns);
		checkRights(table, columns);
	}

	private void checkColumns(String table, List<String> columns) {
		Set<String> missing = new LinkedHashSet<>(columns);
		try {
			this.jdbc.query("select * from " + table + " where 1 = 0", (ResultSetExtractor<Set<String>>) (result) -> {
				for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
					missing.remove(result.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
				}
				return missing;
			});
		}
		catch (DataAccessException ex) {
			throw invalid("The table " + table + " cannot be read. The database says: "
					+ ex.getMostSpecificCause().getMessage() + ". If the table is missing, create it with ");
		}
		if (!missing.isEmpty()) {
			throw invalid("The table " + table + " has no columns " + missing + ". Compare it with ");
		}
	}

	/**
	 * Statements that change nothing, because a missing right would only show when the
	 * first post-phase has been done.
	 */
	private void checkRights(String table, List<String> all) {
		String columns = String.join(", ", all);
		String one = all.get(0);
		try {
			this.jdbc.update("insert into " + table + " (" + columns + ") select " + columns + " from " + table
					+ " where 1 = 0");
			this.jdbc.update("update " + table + " set " + one + " = " + one + " where 1 = 0");
			this.jdbc.update("delete from " + table + " where 1 = 0");
		}
		catch (DataAccessException ex) {
			throw new InvalidConfigurationPropertyValueException(this.property, this.value,
					"The table " + table
							+ " cannot be written. The user of the database needs the rights to select, insert, update "
							+ "and delete. The database says: " + ex.getMostSpecificCause().getMessage());
		}
	}

	private InvalidConfigurationPropertyValueException invalid(String text) {
		return new InvalidConfigurationPropertyValueException(this.property, this.value, text
				+ "io/github/earlyresponse/jdbc/schema-*.sql of early-response-jdbc, by Flyway or Liquibase for instance"
				+ creation());
	}

	/**
	 * What creates a missing table, apart from the application.
	 */
	private String creation() {
		if (!this.value.equalsIgnoreCase(this.defaultValue)) {
			return ", with " + this.value + " instead of " + this.defaultValue + " in all names.";
		}
		return (this.properties.getInitializeSchema() == DatabaseInitializationMode.ALWAYS)
				? ". If the script should have created it, early-response.jdbc.continue-on-error=false shows why it has not."
				: ". If it does not exist, early-response.jdbc.initialize-schema=always creates it.";
	}

}
