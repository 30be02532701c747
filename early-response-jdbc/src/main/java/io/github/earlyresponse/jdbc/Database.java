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

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MariaDBJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.MySQL8JdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;

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
		TableCheck check = new TableCheck(jdbc, properties, "early-response.jdbc.table", properties.getTable(),
				JdbcProperties.DEFAULT_TABLE);
		check.check(properties.getTable(), COLUMNS);
		check.check(NodeTable.name(properties.getTable()), NODE_COLUMNS);
		StatusTables.check(check, properties.getTable());
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
	 * The time that was some time before {@link #now()}.
	 */
	String ago(Duration time) {
		long micros = TimeUnit.MICROSECONDS.convert(time);
		return switch (this.driver) {
			case MARIADB, MYSQL -> now() + " - interval " + micros + " microsecond";
			case POSTGRESQL -> now() + " - interval '" + BigDecimal.valueOf(micros, 6).toPlainString() + " seconds'";
			default -> "dateadd(microsecond, " + -micros + ", " + now() + ")";
		};
	}

	/**
	 * Has the next query of the transaction read rows in the order of an index, and stop
	 * when it has enough.
	 * @return a statement, {@code null} if the database does that anyway
	 */
	@Nullable String avoidSort() {
		// It would keep to a plan that was good for a few rows, and sort very many
		return (this.driver == DatabaseDriver.POSTGRESQL) ? "set local enable_sort = off" : null;
	}

	/**
	 * Whether a query locks all rows that it finds, also those beyond its limit.
	 */
	boolean locksBeyondLimit() {
		return this.driver == DatabaseDriver.H2;
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

}
