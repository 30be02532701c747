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

package io.github.earlyresponse.actuate;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EarlyResponseEndpoint} over HTTP.
 */
class EndpointOverHttpTests {

	private static final String PATH = "/actuator/earlyresponse";

	private static RunningServer start(String... properties) {
		String[] all = new String[properties.length + 5];
		all[0] = "management.endpoints.web.exposure.include=*";
		all[1] = "early-response.executor.max-concurrency=1";
		all[2] = "early-response.executor.queue-capacity=4";
		all[3] = "early-response.timeout=90s";
		all[4] = RunningServer.EVERYTHING;
		System.arraycopy(properties, 0, all, 5, properties.length);
		return RunningServer.start(List.of(ActuatorShop.class), all);
	}

	private static JsonNode read(RawHttpClient client, String path) throws IOException {
		RawResponse response = client.get(path);
		assertThat(response.status()).as(path).isEqualTo(200);
		return JsonMapper.shared().readTree(response.body());
	}

	private static void pack(RunningServer server, RawHttpClient client, int count) throws IOException {
		for (int i = 0; i < count; i++) {
			assertThat(client.get("/pack").status()).isEqualTo(200);
		}
		await().until(() -> server.operations().queuedCount() == count - 1);
	}

	private static void assertBalance(JsonNode report) {
		JsonNode outcomes = report.get("totals").get("outcomes");
		long ended = StreamSupport.stream(outcomes.spliterator(), false).mapToLong(JsonNode::asLong).sum();
		assertThat(report.get("totals").get("accepted").asLong()).isEqualTo(ended + report.get("inFlight").asLong());
	}

	@Test
	void showsWhatIsInFlight() throws Exception {
		try (RunningServer server = start(); RawHttpClient client = server.client()) {
			pack(server, client, 3);
			JsonNode report = read(client, PATH);
			assertThat(report.get("capacity").asInt()).isEqualTo(5);
			assertThat(report.get("inFlight").asInt()).isEqualTo(3);
			assertThat(report.get("queued").asInt()).isEqualTo(2);
			assertThat(report.get("failures")).isEmpty();
			assertBalance(report);
			JsonNode running = report.get("postPhases").get(0);
			assertThat(running.propertyNames()).containsExactly("id", "name", "state", "acceptedAt", "age", "startedAt",
					"attempt", "timeLimit", "delivery");
			assertThat(running.get("name").asString()).isEqualTo("pack");
			assertThat(running.get("state").asString()).isEqualTo("running");
			assertThat(running.get("delivery").asString()).isEqualTo("sent");
			assertThat(running.get("timeLimit").asString()).isEqualTo("PT1M30S");
			assertThat(Instant.parse(running.get("acceptedAt").asString()))
				.isBefore(running.get("startedAt").asString());
			assertThat(Duration.parse(running.get("age").asString())).isPositive();
			for (int i = 1; i < 3; i++) {
				JsonNode queued = report.get("postPhases").get(i);
				assertThat(queued.get("state").asString()).isEqualTo("queued");
				assertThat(queued.has("startedAt")).isFalse();
				assertThat(read(client, PATH + "/" + queued.get("id").asString()).get("acceptedAt"))
					.isEqualTo(queued.get("acceptedAt"));
			}
			server.bean(ActuatorShop.class).letGo(3);
		}
	}

	@Test
	void cancels() throws Exception {
		try (RunningServer server = start(); RawHttpClient client = server.client()) {
			pack(server, client, 2);
			JsonNode postPhases = read(client, PATH).get("postPhases");
			String running = PATH + "/" + postPhases.get(0).get("id").asString();
			String queued = PATH + "/" + postPhases.get(1).get("id").asString();
			assertThat(client.exchange("DELETE", queued, null).status()).isEqualTo(204);
			assertThat(client.exchange("DELETE", queued, null).status()).isEqualTo(404);
			assertThat(client.exchange("DELETE", running, null).status()).isEqualTo(204);
			assertThat(server.awaitBalance().outcomes()).containsOnly(PostPhaseOutcome.CANCELLED).hasSize(2);
			assertThat(client.exchange("DELETE", running, null).status()).isEqualTo(404);
			assertThat(client.get(running).status()).isEqualTo(404);
			assertThat(client.exchange("DELETE", PATH + "/unknown", null).status()).isEqualTo(404);
			assertThat(client.get(PATH + "/unknown").status()).isEqualTo(404);
			JsonNode report = read(client, PATH);
			assertThat(report.get("totals").get("outcomes").get("cancelled").asInt()).isEqualTo(2);
			assertThat(report.get("inFlight").asInt()).isZero();
			assertBalance(report);
		}
	}

