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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.jdbc.DatabaseDriver;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Warns of settings with which a database acknowledges a commit before it has written it,
 * so that a crash loses post-phases for which a client has its response.
 */
final class UnsafeSettings {

	private static final Log logger = LogFactory.getLog(UnsafeSettings.class);

	private final JdbcTemplate jdbc;

	private final DatabaseDriver driver;

	UnsafeSettings(JdbcTemplate jdbc, DatabaseDriver driver) {
		this.jdbc = jdbc;
		this.driver = driver;
	}

	void warn() {
		try {
			switch (this.driver) {
				case POSTGRESQL -> warnOfPostgreSql();
				case MARIADB, MYSQL -> warnOfMySql();
				case H2 -> warnOfH2();
				default -> {
				}
			}
		}
		catch (DataAccessException ex) {
			logger.debug("The settings of the database cannot be read", ex);
		}
	}

	/**
	 * A server, a database, a user and an URL can each set the first one.
	 */
	private void warnOfPostgreSql() {
		if (is("select current_setting('synchronous_commit')", "off")) {
			warn("PostgreSQL acknowledges commits before it has written them (synchronous_commit=off)",
					"Set synchronous_commit to on, for the user of the application at least: "
							+ "alter role ... set synchronous_commit = on");
		}
		if (is("select current_setting('fsync')", "off")) {
			warn("PostgreSQL does not wait until the disk has written what it commits (fsync=off)",
					"Set fsync to on in postgresql.conf");
		}
	}

	private void warnOfMySql() {
		if (!is("select @@innodb_flush_log_at_trx_commit", "1")) {
			warn("The database acknowledges commits before it has written them (innodb_flush_log_at_trx_commit is not 1)",
					"Set innodb_flush_log_at_trx_commit to 1 in its configuration");
		}
	}

	/**
	 * A database in memory has no path.
	 */
	private void warnOfH2() {
		String path = this.jdbc.queryForObject("select database_path()", String.class);
		if (path == null) {
			return;
		}
		if (!is("select setting_value from information_schema.settings where setting_name = 'WRITE_DELAY'", "0")) {
			warn("The H2 database " + path + " writes with a delay",
					"Add ;WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE to its URL");
		}
		if (!path.startsWith("retry:")) {
			logger.warn("The H2 database " + path + " closes its file if a thread is interrupted while it writes, "
					+ "such as that of a post-phase at its time limit. Begin the path in its URL with retry: as in "
					+ "jdbc:h2:file:retry:./data/db");
		}
	}

	private boolean is(String query, String value) {
		return this.jdbc.queryForList(query, String.class).contains(value);
	}

	private static void warn(String reason, String remedy) {
		logger.warn(reason + ", so that a crash loses post-phases that were stored just before. " + remedy);
	}

}
