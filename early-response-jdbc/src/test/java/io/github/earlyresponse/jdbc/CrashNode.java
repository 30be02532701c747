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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A {@link CrashApplication}, or another application, in a process of its own.
 */
final class CrashNode {

	private static final Duration TIMEOUT = Duration.ofSeconds(90);

	private final Process process;

	private final Queue<String> output = new ConcurrentLinkedQueue<>();

	private final CompletableFuture<Integer> port = new CompletableFuture<>();

	/**
	 * Starts it, and does not wait until it has started.
	 */
	CrashNode(List<String> properties, String... further) {
		this(Map.of(), properties, further);
	}

	/**
	 * Starts it with environment variables, and does not wait until it has started.
	 */
	CrashNode(Map<String, String> environment, List<String> properties, String... further) {
		this(CrashApplication.class, environment, properties, further);
	}

	/**
	 * Starts another application that prints its port as {@link CrashApplication} does.
	 */
	CrashNode(Class<?> application, Map<String, String> environment, List<String> properties, String... further) {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp",
						System.getProperty("java.class.path"), application.getName()));
		command.addAll(properties);
		command.addAll(Arrays.asList(further));
		try {
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
			builder.environment().putAll(environment);
			this.process = builder.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread reader = new Thread(this::read, "output of " + this.process.pid());
		reader.setDaemon(true);
		reader.start();
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.add(line);
				if (line.startsWith(CrashApplication.STARTED)) {
					this.port.complete(Integer.valueOf(line.substring(CrashApplication.STARTED.length()).strip()));
				}
			}
		}
		catch (IOException ex) {
			// It has ended
		}
		this.port.completeExceptionally(new IllegalStateException("It has ended:\n" + output()));
	}

	URI uri(String path) {
		try {
			return URI.create("http://localhost:" + this.port.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS) + path);
		}
		catch (Exception ex) {
			throw new IllegalStateException("It did not start:\n" + output(), ex);
		}
	}

	HttpResponse<String> post(HttpClient client, String path) throws IOException, InterruptedException {
		return client.send(HttpRequest.newBuilder(uri(path)).timeout(TIMEOUT).POST(BodyPublishers.noBody()).build(),
				BodyHandlers.ofString());
	}

	/**
	 * Kills it as {@code kill -9} does.
	 */
	void kill() {
		this.process.destroyForcibly();
		awaitEnd();
	}

	/**
	 * Asks it to end, as {@code kill} does. Process.destroy() would close its input, with
	 * which it ends at once.
	 */
	void terminate() {
		try {
			Process kill = new ProcessBuilder("kill", String.valueOf(this.process.pid())).start();
			if (kill.waitFor() != 0) {
				throw new IllegalStateException("It cannot be terminated");
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Waits until it has ended.
	 * @return its exit code
	 */
	int awaitEnd() {
		try {
			if (!this.process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("It did not end:\n" + output());
			}
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	Process process() {
		return this.process;
	}

	String output() {
		return String.join("\n", this.output);
	}

}
