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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The databases that tests run on, with a schema of its own for each test.
 */
public enum TestDatabase {

	H2 {

		@Override
		public List<String> properties() {
			return List.of("spring.datasource.url=jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
		}

	},

	POSTGRESQL {

		@Override
		public List<String> properties() {
			String schema = uniqueName();
			Server.execute("create schema " + schema);
			return List.of("spring.datasource.url=" + Server.url() + "&currentSchema=" + schema,
					"early-response.jdbc.initialize-schema=always");
		}

	},

	MARIADB {

		@Override
		public List<String> properties() {
			assumeThat(MariaDbServer.isInstalled()).as("MariaDB is installed").isTrue();
			return List.of("spring.datasource.url=" + MariaDbServer.createDatabase(uniqueName()),
					"early-response.jdbc.initialize-schema=always");
		}

	};

	/**
	 * Properties of an application on a database that nobody else uses. Where the
	 * database is not installed, the test is skipped.
	 */
	public abstract List<String> properties();

	private static String uniqueName() {
		return "s" + UUID.randomUUID().toString().replace("-", "");
	}

	/**
	 * One server for all tests of a JVM, which ends with it.
	 */
	private static final class Server {

		private static final EmbeddedPostgres postgres = start();

		private static EmbeddedPostgres start() {
			try {
				return EmbeddedPostgres.builder().setServerConfig("max_connections", "200").start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		static String url() {
			return postgres.getJdbcUrl("postgres", "postgres");
		}

		static void execute(String sql) {
			try (var connection = postgres.getPostgresDatabase().getConnection();
					var statement = connection.createStatement()) {
				statement.execute(sql);
			}
			catch (java.sql.SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
