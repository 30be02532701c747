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

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A MariaDB for all tests of a JVM, which ends with it. Its time zone and character set
 * are not those that an application would choose.
 */
final class MariaDbServer {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final int port;

	private MariaDbServer(int port) {
		this.port = port;
	}

	static boolean isInstalled() {
		return executable("mariadbd").isPresent() && executable("mariadb-install-db").isPresent();
	}

	/**
	 * Creates a database.
	 * @return its JDBC URL
	 */
	static String createDatabase(String name) {
		Holder.server.execute("create database " + name);
		return Holder.server.url(name);
	}

	private static MariaDbServer start() {
		try {
			Path directory = Files.createTempDirectory("mariadb");
			Path log = directory.resolve("output.log");
			initialize(directory, log);
			int port = freePort();
			List<String> command = command("mariadbd", directory);
			command.addAll(List.of("--port=" + port, "--bind-address=127.0.0.1",
					"--socket=" + directory.resolve("socket"), "--pid-file=" + directory.resolve("pid"),
					"--max-connections=300", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M",
					"--default-time-zone=+05:00", "--character-set-server=latin1",
					// As from 11.6 on
					"--loose-innodb-snapshot-isolation=ON"));
			// The shell ends it when this JVM closes its input, however that comes about
			List<String> shell = new ArrayList<>(
					List.of("sh", "-c", "\"$@\" & read -r end; kill $!; wait; rm -rf '" + directory + "'", "sh"));
			shell.addAll(command);
			Process process = process(shell, log);
			MariaDbServer server = new MariaDbServer(port);
			await("MariaDB has started").atMost(TIMEOUT).until(() -> !process.isAlive() || server.isReachable());
			if (!process.isAlive()) {
				throw new IllegalStateException("MariaDB does not start:\n" + Files.readString(log));
			}
			return server;
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void initialize(Path directory, Path log) throws IOException, InterruptedException {
		List<String> command = command("mariadb-install-db", directory);
		command.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db"));
		Process process = process(command, log);
		if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
			process.destroyForcibly();
			String output = Files.readString(log);
			FileSystemUtils.deleteRecursively(directory);
			throw new IllegalStateException("MariaDB cannot be initialized:\n" + output);
		}
	}

	private static List<String> command(String program, Path directory) {
		// Without its name it does not run as root
		return new ArrayList<>(List.of(executable(program).orElseThrow().toString(), "--no-defaults",
				"--user=" + System.getProperty("user.name"), "--datadir=" + directory.resolve("data")));
	}

	private static Process process(List<String> command, Path log) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
	}

	private static Optional<Path> executable(String name) {
		// Debian has it where only the path of root leads to
		return Stream
			.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)),
					Stream.of("/usr/sbin", "/usr/local/sbin"))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean isReachable() {
		try {
			execute("select 1");
			return true;
		}
		catch (UncheckedIOException ex) {
			return false;
		}
	}

	private void execute(String sql) {
		try (var connection = DriverManager.getConnection(url("")); var statement = connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new UncheckedIOException(new IOException(ex));
		}
	}

	private String url(String database) {
		return "jdbc:mariadb://127.0.0.1:" + this.port + "/" + database + "?user=root";
	}

	/**
	 * Of a class of its own, so that it is not started to find out whether it is
	 * installed.
	 */
	private static final class Holder {

		private static final MariaDbServer server = start();

	}

}
