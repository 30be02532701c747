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
import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EarlyResponseHealthIndicator} over HTTP.
 */
class HealthOverHttpTests {

	private static final String READY = "early-response.health.readiness=true";

	/**
	 * Saturated from 9 of 10 until 5.
	 */
	private static RunningServer start(String... properties) {
		Stream<String> common = Stream.of(RunningServer.EVERYTHING, "management.endpoints.web.exposure.include=*",
				"management.endpoint.health.show-details=always", "early-response.executor.max-concurrency=1",
				"early-response.executor.queue-capacity=9", "early-response.health.saturation-threshold=0.9",
				"early-response.health.recovery-threshold=0.5");
		return RunningServer.start(List.of(ActuatorShop.class),
				Stream.concat(common, Stream.of(properties)).toArray(String[]::new));
	}

	private static void pack(RunningServer server, int count) throws IOException {
		for (int i = 0; i < count; i++) {
			assertThat(get(server.port(), "/pack").status()).isEqualTo(200);
		}
	}

	/**
	 * Asks on a connection of its own, because a 503 is the last response on one.
	 */
	private static RawResponse get(int port, String path) throws IOException {
		try (RawHttpClient client = new RawHttpClient(port)) {
			return client.get(path);
		}
	}

	private static int status(RunningServer server, String path) throws IOException {
		return get(server.port(), path).status();
	}

	private static void letGo(RunningServer server, int count) {
		int left = server.operations().inFlightCount() - count;
		server.bean(ActuatorShop.class).letGo(count);
		await().until(() -> server.operations().inFlightCount() == left);
	}

	private static JsonNode read(RunningServer server, String path) throws IOException {
		return JsonMapper.shared().readTree(get(server.port(), path).body());
	}

	@Test
	void readinessGoesWithSaturationAndComesBackLater() throws Exception {
		try (RunningServer server = start(READY)) {
			pack(server, 8);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
			pack(server, 1);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(503);
			assertThat(status(server, "/actuator/health")).isEqualTo(503);
			assertThat(status(server, "/actuator/health/liveness")).isEqualTo(200);
			letGo(server, 3);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(503);
			letGo(server, 1);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
			pack(server, 3);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
			pack(server, 1);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(503);
			letGo(server, 9);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
		}
	}

	@Test
	void rejectionMakesNotReady() throws Exception {
		try (RunningServer server = start(READY, "early-response.health.saturation-threshold=1")) {
			pack(server, 9);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
			assertThat(status(server, "/pack-and-fail")).isEqualTo(503);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(503);
			letGo(server, 3);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(503);
			letGo(server, 1);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
			letGo(server, 5);
		}
	}

	@Test
	void detailsAreShownAndHealthIsUpUnlessReadinessIsAskedFor() throws Exception {
		try (RunningServer server = start()) {
			pack(server, 8);
			await().until(() -> server.operations().queuedCount() == 7);
			JsonNode health = read(server, "/actuator/health/earlyResponse");
			assertThat(health.get("status").asString()).isEqualTo("UP");
			assertThat(health.get("details").get("inFlight").asInt()).isEqualTo(8);
			assertThat(health.get("details").get("queued").asInt()).isEqualTo(7);
			assertThat(health.get("details").get("capacity").asInt()).isEqualTo(10);
			assertThat(health.get("details").get("saturated").asBoolean()).isFalse();
			pack(server, 1);
			health = read(server, "/actuator/health/earlyResponse");
			assertThat(health.get("status").asString()).isEqualTo("UP");
			assertThat(health.get("details").get("saturated").asBoolean()).isTrue();
			assertThat(status(server, "/actuator/health")).isEqualTo(200);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(200);
			letGo(server, 9);
		}
	}

	@Test
	void readinessOfTheApplicationKeepsItsMembersAndDetails() throws Exception {
		try (RunningServer server = start(READY, "management.endpoint.health.group.readiness.include=readinessState,db",
				"management.endpoint.health.group.readiness.show-components=always",
				"management.endpoint.health.status.http-mapping.out-of-service=507")) {
			pack(server, 9);
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(507);
			letGo(server, 9);
			JsonNode readiness = read(server, "/actuator/health/readiness");
			assertThat(readiness.get("components").propertyNames()).containsExactlyInAnyOrder("db", "earlyResponse",
					"readinessState");
		}
	}

	@Test
	void readinessIsOnPathOfTheServerWhenManagementHasItsOwn() throws Exception {
		try (RunningServer server = start(READY, "management.server.port=0",
				"spring.autoconfigure.exclude=org.springframework.boot.jetty.autoconfigure.actuate.web.server.JettyServletManagementContextAutoConfiguration",
				"management.endpoint.health.probes.add-additional-paths=true")) {
			int management = server.context()
				.getEnvironment()
				.getRequiredProperty("local.management.port", Integer.class);
			assertThat(status(server, "/readyz")).isEqualTo(200);
			pack(server, 9);
			assertThat(status(server, "/readyz")).isEqualTo(503);
			assertThat(status(server, "/livez")).isEqualTo(200);
			assertThat(get(management, "/actuator/health/readiness").status()).isEqualTo(503);
			assertThat(get(management, "/actuator/earlyresponse").status()).isEqualTo(200);
			letGo(server, 9);
		}
	}

	@Test
	void thereIsNoReadinessWithoutProbes() throws Exception {
		try (RunningServer server = start(READY, "management.endpoint.health.probes.enabled=false")) {
			assertThat(status(server, "/actuator/health/readiness")).isEqualTo(404);
			assertThat(status(server, "/actuator/health")).isEqualTo(200);
		}
	}

}
