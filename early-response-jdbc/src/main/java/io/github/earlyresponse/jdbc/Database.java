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

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MySQL8JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.ResultSetExtractor;

/**
 * A database that post-phases can be stored in.
 *
 * @param driver which one it is
 * @param customization how it stores values and finds rows
 */
record Database(DatabaseDriver driver, JdbcCustomization customization) {

	private static final Log logger = LogFactory.getLog(Database.class);

	private static final List<String> COLUMNS = List.of("task_name", "task_instance", "task_data", "execution_time",
			"picked", "picked_by", "last_success", "last_failure", "consecutive_failures", "last_heartbeat", "version",
			"owner", "accepted_at", "attempts", "failures", "deferrals", "crashes", "failure", "dead_at", "checkpoints",
			"last_checkpoint", "replayed_at");

	private static final List<String> NODE_COLUMNS = List.of("name", "last_heartbeat");

	/**
	 * Checks a database.
	 * @param dataSource the database
	 * @param properties which table to use
	 * @return the database
	 * @throws InvalidConfigurationPropertyValueException if post-phases cannot be stored
	 * there
	 */
	static Database of(DataSource dataSource, JdbcProperties properties) {
		JdbcTemplate jdbc = new JdbcTemplate(dataSource);
		String product = jdbc
			.execute((ConnectionCallback<String>) (connection) -> connection.getMetaData().getDatabaseProductName());
		DatabaseDriver driver = DatabaseDriver.fromProductName(product);
		JdbcCustomization customization = switch (driver) {
			case POSTGRESQL -> new PostgreSqlJdbcCustomization(false, false);
			case MARIADB -> mySql(jdbc, new MariaDBJdbcCustomization(true));
			case MYSQL -> mySql(jdbc, new MySQL8JdbcCustomization(true));
			case H2 -> new DefaultJdbcCustomization(false);
			default -> throw new InvalidConfigurationPropertyValueException("early-response.jdbc.datasource",
					properties.getDatasource(),
					"Post-phases cannot be stored in " + product + ". Use PostgreSQL, MariaDB, MySQL or H2.");
		};
		check(jdbc, properties.getTable(), COLUMNS, properties);
		check(jdbc, NodeTable.name(properties.getTable()), NODE_COLUMNS, properties);
		new UnsafeSettings(jdbc, driver).warn();
		return new Database(driver, customization);
	}

	/**
	 * The time at which a statement begins, as written to columns of times. Its
	 * transaction may have begun long before.
	 */
	String now() {
		return switch (this.driver) {
			case MARIADB, MYSQL -> "utc_timestamp(6)";
			case POSTGRESQL -> "statement_timestamp()";
			default -> "current_timestamp";
		};
	}

	/**
	 * Warns of the driver of MySQL on a MariaDB that looks to it like a very old MySQL.
	 */
	private static JdbcCustomization mySql(JdbcTemplate jdbc, JdbcCustomization customization) {
		Instant time = Instant.EPOCH.plusMillis(1);
		List<Instant> read = jdbc.query("select cast(? as datetime(6)) as stored",
				(statement) -> customization.setInstant(statement, 1, time),
				(result, index) -> customization.getInstant(result, "stored"));
		if (!read.contains(time)) {
			logger.warn(
					"The driver cuts times to seconds, so that post-phases are due up to a second early. Use that of the "
							+ "database: org.mariadb.jdbc:mariadb-java-client for MariaDB");
		}
		return customization;
	}

	private static void check(JdbcTemplate jdbc, String table, List<String> columns, JdbcProperties properties) {
		checkColumns(jdbc, table, columns, properties);
		checkRights(jdbc, table, columns, properties);
	}

	private static void checkColumns(JdbcTemplate jdbc, String table, List<String> columns, JdbcProperties properties) {
		Set<String> missing = new LinkedHashSet<>(columns);
		try {
			jdbc.query("select * from " + table + " where 1 = 0", (ResultSetExtractor<Set<String>>) (result) -> {
				for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
					missing.remove(result.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT));
				}
				return missing;
			});
		}
		catch (DataAccessException ex) {
			throw invalidTable(properties, "The table " + table + " cannot be read. The database says: "
					+ ex.getMostSpecificCause().getMessage() + ". If the table is missing, create it with ");
		}
		if (!missing.isEmpty()) {
			throw invalidTable(properties, "The table " + table + " has no columns " + missing + ". Compare it with ");
		}
	}

	/**
	 * Statements that change nothing, because a missing right would only show when the
	 * first post-phase has been done.
	 */
	private static void checkRights(JdbcTemplate jdbc, String table, List<String> columns, JdbcProperties properties) {
		String all = String.join(", ", columns);
		String one = columns.get(0);
		try {
			jdbc.update("insert into " + table + " (" + all + ") select " + all + " from " + table + " where 1 = 0");
			jdbc.update("update " + table + " set " + one + " = " + one + " where 1 = 0");
			jdbc.update("delete from " + table + " where 1 = 0");
		}
		catch (DataAccessException ex) {
			throw new InvalidConfigurationPropertyValueException("early-response.jdbc.table", properties.getTable(),
					"The table " + table
							+ " cannot be written. The user of the database needs the rights to select, insert, update "
							+ "and delete. The database says: " + ex.getMostSpecificCause().getMessage());
		}
	}

	private static InvalidConfigurationPropertyValueException invalidTable(JdbcProperties properties, String text) {
		return new InvalidConfigurationPropertyValueException("early-response.jdbc.table", properties.getTable(), text
				+ "io/github/earlyresponse/jdbc/schema-*.sql of early-response-jdbc, by Flyway or Liquibase for instance"
				+ creation(properties));
	}

	/**
	 * What creates a missing table, apart from the application.
	 */
	private static String creation(JdbcProperties properties) {
		if (!properties.getTable().equalsIgnoreCase(JdbcProperties.DEFAULT_TABLE)) {
			return ", with " + properties.getTable() + " instead of " + JdbcProperties.DEFAULT_TABLE + " in all names.";
		}
		return (properties.getInitializeSchema() == DatabaseInitializationMode.ALWAYS)
				? ". If the script should have created it, early-response.jdbc.continue-on-error=false shows why it has not."
				: ". If it does not exist, early-response.jdbc.initialize-schema=always creates it.";
	}

}
