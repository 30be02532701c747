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

package io.github.earlyresponse.wire;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The status of a post-phase.
 */
class StatusResourceTests {

	private static final String UNKNOWN = "/post-phases/0123456789abcdef0123456789abcdef";

	private static RunningServer shared;

	@BeforeAll
	static void startShared() {
		shared = start("early-response.status.retry-after=2100ms");
	}

	@AfterAll
	static void stopShared() {
		shared.close();
	}

	@AfterEach
	void endAll() {
		shared.bean(FollowedShop.Work.class).endAll(shared);
	}

	private static RunningServer start(String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = FollowedShop.ENABLED;
		all[1] = "early-response.executor.max-concurrency=1";
		System.arraycopy(properties, 0, all, 2, properties.length);
		return RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class), all);
	}

	private static JsonNode json(RawResponse response) {
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo("application/json");
		return JsonMapper.shared().readTree(response.body());
	}

	private static String export(RawHttpClient client) throws Exception {
		return client.post("/exports", "{}").header("Location");
	}

	private static void awaitState(RawHttpClient client, String location, String state) {
		await().untilAsserted(() -> assertThat(json(client.get(location)).get("state").asString()).isEqualTo(state));
	}

	@Test
	void followsAPostPhaseFromTheQueueToItsOutcome() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			FollowedShop.Work work = server.bean(FollowedShop.Work.class);
			String first = export(client);
			awaitState(client, first, "running");
			String second = export(client);
			await().until(() -> server.operations().queuedCount() == 1);
			JsonNode queued = json(client.get(second));
			assertThat(queued.propertyNames()).containsExactly("id", "name", "state", "acceptedAt", "respondedAt",
					"delivery");
			assertThat(second).endsWith("/" + queued.get("id").asString());
			assertThat(queued.get("name").asString()).isEqualTo("pack");
			assertThat(queued.get("state").asString()).isEqualTo("queued");
			assertThat(queued.get("delivery").asString()).isEqualTo("sent");
			Semaphore told = new Semaphore(0);
			work.step((context) -> {
				context.progress(2, 5, "two of five");
				told.release();
			});
			told.acquire();
			JsonNode running = json(client.get(first));
			assertThat(running.propertyNames()).containsExactly("id", "name", "state", "progress", "attempt",
					"acceptedAt", "respondedAt", "startedAt", "delivery");
			assertThat(running.get("progress").toString())
				.isEqualTo("{\"done\":2,\"total\":5,\"message\":\"two of five\"}");
			work.step((context) -> {
				context.progress(3, 0);
				told.release();
			});
			told.acquire();
			assertThat(json(client.get(first)).get("progress").toString()).isEqualTo("{\"done\":3}");
			work.end(2);
			server.awaitBalance();
			JsonNode finished = json(client.get(first));
			assertThat(finished.propertyNames()).containsExactly("id", "name", "state", "progress", "attempt",
					"acceptedAt", "respondedAt", "startedAt", "finishedAt", "outcome", "delivery");
			assertThat(finished.get("state").asString()).isEqualTo("finished");
			assertThat(finished.get("outcome").asString()).isEqualTo("completed");
			List<Instant> times = List.of("acceptedAt", "respondedAt", "startedAt", "finishedAt")
				.stream()
				.map((name) -> Instant.parse(finished.get(name).asString()))
				.toList();
			assertThat(times).isSorted();
		}
	}

	@Test
	void headersTellHowToAskAgain() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			String location = export(client);
			awaitState(client, location, "running");
			RawResponse running = client.get(location);
			assertThat(running.header("Retry-After")).isEqualTo("3");
			assertThat(running.header("Cache-Control")).isEqualTo("no-cache, private");
			assertThat(running.header("ETag")).matches("W/\"[0-9a-f]{32}\"");
			RawResponse same = client.get(location, "If-None-Match: " + running.header("ETag"));
			assertThat(same.status()).isEqualTo(304);
			assertThat(same.header("ETag")).isEqualTo(running.header("ETag"));
			assertThat(same.header("Retry-After")).isEqualTo("3");
			server.bean(FollowedShop.Work.class).step((context) -> context.progress(1, 2));
			await().untilAsserted(
					() -> assertThat(client.get(location, "If-None-Match: " + running.header("ETag")).status())
						.isEqualTo(200));
			server.bean(FollowedShop.Work.class).end(1);
			server.awaitBalance();
			RawResponse finished = client.get(location, "If-None-Match: " + running.header("ETag"));
			assertThat(json(finished).get("state").asString()).isEqualTo("finished");
			assertThat(finished.header("Retry-After")).isNull();
		}
	}

	@Test
	void headIsAnsweredWithoutBody() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			String location = export(client);
			awaitState(client, location, "running");
			RawResponse get = client.get(location);
			RawResponse head = client.exchange("HEAD", location, null);
			assertThat(head.status()).isEqualTo(200);
			assertThat(head.header("ETag")).isEqualTo(get.header("ETag"));
			assertThat(client.exchange("HEAD", UNKNOWN, null).status()).isEqualTo(404);
			server.bean(FollowedShop.Work.class).end(1);
		}
	}

	@Test
	void unknownIsAProblem() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get(UNKNOWN);
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
			assertThat(response.body()).contains("There is no such post-phase.").doesNotContain("0123456789");
			assertThat(client.get("/post-phases").status()).isEqualTo(404);
		}
	}

	@Test
	void otherMethodsAreRefused() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			for (String method : List.of("POST", "PUT", "PATCH", "DELETE")) {
				RawResponse response = client.exchange(method, UNKNOWN, null);
				assertThat(response.status()).as(method).isEqualTo(405);
				assertThat(response.header("Allow")).as(method).isEqualTo("GET,HEAD");
			}
			assertThat(client.exchange("OPTIONS", UNKNOWN, null).header("Allow")).isEqualTo("GET,HEAD");
			assertThat(client.exchange("DELETE", UNKNOWN + "/events", null).status()).isEqualTo(405);
		}
	}

	@Test
	void failureHasNoMessageByDefault() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			String location = fail(server, client);
			JsonNode failed = json(client.get(location));
			assertThat(failed.get("outcome").asString()).isEqualTo("failed");
			assertThat(failed.has("failure")).isFalse();
			assertThat(failed.toString()).doesNotContain("no paper");
		}
	}

	@Test
	void failureHasItsMessageWhereEnabledAndNoMore() throws Exception {
		try (RunningServer server = start("early-response.status.show-errors=true");
				RawHttpClient client = server.client()) {
			String location = fail(server, client);
			JsonNode failed = json(client.get(location));
			assertThat(failed.get("failure").toString()).isEqualTo("{\"message\":\"no paper\"}");
			assertThat(failed.toString()).doesNotContain("Exception", "FollowedShop");
		}
	}

	@Test
	void longTextsAreCut() throws Exception {
		try (RunningServer server = start("early-response.status.show-errors=true");
				RawHttpClient client = server.client()) {
			String location = export(client);
			server.bean(FollowedShop.Work.class).step((context) -> {
				context.progress(1, 2, "p".repeat(5_000_000));
				throw new IllegalStateException("f".repeat(100_000));
			});
			server.awaitBalance();
			RawResponse response = client.get(location);
			assertThat(json(response).get("progress").get("message").asString()).isEqualTo("p".repeat(999) + "\u2026");
			assertThat(json(response).get("failure").get("message").asString()).isEqualTo("f".repeat(999) + "\u2026");
			assertThat(response.bodyBytes()).hasSizeLessThan(3000);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "half \ud83d", "\ude00", "\u0000\u0001\u001b\u0085", "\r\n\r\ndata: forged\n\nevent: x\n",
			"\u2028\u2029\u202e", "</script>\"\\", "\ud83d\ude00" })
	void anyTextCanBeShown(String text) throws Exception {
		try (RawHttpClient client = shared.client()) {
			String location = export(client);
			shared.bean(FollowedShop.Work.class).step((context) -> context.progress(1, 2, text));
			shared.bean(FollowedShop.Work.class).end(1);
			shared.awaitBalance();
			String shown = text.replaceAll("\\p{Cs}", "\ufffd");
			JsonNode status = json(client.get(location));
			assertThat(status.get("progress").get("message").asString()).isEqualTo(shown);
			String events = client.get(location + "/events").body();
			assertThat(events.lines().filter((line) -> !line.isEmpty())).hasSize(3);
			String data = events.lines().filter((line) -> line.startsWith("data: ")).findFirst().orElseThrow();
			assertThat(JsonMapper.shared().readTree(data.substring(6)).get("progress"))
				.isEqualTo(status.get("progress"));
		}
	}

	private static String fail(RunningServer server, RawHttpClient client) throws Exception {
		String location = export(client);
		server.bean(FollowedShop.Work.class).step((context) -> {
			throw new IllegalStateException("no paper");
		});
		assertThat(server.awaitBalance().outcomes()).containsExactly(PostPhaseOutcome.FAILED);
		return location;
	}

	@Test
	void finishedOnesAreForgottenInTime() throws Exception {
		try (RunningServer server = start("early-response.status.keep-for=300ms");
				RawHttpClient client = server.client()) {
			String location = export(client);
			server.bean(FollowedShop.Work.class).end(1);
			await().untilAsserted(() -> assertThat(client.get(location).status()).isEqualTo(404));
		}
	}

	@Test
	void noMoreFinishedOnesAreKeptThanAllowed() throws Exception {
		try (RunningServer server = start("early-response.status.keep-at-most=3",
				"early-response.executor.max-concurrency=8"); RawHttpClient client = server.client()) {
			List<String> locations = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				locations.add(export(client));
			}
			server.bean(FollowedShop.Work.class).end(20);
			server.awaitBalance();
			int kept = 0;
			for (String location : locations) {
				kept += (client.get(location).status() == 200) ? 1 : 0;
			}
			assertThat(kept).isEqualTo(3);
		}
	}

	@Test
	void formDoesNotDependOnTheConfigurationOfTheApplication() throws Exception {
		try (RunningServer server = start("spring.jackson.property-naming-strategy=SNAKE_CASE",
				"spring.jackson.default-property-inclusion=always", "spring.jackson.serialization.indent-output=true");
				RawHttpClient client = server.client()) {
			String location = export(client);
			awaitState(client, location, "running");
			assertThat(json(client.get(location)).propertyNames()).containsExactly("id", "name", "state", "attempt",
					"acceptedAt", "respondedAt", "startedAt", "delivery");
			server.bean(FollowedShop.Work.class).end(1);
		}
	}

}
