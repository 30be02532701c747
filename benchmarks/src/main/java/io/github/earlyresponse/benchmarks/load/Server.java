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

package io.github.earlyresponse.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.benchmarks.application.BenchmarkApplication;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own, on a free port of the loopback interface.
 */
final class Server implements AutoCloseable {

	private static final Duration START = Duration.ofSeconds(60);

	private static final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final String name;

	private final Process process;

	private final int port;

	private final Path log;

	private Server(String name, Process process, int port, Path log) {
		this.name = name;
		this.process = process;
		this.port = port;
		this.log = log;
	}

	/**
	 * Starts a server and waits until it answers.
	 * @param name what to call it
	 * @param port the port that it was told
	 * @param path what it answers
	 * @param directory where it runs
	 * @param command how it is started
	 */
	static Server start(String name, int port, String path, @Nullable Path directory, List<String> command)
			throws IOException, InterruptedException {
		Server server = launch(name, port, directory, command);
		Instant deadline = Instant.now().plus(START);
		while (!server.answers(path)) {
			if (!server.process.isAlive() || Instant.now().isAfter(deadline)) {
				server.close();
				List<String> lines = Files.readAllLines(server.log);
				throw new IllegalStateException(name + " did not start: "
						+ String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size())));
			}
			TimeUnit.MILLISECONDS.sleep(100);
		}
		return server;
	}

	/**
	 * Starts a server that others answer for.
	 */
	static Server launch(String name, int port, @Nullable Path directory, List<String> command) throws IOException {
		Path log = Files.createTempFile(name + "-", ".log");
		log.toFile().deleteOnExit();
		Process process = new ProcessBuilder(command).directory((directory != null) ? directory.toFile() : null)
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new Server(name, process, port, log);
	}

	/**
	 * Starts the application of this module.
	 * @param classPath its class path
	 * @param options options of the JVM
	 * @param properties properties of Spring Boot
	 */
	static Server application(String classPath, List<String> options, String... properties)
			throws IOException, InterruptedException {
		return application(BenchmarkApplication.class, classPath, options, properties);
	}

	/**
	 * Starts an application that answers at {@code /done}.
	 * @param mainClass its main class
	 * @param classPath its class path
	 * @param options options of the JVM
	 * @param properties properties of Spring Boot
	 */
	static Server application(Class<?> mainClass, String classPath, List<String> options, String... properties)
			throws IOException, InterruptedException {
		int port = freePort();
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-cp", classPath, mainClass.getName(), "--server.port=" + port));
		command.addAll(List.of(properties));
		return start("application", port, "/done", null, command);
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private boolean answers(String path) throws InterruptedException {
		try {
			return send(path).statusCode() == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	String get(String path) throws IOException, InterruptedException {
		HttpResponse<String> response = send(path);
		if (response.statusCode() != 200) {
			throw new IllegalStateException(this.name + " answers " + response.statusCode() + ": " + response.body());
		}
		return response.body();
	}

	private HttpResponse<String> send(String path) throws IOException, InterruptedException {
		return client.send(HttpRequest.newBuilder(uri(path))
			.header("Authorization", Wrk.AUTHORIZATION)
			.timeout(Duration.ofSeconds(10))
			.build(), HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * The processor time that the process has taken so far.
	 */
	Duration processorTime() {
		return this.process.info().totalCpuDuration().orElse(Duration.ZERO);
	}

	/**
	 * The time that the JIT compiler has taken so far, if the process is a JVM of the JDK
	 * that this program runs on.
	 */
	Duration compilationTime() {
		String jstat = Path.of(System.getProperty("java.home"), "bin", "jstat").toString();
		// Behind what the JVM may say of its options
		List<String[]> table = Command
			.output(List.of(jstat, "-J-Duser.language=en", "-compiler", String.valueOf(pid())))
			.lines()
			.dropWhile((line) -> !line.startsWith("Compiled"))
			.map((line) -> line.trim().split("\\s+"))
			.toList();
		String seconds = table.get(1)[List.of(table.get(0)).indexOf("Time")];
		return Duration.ofNanos((long) (Double.parseDouble(seconds) * 1e9));
	}

	long pid() {
		return this.process.pid();
	}

	/**
	 * Ends the process and what it has started.
	 */
	@Override
	public void close() {
		List<ProcessHandle> descendants = this.process.descendants().toList();
		this.process.destroy();
		try {
			if (!this.process.waitFor(30, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
		descendants.forEach(ProcessHandle::destroyForcibly);
	}

}