	@Test
	void thereAreNoDeadLettersWithoutDurableEngine() throws Exception {
		try (RunningServer server = start(); RawHttpClient client = server.client()) {
			String path = PATH + "deadletters";
			assertThat(client.get(path).body()).isEqualTo("{\"durable\":false,\"deadLetters\":[]}");
			assertThat(client.exchange("POST", path + "/1", null).status()).isEqualTo(404);
			assertThat(client.exchange("DELETE", path + "/1", null).status()).isEqualTo(404);
		}
	}

	@Test
	void showsFailuresAndNoMoreOfThemThanTheLogLine() throws Exception {
		try (RunningServer server = start(); RawHttpClient client = server.client()) {
			assertThat(client.get("/fail?secret=sesame").status()).isEqualTo(200);
			server.awaitBalance();
			assertThat(client.get("/hang").status()).isEqualTo(200);
			server.awaitBalance();
			String body = client.get(PATH).body();
			assertThat(body).doesNotContain("sesame", "ActuatorShop", "stackTrace");
			JsonNode report = JsonMapper.shared().readTree(body);
			JsonNode hung = report.get("failures").get(0);
			assertThat(hung.get("outcome").asString()).isEqualTo("timed_out");
			assertThat(hung.get("failure").asString()).isEqualTo("java.lang.InterruptedException");
			assertThat(Duration.parse(hung.get("duration").asString())).isGreaterThanOrEqualTo(Duration.ofMillis(20));
			JsonNode failed = report.get("failures").get(1);
			assertThat(failed.propertyNames()).containsExactly("id", "name", "outcome", "endedAt", "duration",
					"attempts", "failure");
			assertThat(failed.get("name").asString()).isEqualTo("fail");
			assertThat(failed.get("outcome").asString()).isEqualTo("failed");
			assertThat(failed.get("failure").asString()).isEqualTo("java.lang.IllegalStateException: no paper");
			assertThat(Instant.parse(failed.get("endedAt").asString())).isBefore(hung.get("endedAt").asString());
			assertThat(read(client, PATH + "/" + failed.get("id").asString())).isEqualTo(failed);
			assertBalance(report);
		}
	}

	@Test
	void countsRejections() throws Exception {
		try (RunningServer server = start(); RawHttpClient client = server.client()) {
			pack(server, client, 5);
			try (RawHttpClient rejected = server.client()) {
				assertThat(rejected.get("/pack").status()).isEqualTo(503);
			}
			JsonNode report = read(client, PATH);
			assertThat(report.get("totals").get("accepted").asInt()).isEqualTo(5);
			assertThat(report.get("totals").get("rejected").asInt()).isEqualTo(1);
			assertBalance(report);
			server.bean(ActuatorShop.class).letGo(5);
			server.awaitBalance();
			report = read(client, PATH);
			assertThat(report.get("totals").get("outcomes").get("completed").asInt()).isEqualTo(5);
			assertBalance(report);
		}
	}

	@Test
	void readOnlyAccessRefusesCancellation() throws Exception {
		try (RunningServer server = start("management.endpoint.earlyresponse.access=read-only");
				RawHttpClient client = server.client()) {
			pack(server, client, 1);
			String path = PATH + "/" + server.operations().inFlight().iterator().next().id();
			assertThat(client.get(path).status()).isEqualTo(200);
			assertThat(client.exchange("DELETE", path, null).status()).isEqualTo(405);
			server.bean(ActuatorShop.class).letGo(1);
			assertThat(server.awaitBalance().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

}
