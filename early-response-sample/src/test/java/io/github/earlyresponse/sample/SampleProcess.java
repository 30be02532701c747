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

package io.github.earlyresponse.sample;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The sample in a process of its own, on a free port.
 */
final class SampleProcess implements AutoCloseable {

	private static final Pattern PORT = Pattern.compile("Ready at http://localhost:(\\d+)/");

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final HttpClient client = HttpClient.newHttpClient();

	private final Process process;

	private final Path log;

	private final int port;

	private SampleProcess(Process process, Path log) throws IOException {
		this.process = process;
		this.log = log;
		await().atMost(TIMEOUT).until(() -> !process.isAlive() || PORT.matcher(log()).find());
		Matcher port = PORT.matcher(log());
		assertThat(port.find()).as(log()).isTrue();
		this.port = Integer.parseInt(port.group(1));
	}

	/**
	 * Starts the classes of the sample, without those of its tests.
	 * @param folder the folder for the log and what the sample keeps
	 * @param arguments further arguments of the sample
	 */
	static SampleProcess ofClasses(Path folder, String... arguments) throws IOException {
		String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !Path.of(entry).toAbsolutePath().equals(testClasses()))
			.collect(Collectors.joining(File.pathSeparator));
		return start(folder, List.of("-cp", classPath, SampleApplication.class.getName()), arguments);
	}

	private static Path testClasses() {
		try {
			return Path.of(SampleProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Starts a JVM.
	 * @param folder the folder for the log and what the sample keeps
	 * @param application what to start
	 * @param arguments further arguments of the sample
	 */
	static SampleProcess start(Path folder, List<String> application, String... arguments) throws IOException {
		Path log = Files.createTempFile(folder, "sample-", ".log");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
						"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
		command.addAll(application);
		command.addAll(List.of("--server.port=0", "--sample.directory=" + folder));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			return new SampleProcess(process, log);
		}
		catch (IOException | RuntimeException | Error ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return this.client.send(request(path).build(), BodyHandlers.ofString());
	}

	HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
		return this.client.send(
				request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)).build(),
				BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/").resolve(path)).timeout(TIMEOUT);
	}

	/**
	 * Stops it as Ctrl-C does.
	 */
	void stop() throws InterruptedException {
		this.process.destroy();
		assertThat(this.process.waitFor(60, TimeUnit.SECONDS)).as("stops in order").isTrue();
	}

	/**
	 * Kills it as {@code kill -9} does.
	 */
	void kill() throws InterruptedException {
		this.process.destroyForcibly();
		assertThat(this.process.waitFor(60, TimeUnit.SECONDS)).as("is killed").isTrue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
