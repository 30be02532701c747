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

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The packaged application starts from what was processed ahead of time, and its handlers
 * continue.
 */
class AheadOfTimeIT {

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern MODULE = Pattern.compile("type=\"module\" src=\"([^\"]+)\"");

	@TempDir
	private Path directory;

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void packagedApplicationContinuesItsHandlers() throws Exception {
		Path log = this.directory.resolve("application.log");
		Process application = start(log);
		try {
			await().atMost(Duration.ofMinutes(2))
				.until(() -> !application.isAlive() || PORT.matcher(Files.readString(log)).find());
			assertThat(Files.readString(log)).contains("Starting AOT-processed SampleApplication")
				.containsPattern(PORT);
			assertContinues(port(log));
			assertServesPage(port(log));
			application.destroy();
			assertThat(application.waitFor(60, TimeUnit.SECONDS)).as("stops in order").isTrue();
		}
		finally {
			application.destroyForcibly();
		}
	}

	private Process start(Path log) throws IOException {
		return new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Dspring.aot.enabled=true", "-jar", System.getProperty("sample.jar"), "--server.port=0",
				"--sample.export.directory=" + this.directory))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
	}

	private static int port(Path log) throws IOException {
		Matcher port = PORT.matcher(Files.readString(log));
		assertThat(port.find()).isTrue();
		return Integer.parseInt(port.group(1));
	}

	private void assertContinues(int port) throws Exception {
		HttpRequest export = request(port, "/exports").header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"documents\":[\"price-list.csv\"]}"))
			.build();
		HttpResponse<String> answer = this.client.send(export, BodyHandlers.ofString());
		assertThat(answer.statusCode()).isEqualTo(202);
		HttpRequest metrics = request(port, "/actuator/prometheus").build();
		await()
			.untilAsserted(() -> assertThat(this.client.send(metrics, BodyHandlers.ofString()).body()).containsPattern(
					"early_response_finished_post_phases_total\\{name=\"pack-export\",outcome=\"completed\"} 1"));
		HttpRequest archive = request(port, answer.headers().firstValue("Location").orElseThrow() + "/archive").build();
		assertThat(this.client.send(archive, BodyHandlers.ofByteArray()).body()).isNotEmpty();
	}

	private void assertServesPage(int port) throws Exception {
		HttpResponse<String> page = this.client.send(request(port, "/").build(), BodyHandlers.ofString());
		assertThat(page.body()).contains("<title>Copperleaf Kitchen Goods</title>");
		Matcher module = MODULE.matcher(page.body());
		assertThat(module.find()).isTrue();
		assertThat(this.client.send(request(port, "/" + module.group(1)).build(), BodyHandlers.discarding()))
			.satisfies((response) -> assertThat(response.statusCode()).isEqualTo(200))
			.satisfies((response) -> assertThat(response.headers().firstValue("Content-Type"))
				.hasValue("text/javascript"));
	}

	private static HttpRequest.Builder request(int port, String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/").resolve(path));
	}

}
