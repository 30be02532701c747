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
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A PostgreSQL server of its own that can be killed and started again, on the same port
 * and with the same data.
 */
final class KillablePostgres implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Path data;

	private final String synchronousCommit;

	private final int port = freePort();

	private EmbeddedPostgres server;

	/**
	 * Starts the server.
	 * @param data the folder of its data
	 * @param synchronousCommit {@code on} as it is by default: a commit is written when
	 * it is acknowledged
	 */
	KillablePostgres(Path data, String synchronousCommit) {
		this.data = data;
		this.synchronousCommit = synchronousCommit;
		start();
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts it, again after it was killed, and waits until it has recovered.
	 */
	void start() {
		try {
			// What has not been written by a commit is not written soon
			this.server = EmbeddedPostgres.builder()
				.setDataDirectory(this.data)
				.setCleanDataDirectory(false)
				.setPort(this.port)
				.setServerConfig("synchronous_commit", this.synchronousCommit)
				.setServerConfig("wal_writer_delay", "10s")
				.setServerConfig("max_connections", "50")
				.setPGStartupWait(TIMEOUT)
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills all of its processes as {@code kill -9} does.
	 */
	void kill() {
		ProcessHandle postmaster = postmaster();
		List<ProcessHandle> processes = new ArrayList<>(List.of(postmaster));
		postmaster.descendants().forEach(processes::add);
		assertThat(processes).as("the server and its own processes").hasSizeGreaterThan(1);
		processes.forEach(ProcessHandle::destroyForcibly);
		// The threads of the application may throw meanwhile
		await().atMost(TIMEOUT)
			.dontCatchUncaughtExceptions()
			.until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
		close();
	}

	private ProcessHandle postmaster() {
		try {
			String pid = Files.readAllLines(this.data.resolve("postmaster.pid")).get(0).strip();
			return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Connections without a pool, which do not fail because others wait for one.
	 */
	DataSource dataSource() {
		return this.server.getPostgresDatabase();
	}

	List<String> properties() {
		return List.of("spring.datasource.url=" + this.server.getJdbcUrl("postgres", "postgres"),
				"early-response.jdbc.initialize-schema=always");
	}

	/**
	 * Stops it, unless it was killed, and leaves its data.
	 */
	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
