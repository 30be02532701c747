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

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.IdempotentApplication.Campaigns;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Requests that are repeated.
 */
class IdempotencyTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final String JSON = "application/json";

	private static final String FORM = "application/x-www-form-urlencoded";

	private static ConfigurableApplicationContext shared;

	private final HttpClient client = HttpClient.newHttpClient();

	private final String key = UUID.randomUUID().toString();

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	private ConfigurableApplicationContext node = shared();

	private static ConfigurableApplicationContext shared() {
		if (shared == null) {
			shared = IdempotentApplication.start(TestDatabase.POSTGRESQL.properties());
		}
		return shared;
	}

	@AfterEach
	void stop() {
		campaigns().released.countDown();
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@AfterAll
	static void stopShared() {
		shared.close();
		shared = null;
	}

	@ParameterizedTest
	@EnumSource
	void repeatedRequestGetsSameResponse(TestDatabase database) throws Exception {
		start(database.properties());
		HttpResponse<String> first = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		HttpResponse<String> second = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		assertThat(first.statusCode()).isEqualTo(202);
		assertThat(first.headers().allValues("Post-Phase-Id")).hasSize(1);
		assertThat(first.headers().firstValue("ETag")).hasValue("\"7\"");
		assertSame(first, second);
		assertThat(campaigns().calls).hasValue(1);
		await().atMost(TIMEOUT).until(() -> !campaigns().sent.isEmpty());
		assertThat(campaigns().sent).hasSize(1);
	}

	@Test
	void requestWithoutKeyIsHandledAgain() throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri("/campaigns"))
			.header("Content-Type", JSON)
			.POST(BodyPublishers.ofString("{\"subject\": \"a\"}"));
		String first = this.client.send(request.build(), BodyHandlers.ofString()).body();
		assertThat(this.client.send(request.build(), BodyHandlers.ofString()).body()).isNotEqualTo(first);
	}

	@Test
	void keyWithQuotesIsSameKey() throws Exception {
		HttpResponse<String> first = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		HttpResponse<String> second = send(request("/campaigns", JSON, "{\"subject\": \"a\"}")
			.setHeader("Idempotency-Key", "\"" + this.key + "\""));
		assertSame(first, second);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"subject\": \"b\"}", "{\"subject\": \"a\"} ", "{\"subject\":\"a\"}" })
	void otherBodyWithSameKeyIsRefused(String body) throws Exception {
		post("/campaigns", JSON, "{\"subject\": \"a\"}");
		assertProblem(post("/campaigns", JSON, body), 422);
	}

	@Test
	void otherQueryWithSameKeyIsRefused() throws Exception {
		post("/campaigns", JSON, "{\"subject\": \"a\"}");
		assertProblem(post("/campaigns?b", JSON, "{\"subject\": \"a\"}"), 422);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"\"", "\"a", "a,b" })
	void invalidKeyIsRefused(String key) throws Exception {
		int calls = campaigns().calls.get();
		assertProblem(send(request("/campaigns", JSON, "{\"subject\": \"a\"}").setHeader("Idempotency-Key", key)), 400);
		assertThat(campaigns().calls).hasValue(calls);
	}

	@Test
	void severalKeysAreRefused() throws Exception {
		assertProblem(send(request("/campaigns", JSON, "{\"subject\": \"a\"}").header("Idempotency-Key", "b")), 400);
	}

	@Test
	void repetitionDuringFirstRequestIsRefused() throws Exception {
		Campaigns campaigns = campaigns();
		campaigns.entered = new CountDownLatch(1);
		campaigns.released = new CountDownLatch(1);
		CompletableFuture<HttpResponse<String>> first = this.client
			.sendAsync(request("/campaigns", JSON, "{\"subject\": \"a\"}").build(), BodyHandlers.ofString());
		awaitEntered(campaigns);
		HttpResponse<String> second = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		assertProblem(second, 409);
		assertThat(second.headers().firstValue("Retry-After")).isPresent();
		assertProblem(post("/campaigns", JSON, "{\"subject\": \"b\"}"), 422);
		campaigns.released.countDown();
		assertSame(first.get(), post("/campaigns", JSON, "{\"subject\": \"a\"}"));
	}

	@Test
	void keysBelongToTheirUsers() throws Exception {
		String anonymous = post("/campaigns", JSON, "{\"subject\": \"a\"}").body();
		String ada = send(request("/campaigns", JSON, "{\"subject\": \"a\"}").header("User", "ada")).body();
		String bob = send(request("/campaigns", JSON, "{\"subject\": \"b\"}").header("User", "bob")).body();
		assertThat(List.of(anonymous, ada, bob)).doesNotHaveDuplicates();
		assertThat(send(request("/campaigns", JSON, "{\"subject\": \"a\"}").header("User", "ada")).body())
			.isEqualTo(ada);
	}

	@ParameterizedTest
	@ValueSource(strings = { "exception", "rollback", "status" })
	void failedRequestIsHandledAgain(String how) throws Exception {
		Campaigns campaigns = campaigns();
		int calls = campaigns.calls.get();
		campaigns.failures.set(1);
		HttpResponse<String> failed = post("/failing?how=" + how, JSON, "");
		HttpResponse<String> first = post("/failing?how=" + how, JSON, "");
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(first.body()).isNotEqualTo(failed.body());
		assertSame(first, post("/failing?how=" + how, JSON, ""));
		assertThat(campaigns.calls).hasValue(calls + 2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void requestWithUncertainCommitIsHandledOnce(boolean committed) throws Exception {
		start(TestDatabase.POSTGRESQL.properties());
		Campaigns campaigns = campaigns();
		campaigns.failures.set(1);
		assertThat(post("/lost-commit?committed=" + committed, JSON, "").statusCode()).isGreaterThanOrEqualTo(500);
		HttpResponse<String> first = post("/lost-commit?committed=" + committed, JSON, "");
		assertThat(first.statusCode()).isEqualTo(200);
		assertSame(first, post("/lost-commit?committed=" + committed, JSON, ""));
		assertThat(campaigns.calls).hasValue((committed) ? 1 : 2);
		assertThat(campaigns.count()).isOne();
		await().atMost(TIMEOUT).until(() -> campaigns.sent.size() == 1);
	}

	@Test
	void resultWithoutBodyIsRepeated() throws Exception {
		int calls = campaigns().calls.get();
		HttpResponse<String> first = post("/nothing", JSON, "");
		assertThat(first.statusCode()).isEqualTo(202);
		assertThat(first.headers().allValues("Post-Phase-Id")).hasSize(1);
		assertSame(first, post("/nothing", JSON, ""));
		assertThat(campaigns().calls).hasValue(calls + 1);
	}

	@Test
	void formOfHandlerWithoutTransactionIsRepeated() throws Exception {
		HttpResponse<String> first = post("/plain", FORM, "subject=a");
		assertThat(first.statusCode()).isEqualTo(201);
		assertThat(first.headers().allValues("Post-Phase-Id")).hasSize(1);
		assertSame(first, post("/plain", FORM, "subject=a"));
		assertProblem(post("/plain", FORM, "subject=b"), 422);
	}

	@Test
	void bodyThatTheHandlerReadsItselfIsRepeated() throws Exception {
		String text = "x".repeat(100_000);
		HttpResponse<String> first = post("/text", "text/plain", text);
		assertThat(first.body()).startsWith(text);
		assertSame(first, post("/text", "text/plain", text));
		assertProblem(post("/text", "text/plain", text + "x"), 422);
	}

	@Test
	void uploadIsRepeatedWithOtherBoundary() throws Exception {
		HttpResponse<String> first = upload("b1", "content");
		assertThat(first.statusCode()).isEqualTo(200);
		assertSame(first, upload("b2", "content"));
		assertProblem(upload("b1", "other"), 422);
	}

	private HttpResponse<String> upload(String boundary, String content) throws Exception {
		return post("/upload", "multipart/form-data; boundary=" + boundary,
				"--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n"
						+ "Content-Type: text/plain\r\n\r\n" + content + "\r\n--" + boundary + "--\r\n");
	}

	@Test
	void repetitionNeedsNoCapacity() throws Exception {
		start(TestDatabase.H2.properties(), "early-response.executor.max-concurrency=1",
				"early-response.executor.queue-capacity=0", "early-response.executor.virtual-threads=false");
		HttpResponse<String> first = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		PostPhaseOperations operations = this.node.getBean(PostPhaseOperations.class);
		await().atMost(TIMEOUT).until(() -> !campaigns().sent.isEmpty() && operations.inFlightCount() == 0);
		Campaigns campaigns = campaigns();
		campaigns.entered = new CountDownLatch(1);
		campaigns.released = new CountDownLatch(1);
		String other = UUID.randomUUID().toString();
		CompletableFuture<HttpResponse<String>> blocking = this.client.sendAsync(
				request("/nothing", JSON, "").setHeader("Idempotency-Key", other).build(), BodyHandlers.ofString());
		awaitEntered(campaigns);
		assertSame(first, post("/campaigns", JSON, "{\"subject\": \"a\"}"));
		HttpRequest.Builder rejected = request("/nothing", JSON, "");
		assertThat(send(rejected).statusCode()).isEqualTo(503);
		campaigns.released.countDown();
		blocking.get();
		// Nobody has claimed what was rejected
		await().atMost(TIMEOUT).until(() -> send(rejected).statusCode() == 202);
	}

	private static void awaitEntered(Campaigns campaigns) throws InterruptedException {
		assertThat(campaigns.entered.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void expiredResultIsForgotten() throws Exception {
		start(TestDatabase.H2.properties(), "early-response.idempotency.keep-for=100ms");
		String first = post("/campaigns", JSON, "{\"subject\": \"a\"}").body();
		await().atMost(TIMEOUT).until(() -> requests() == 0);
		assertThat(post("/campaigns", JSON, "{\"subject\": \"b\"}").body()).isNotEqualTo(first);
	}

	@Test
	void claimOfDeadNodeIsTakenOver() throws Exception {
		HttpResponse<String> first = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		campaigns().jdbc().sql("update early_response_request set result = null, node = 'dead'").update();
		await().atMost(TIMEOUT)
			.until(() -> post("/campaigns", JSON, "{\"subject\": \"a\"}").statusCode(), (status) -> status == 202);
		assertThat(post("/campaigns", JSON, "{\"subject\": \"a\"}").body()).isNotEqualTo(first.body());
	}

	@Test
	void handlerThatLostItsClaimIsRolledBack() throws Exception {
		Campaigns campaigns = campaigns();
		int count = campaigns.count();
		campaigns.entered = new CountDownLatch(1);
		campaigns.released = new CountDownLatch(1);
		CompletableFuture<HttpResponse<String>> slow = this.client
			.sendAsync(request("/campaigns", JSON, "{\"subject\": \"a\"}").build(), BodyHandlers.ofString());
		awaitEntered(campaigns);
		campaigns.jdbc().sql("update early_response_request set token = 'other' where result is null").update();
		campaigns.released.countDown();
		assertProblem(slow.get(), 409);
		assertThat(campaigns.count()).isEqualTo(count);
	}

	@Test
	void unreachableDatabaseRejectsRequest() throws Exception {
		String url = TestDatabase.POSTGRESQL.properties().get(0).substring("spring.datasource.url=".length());
		try (CuttableConnection connection = new CuttableConnection(
				URI.create(url.substring("jdbc:".length())).getPort())) {
			start(List.of("spring.datasource.url=" + url.replaceFirst(":[0-9]+/", ":" + connection.port() + "/"),
					"early-response.jdbc.initialize-schema=always", "spring.datasource.hikari.connection-timeout=500",
					"spring.datasource.hikari.validation-timeout=250"));
			HttpResponse<String> first = post("/campaigns", JSON, "{\"subject\": \"a\"}");
			connection.cut();
			assertProblem(post("/campaigns", JSON, "{\"subject\": \"a\"}"), 503);
			assertThat(campaigns().calls).hasValue(1);
			connection.repair();
			await().atMost(TIMEOUT)
				.until(() -> post("/campaigns", JSON, "{\"subject\": \"a\"}").body(), first.body()::equals);
		}
	}

	@ParameterizedTest
	@EnumSource
	void concurrentRepetitionsCallHandlerOnce(TestDatabase database) throws Exception {
		repeatConcurrently(database, 200, 16);
	}

	@Test
	@Tag("load")
	void manyConcurrentRepetitionsCallHandlerOnce() throws Exception {
		repeatConcurrently(TestDatabase.POSTGRESQL, 2000, 64);
	}

	private void repeatConcurrently(TestDatabase database, int repetitions, int threads) throws Exception {
		start(database.properties());
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<HttpResponse<String>>> futures = new ArrayList<>();
			for (int i = 0; i < repetitions; i++) {
				futures.add(executor.submit(this::postUntilAccepted));
			}
			HttpResponse<String> first = futures.get(0).get();
			for (Future<HttpResponse<String>> future : futures) {
				assertSame(first, future.get());
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(campaigns().count()).isOne();
		await().atMost(TIMEOUT).until(() -> !campaigns().sent.isEmpty());
		assertThat(campaigns().sent).hasSize(1);
	}

	private HttpResponse<String> postUntilAccepted() throws Exception {
		HttpResponse<String> response = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		while (response.statusCode() == 409) {
			response = post("/campaigns", JSON, "{\"subject\": \"a\"}");
		}
		return response;
	}

	private void start(List<String> properties, String... further) {
		this.node = IdempotentApplication.start(properties, further);
		this.nodes.add(this.node);
	}

	private Campaigns campaigns() {
		return this.node.getBean(Campaigns.class);
	}

	private int requests() {
		return campaigns().jdbc().sql("select count(*) from early_response_request").query(Integer.class).single();
	}

	private URI uri(String path) {
		return URI
			.create("http://localhost:" + this.node.getEnvironment().getRequiredProperty("local.server.port") + path);
	}

	private HttpRequest.Builder request(String path, String contentType, String body) {
		return HttpRequest.newBuilder(uri(path))
			.timeout(TIMEOUT)
			.header("Content-Type", contentType)
			.header("Idempotency-Key", this.key)
			.POST(BodyPublishers.ofString(body));
	}

	private HttpResponse<String> post(String path, String contentType, String body)
			throws IOException, InterruptedException {
		return send(request(path, contentType, body));
	}

	private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
		return this.client.send(request.build(), BodyHandlers.ofString());
	}

	private static void assertSame(HttpResponse<String> first, HttpResponse<String> second) {
		assertThat(second.statusCode()).isEqualTo(first.statusCode());
		assertThat(second.body()).isEqualTo(first.body());
		assertThat(headers(second)).isEqualTo(headers(first));
	}

	private static Map<String, List<String>> headers(HttpResponse<String> response) {
		Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
		headers.remove("date");
		return headers;
	}

	private static void assertProblem(HttpResponse<String> response, int status) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
	}

}
