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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process without a web server, and without its classes.
 */
@DisabledOnOs(OS.WINDOWS)
class WorkerProcessTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void worksUntilItIsTerminated(@TempDir Path folder) throws Exception {
		List<String> database = TestDatabase.POSTGRESQL.properties();
		Path output = folder.resolve("output");
		Process worker = null;
		try (ConfigurableApplicationContext accepting = DurableApplication.start(database,
				"early-response.jdbc.work=accept-only")) {
			Process process = start(database, output);
			worker = process;
			Tables tables = accepting.getBean(Tables.class);
			for (String item : List.of("a", "b")) {
				assertThat(post(accepting, "/plain/" + item)).isEqualTo(200);
				await().atMost(TIMEOUT)
					.conditionEvaluationListener(
							(condition) -> assertThat(process.isAlive()).as(() -> "worker is alive: " + read(output))
								.isTrue())
					.until(() -> tables.count("effects where item = '" + item + "'") == 1);
			}
			assertThat(new ProcessBuilder("kill", String.valueOf(worker.pid())).start().waitFor()).isZero();
			assertThat(worker.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(worker.exitValue()).isEqualTo(143);
			assertThat(tables.stored()).isZero();
		}
		finally {
			if (worker != null) {
				worker.destroyForcibly();
			}
		}
	}

	private static Process start(List<String> database, Path output) throws Exception {
		String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !new File(entry).getName().matches("(tomcat-|jakarta\\.servlet).*"))
			.collect(Collectors.joining(File.pathSeparator));
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", classPath, WorkerApplication.class.getName()));
		command.addAll(database);
		return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
	}

	private static String read(Path output) {
		try {
			return Files.readString(output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private int post(ConfigurableApplicationContext node, String path) throws Exception {
		String port = node.getEnvironment().getRequiredProperty("local.server.port");
		return this.client
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
				.POST(BodyPublishers.noBody())
				.build(), BodyHandlers.discarding())
			.statusCode();
	}

}
