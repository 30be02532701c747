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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.FollowedApplication.Outcomes;
import io.github.earlyresponse.jdbc.FollowedApplication.Script;
import io.github.earlyresponse.jdbc.FollowedApplication.Step;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What clients and operators of durable post-phases see and do, at whichever node.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class SharedStatusTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final String[] TABLES = { "early_response_post_phase", "early_response_post_phase_progress",
			"early_response_post_phase_finished", "early_response_post_phase_cancellation" };

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	@Parameter
	private TestDatabase database;

	private List<String> properties;

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	private void startBoth(String... properties) {
		this.properties = this.database.properties();
		this.one = start(properties);
		this.other = start(properties);
	}

	private ConfigurableApplicationContext start(String... further) {
		List<String> properties = new ArrayList<>(this.properties);
		properties.addAll(List.of("early-response.status.enabled=true", "early-response.status.cancellation=true",
				"early-response.status.show-errors=true", "early-response.durable.progress-interval=100ms",
				"early-response.status.event-interval=50ms", "early-response.status.cancellation-grace=20s",
				"early-response.shutdown.timeout=100ms", "early-response.jdbc.takeover-after=4s"));
		ConfigurableApplicationContext node = DurableApplication.start(FollowedApplication.class, properties, further);
		this.nodes.add(node);
		return node;
	}

	@Test
	void isTheSameAtEveryNode() {
		startBoth();
		String id = accept(this.one, "job", "ada");
		script(this.one).add(Step.progress(3));
		awaitBoth(id, (status) -> {
			assertThat(status.path("state").asString()).isEqualTo("running");
			assertThat(status.at("/progress/done").asInt()).isEqualTo(3);
			assertThat(status.at("/progress/message").asString()).isEqualTo("step 3");
			assertThat(status.get("attempt").asInt()).isOne();
			assertThat(status.get("delivery").asString()).isEqualTo("sent");
			assertThat(status.has("respondedAt") && status.has("startedAt")).isTrue();
			assertThat(status.has("node")).as("names a node to clients").isFalse();
		});
		assertThat(get(this.one, id, "ada").body()).isEqualTo(get(this.other, id, "ada").body());
		script(this.one).add(Step.progress(10));
		script(this.one).add(Step.end());
		awaitBoth(id, (status) -> {
			assertThat(status.path("state").asString()).isEqualTo("finished");
			assertThat(status.path("outcome").asString()).isEqualTo("completed");
			assertThat(status.at("/progress/done").asInt()).isEqualTo(10);
		});
		HttpResponse<String> response = get(this.one, id, "ada");
		assertThat(get(this.other, id, "ada").body()).isEqualTo(response.body());
		assertThat(get(this.other, id, "ada").headers().firstValue("ETag")).isPresent()
			.isEqualTo(response.headers().firstValue("ETag"));
		assertThat(rows(TABLES[0]) + rows(TABLES[1])).isZero();
	}

	/**
	 * Otherwise a client could see less at the next node.
	 */
	@Test
	void showsNothingBeforeItIsStored() {
		startBoth("early-response.durable.progress-interval=1h");
		String id = accept(this.one, "job", null);
		script(this.one).add(Step.progress(3));
		await().atMost(TIMEOUT).until(() -> operations(this.one).find(id).progress() != null && rows(TABLES[0]) == 1);
		for (ConfigurableApplicationContext node : this.nodes) {
			assertThat(status(node, id).get("state").asString()).isEqualTo("queued");
			assertThat(status(node, id).has("progress")).isFalse();
		}
		script(this.one).add(Step.end());
		awaitBoth(id, (status) -> assertThat(status.at("/progress/done").asInt()).isEqualTo(3));
	}

	@Test
	void belongsToItsUserAtEveryNode() {
		startBoth();
		String id = accept(this.one, "job", "ada");
		for (ConfigurableApplicationContext node : this.nodes) {
			assertThat(get(node, id, "ada").statusCode()).isEqualTo(200);
			assertThat(get(node, id, "bob").statusCode()).isEqualTo(404);
			assertThat(get(node, id, null).statusCode()).isEqualTo(404);
			assertThat(delete(node, id, "bob").statusCode()).isEqualTo(404);
		}
		script(this.one).add(Step.end());
		await().atMost(TIMEOUT).until(() -> get(this.other, id, "ada").body().contains("finished"));
		assertThat(get(this.other, id, "bob").statusCode()).isEqualTo(404);
	}

	@Test
	void belongsToNobodyIfItsNodeDoesNotKnowItsUser() {
		this.properties = this.database.properties();
		this.one = start("early-response.status.enabled=false");
		this.other = start();
		send(request(this.one, "/job/item", "ada").POST(HttpRequest.BodyPublishers.noBody()));
		await().atMost(TIMEOUT).until(() -> script(this.one).running() == 1);
		String id = operations(this.one).inFlight().iterator().next().id();
		assertThat(operations(this.other).findDurable(id)).isNotNull();
		for (String user : new String[] { "ada", "bob", null }) {
			assertThat(get(this.other, id, user).statusCode()).isEqualTo(404);
			assertThat(delete(this.other, id, user).statusCode()).isEqualTo(404);
		}
		script(this.one).add(Step.end());
		await().atMost(TIMEOUT).until(() -> rows(TABLES[0]) == 0);
		assertThat(rows(TABLES[1]) + rows(TABLES[2])).isZero();
	}

	@Test
	void remembersAttemptsThatAreShorterThanTheInterval() {
		startBoth("early-response.durable.progress-interval=1h");
		String id = accept(this.one, "patient", null);
		script(this.one).add(Step.progress(7));
		script(this.one).add(Step.fail());
		awaitBoth(id, (status) -> {
			assertThat(status.path("state").asString()).isEqualTo("waiting");
			assertThat(status.at("/progress/done").asInt()).isEqualTo(7);
			assertThat(status.path("delivery").asString()).isEqualTo("sent");
			assertThat(status.has("startedAt") && status.has("respondedAt") && status.has("nextAttemptAt")).isTrue();
		});
	}

	@Test
	void hasItsEventsAtEveryNode() {
		startBoth();
		String id = accept(this.one, "job", null);
		List<CompletableFuture<String>> streams = Stream.of(this.one, this.other, this.other)
			.map((node) -> this.client
				.sendAsync(request(node, "/post-phases/" + id + "/events", null).build(),
						HttpResponse.BodyHandlers.ofString())
				.thenApply(HttpResponse::body))
			.toList();
		script(this.one).add(Step.progress(3));
		awaitBoth(id, (status) -> assertThat(status.at("/progress/done").asInt()).isEqualTo(3));
		script(this.one).add(Step.end());
		for (CompletableFuture<String> stream : streams) {
			assertThat(stream.orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join()).contains("event: status",
					"event: finished", "\"outcome\":\"completed\"");
		}
	}

	@Test
	void goesOnAtTheNodeThatTakesOver() {
		startBoth();
		String id = accept(this.one, "job", null);
		script(this.one).add(Step.progress(3));
		awaitBoth(id, (status) -> assertThat(status.at("/progress/done").asInt()).isEqualTo(3));
		String startedAt = status(this.other, id).get("startedAt").asString();
		this.one.close();
		await().atMost(TIMEOUT).until(() -> script(this.other).running() == 1);
		await().atMost(TIMEOUT).until(() -> status(this.other, id).path("state").asString().equals("running"));
		JsonNode status = status(this.other, id);
		assertThat(status.at("/progress/done").asInt()).isEqualTo(3);
		assertThat(status.get("attempt").asInt()).as("a hand-back is no attempt").isOne();
		script(this.other).add(Step.progress(7));
		script(this.other).add(Step.end());
		await().atMost(TIMEOUT).until(() -> status(this.other, id).get("state").asString().equals("finished"));
		JsonNode finished = status(this.other, id);
		assertThat(finished.get("startedAt").asString()).isEqualTo(startedAt);
		assertThat(finished.get("delivery").asString()).isEqualTo("sent");
		assertThat(finished.at("/progress/done").asInt()).isEqualTo(7);
	}

	@Test
	void finishesWithTheTransactionOfThePostPhase() {
		startBoth("early-response.durable.progress-interval=1h");
		String id = accept(this.one, "once", null);
		script(this.one).add(Step.progress(9));
		script(this.one).add(Step.end());
		awaitBoth(id, (status) -> assertThat(status.path("outcome").asString("")).isEqualTo("completed"));
		assertThat(rows(TABLES[0])).isZero();
		assertThat(rows(TABLES[2])).isOne();
	}

	@Test
	void isForgottenAfterSomeTime() {
		startBoth("early-response.status.keep-for=1s");
		String id = accept(this.one, "job", null);
		script(this.one).add(Step.progress(1));
		awaitBoth(id, (status) -> assertThat(status.path("state").asString()).isEqualTo("running"));
		script(this.one).add(Step.end());
		await().atMost(TIMEOUT).until(() -> get(this.other, id, null).statusCode() == 404);
		assertThat(get(this.one, id, null).statusCode()).isEqualTo(404);
		await().atMost(TIMEOUT).until(() -> Stream.of(TABLES).mapToInt(this::rows).allMatch((number) -> number == 0));
	}

	@Test
	void cancelsAtAnotherNode() {
		startBoth();
		String id = accept(this.one, "job", null);
		script(this.one).add((context) -> {
			await().atMost(TIMEOUT).until(context::cancellationRequested);
			assertThat(Thread.currentThread().isInterrupted()).as("interrupted within the grace period").isFalse();
		});
		script(this.one).add(Step.end());
		await().atMost(TIMEOUT).until(() -> script(this.one).running() == 1);
		HttpResponse<String> response = delete(this.other, id, null);
		assertThat(response.statusCode()).isEqualTo(202);
		awaitBoth(id, (status) -> assertThat(status.path("outcome").asString("")).isEqualTo("cancelled"));
		assertThat(outcomes(this.one).outcomes).containsExactly("job CANCELLED");
		await().atMost(TIMEOUT).until(() -> Stream.of(TABLES[0], TABLES[1], TABLES[3]).mapToInt(this::rows).sum() == 0);
	}

	@Test
	void cancelsWhatNoNodeWorksOn() {
		startBoth();
		String id = accept(this.one, "patient", null);
		script(this.one).add(Step.fail());
		awaitBoth(id, (status) -> assertThat(status.path("state").asString()).isEqualTo("waiting"));
		HttpResponse<String> response = delete(this.other, id, null);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(json(response).path("outcome").asString()).isEqualTo("cancelled");
		assertThat(json(response).get("delivery").asString()).isIn("sent", "unknown");
		assertThat(status(this.one, id)).isEqualTo(json(response));
		assertThat(rows(TABLES[0]) + rows(TABLES[1]) + rows(TABLES[3])).isZero();
		// It counts where it was cancelled
		assertThat(outcomes(this.other).outcomes).containsExactly("patient CANCELLED");
		assertThat(outcomes(this.other).takenOver).hasValue(1);
		assertThat(operations(this.other).inFlightCount()).isZero();
		assertThat(operations(this.one).cancel(id)).as("again").isFalse();
	}

	@Test
	void doesNotCancelWhatHasEnded() {
		startBoth();
		String completed = accept(this.one, "job", null);
		script(this.one).add(Step.end());
		awaitBoth(completed, (status) -> assertThat(status.path("outcome").asString("")).isEqualTo("completed"));
		String dead = accept(this.one, "job", null);
		script(this.one).add(Step.fail());
		awaitBoth(dead, (status) -> {
			assertThat(status.path("outcome").asString("")).isEqualTo("failed");
			assertThat(status.at("/failure/message").asString()).isEqualTo("wanted");
		});
		for (ConfigurableApplicationContext node : this.nodes) {
			assertThat(json(delete(node, completed, null)).path("outcome").asString()).isEqualTo("completed");
			assertThat(json(delete(node, dead, null)).path("outcome").asString()).isEqualTo("failed");
			assertThat(operations(node).cancel(completed)).isFalse();
			assertThat(operations(node).cancel(dead)).isFalse();
			assertThat(operations(node).cancel("unknown")).isFalse();
		}
		assertThat(operations(this.other).deadLetters(10)).hasSize(1);
		assertThat(rows(TABLES[3])).isZero();
	}

	@Test
	void startsAgainWhenItIsReplayed() {
		startBoth();
		String id = accept(this.one, "job", null);
		script(this.one).add(Step.progress(4));
		awaitBoth(id, (status) -> assertThat(status.path("state").asString()).isEqualTo("running"));
		script(this.one).add(Step.fail());
		awaitBoth(id, (status) -> assertThat(status.path("outcome").asString("")).isEqualTo("failed"));
		assertThat(operations(this.other).replayAll("other")).isZero();
		assertThat(operations(this.other).replayAll("job")).isOne();
		await().atMost(TIMEOUT).until(() -> script(this.one).running() + script(this.other).running() == 1);
		assertThat(status(this.one, id).has("outcome")).isFalse();
		script(this.one).add(Step.end());
		script(this.other).add(Step.end());
		awaitBoth(id, (status) -> assertThat(status.path("outcome").asString("")).isEqualTo("completed"));
	}

	@Test
	void isUnavailableWithoutTheTable() {
		startBoth();
		String id = accept(this.one, "job", null);
		String inMemory = accept(this.one, "in-memory", null);
		script(this.one).add(Step.end());
		script(this.one).add(Step.end());
		awaitBoth(id, (status) -> assertThat(status.path("outcome").asString("")).isEqualTo("completed"));
		await().atMost(TIMEOUT).until(() -> status(this.one, inMemory).has("outcome"));
		jdbc().sql("alter table early_response_post_phase rename to gone").update();
		HttpResponse<String> response = get(this.one, id, null);
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(response.headers().firstValue("Retry-After")).isPresent();
		assertThat(delete(this.one, id, null).statusCode()).isEqualTo(503);
		assertThat(get(this.one, inMemory, null).statusCode()).isEqualTo(200);
		jdbc().sql("alter table gone rename to early_response_post_phase").update();
		assertThat(get(this.one, id, null).statusCode()).isEqualTo(200);
		assertThat(get(this.other, inMemory, null).statusCode()).as("in memory of the other node").isEqualTo(404);
	}

	@Test
	void listsThoseOfAllNodes() {
		startBoth();
		String dead = accept(this.one, "job", "ada");
		script(this.one).add(Step.fail());
		awaitDead();
		String waiting = accept(this.other, "patient", "ada");
		script(this.other).add(Step.fail());
		await().atMost(TIMEOUT).until(() -> list(DurableQuery.all().withState(DurableQuery.State.WAITING)).size() == 1);
		String first = accept(this.one, "job", "bob");
		String second = accept(this.other, "job", "ada");
		await().atMost(TIMEOUT).until(() -> script(this.one).running() + script(this.other).running() == 2);
		assertThat(ids(DurableQuery.all())).containsExactly(dead, waiting, first, second);
		assertThat(ids(DurableQuery.all().withState(DurableQuery.State.DEAD))).containsExactly(dead);
		assertThat(ids(DurableQuery.all().withState(DurableQuery.State.WAITING))).containsExactly(waiting);
		assertThat(ids(DurableQuery.all().withState(DurableQuery.State.LEASED))).containsExactly(first, second);
		assertThat(ids(DurableQuery.all().withState(DurableQuery.State.DUE))).isEmpty();
		assertThat(ids(DurableQuery.all().withName("job").withOwner("ada"))).containsExactly(dead, second);
		DurablePostPhase last = operations(this.one).findDurable(second);
		assertThat(ids(DurableQuery.all().withAcceptedBefore(last.acceptedAt()))).doesNotContain(second)
			.contains(dead, waiting);
		assertThat(list(DurableQuery.all()).stream().map(DurablePostPhase::node).distinct()).hasSize(3).containsNull();
		List<String> pages = new ArrayList<>();
		DurablePage page = operations(this.one).listDurable(DurableQuery.all().withLimit(3));
		page.content().forEach((postPhase) -> pages.add(postPhase.id()));
		assertThat(page.next()).isNotNull();
		page = operations(this.other).listDurable(DurableQuery.all().withLimit(3).withAfter(page.next()));
		page.content().forEach((postPhase) -> pages.add(postPhase.id()));
		assertThat(page.next()).isNull();
		assertThat(pages).containsExactly(dead, waiting, first, second);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> operations(this.one).listDurable(DurableQuery.all().withAfter("nonsense")));
		assertThat(operations(this.one).discardAll("job")).isOne();
		script(this.one).add(Step.end());
		script(this.other).add(Step.end());
		await().atMost(TIMEOUT).until(() -> ids(DurableQuery.all()).equals(List.of(waiting)));
	}

	private void awaitDead() {
		await().atMost(TIMEOUT).until(() -> operations(this.one).deadLetters(1).size() == 1);
	}

	private List<DurablePostPhase> list(DurableQuery query) {
		return operations(this.other).listDurable(query).content();
	}

	private List<String> ids(DurableQuery query) {
		return list(query).stream().map(DurablePostPhase::id).toList();
	}

	private void awaitBoth(String id, Consumer<JsonNode> assertion) {
		for (ConfigurableApplicationContext node : this.nodes) {
			await().atMost(TIMEOUT).untilAsserted(() -> assertion.accept(status(node, id)));
		}
	}

	private String accept(ConfigurableApplicationContext node, String name, String user) {
		HttpRequest.Builder request = request(node, "/" + name + "/item", user)
			.POST(HttpRequest.BodyPublishers.noBody());
		HttpResponse<String> response = send(request);
		assertThat(response.statusCode()).isEqualTo(202);
		return response.headers().firstValue("Post-Phase-Id").orElseThrow();
	}

	private JsonNode status(ConfigurableApplicationContext node, String id) {
		HttpRequest.Builder request = request(node, "/post-phases/" + id, "ada");
		return json(send(request));
	}

	private static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	private HttpResponse<String> get(ConfigurableApplicationContext node, String id, String user) {
		return send(request(node, "/post-phases/" + id, user));
	}

	private HttpResponse<String> delete(ConfigurableApplicationContext node, String id, String user) {
		return send(request(node, "/post-phases/" + id, user).DELETE());
	}

	private static HttpRequest.Builder request(ConfigurableApplicationContext node, String path, String user) {
		HttpRequest.Builder request = HttpRequest.newBuilder(
				URI.create("http://localhost:" + node.getEnvironment().getProperty("local.server.port") + path));
		return (user != null) ? request.header("X-User", user) : request;
	}

	private HttpResponse<String> send(HttpRequest.Builder request) {
		return this.client.sendAsync(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString()).join();
	}

	private int rows(String table) {
		return jdbc().sql("select count(*) from " + table).query(Integer.class).single();
	}

	private JdbcClient jdbc() {
		return this.other.getBean(JdbcClient.class);
	}

	private static Script script(ConfigurableApplicationContext node) {
		return node.getBean(Script.class);
	}

	private static Outcomes outcomes(ConfigurableApplicationContext node) {
		return node.getBean(Outcomes.class);
	}

	private static PostPhaseOperations operations(ConfigurableApplicationContext node) {
		return node.getBean(PostPhaseOperations.class);
	}

}
