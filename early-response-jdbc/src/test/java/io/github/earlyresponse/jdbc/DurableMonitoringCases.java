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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.actuate.EarlyResponseEndpoint;
import io.github.earlyresponse.jdbc.DurableApplication.DeadLetterListener;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * What operators see of durable post-phases, over HTTP. {@link PostPhaseTableTests} has
 * the statements, on all databases.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class DurableMonitoringCases {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	private static final String COUNT_INTERVAL = "early-response.jdbc.count-interval";

	private static final String ENDPOINT = "/actuator/earlyresponsedeadletters";

	private static final String STORED = "early_response_durable_stored_post_phases";

	private static final String TAKEN_OVER = "early_response_durable_taken_over_post_phases_total";

	private static final String HANDED_BACK = "early_response_durable_handed_back_post_phases_total";

	private static final String CRASHED = "early_response_durable_crashed_post_phases_total";

	private static final String DEAD_LETTERS = "early_response_durable_dead_letters_post_phases_total";

	/** So that it does not look like an outage of the database if the machine is busy. */
	private static final String NO_OUTAGE = "early-response.jdbc.takeover-after=4s";

	private static final Pattern METRIC = Pattern.compile("early_response_durable_[a-z_]+");

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<String> database;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	DurableMonitoringCases(TestDatabase database) {
		this.database = database.properties();
	}

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void whatWaitsInTheTableTakesNoCapacity() {
		ConfigurableApplicationContext node = start("early-response.executor.max-concurrency=1",
				"early-response.executor.queue-capacity=1");
		work(node).failures = 2;
		assertThat(post(node, "/retried-late/a").statusCode()).isEqualTo(200);
		assertThat(post(node, "/retried-late/b").statusCode()).isEqualTo(200);
		awaitIdle(node);
		assertThat(health(node).at("/details/saturated").asBoolean()).isFalse();
		assertBalance(node);
	}

	@Test
	void countsStoredOnesByState() {
		ConfigurableApplicationContext node = start();
		work(node).failures = 4;
		assertThat(post(node, "/retried-late/a").statusCode()).isEqualTo(200);
		assertThat(post(node, "/retried/b").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> operations(node).deadLetters(1).size() == 1);
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/plain/c").statusCode()).isEqualTo(200);
		// Of a post-phase that no node here has
		insertDue(node, Duration.ofMinutes(2));
		await().atMost(TIMEOUT).untilAsserted(() -> {
			String scrape = scrape(node);
			assertThat(value(scrape, STORED, "state=\"leased\"")).isEqualTo(1);
			assertThat(value(scrape, STORED, "state=\"due\"")).isEqualTo(1);
			assertThat(value(scrape, STORED, "state=\"waiting\"")).isEqualTo(1);
			assertThat(value(scrape, STORED, "state=\"dead\"")).isEqualTo(1);
			assertThat(value(scrape, "early_response_durable_oldest_due_seconds")).isBetween(120.0, 300.0);
		});
		JsonNode health = health(node);
		assertThat(health.get("status").asString()).isEqualTo("UP");
		assertThat(health.at("/details/stored").toString())
			.isEqualTo("{\"leased\":1,\"due\":1,\"waiting\":1,\"dead\":1}");
		wait.countDown();
	}

	@Test
	void countsAreUnknownWithoutDatabase(CapturedOutput output) {
		ConfigurableApplicationContext node = start();
		await().atMost(TIMEOUT).until(() -> value(scrape(node), STORED, "state=\"dead\"") == 0);
		tables(node).jdbc().sql("alter table early_response_post_phase rename to gone").update();
		await().atMost(TIMEOUT).until(() -> Double.isNaN(value(scrape(node), STORED, "state=\"dead\"")));
		assertThat(value(scrape(node), "early_response_durable_oldest_due_seconds")).isNaN();
		assertThat(health(node).at("/details/stored").asString()).isEqualTo("unknown");
		assertThat(health(node).get("status").asString()).isEqualTo("UP");
		assertThat(StringUtils.countOccurrencesOf(output.getOut(), "Stored post-phases cannot be counted")).isOne();
		tables(node).jdbc().sql("alter table gone rename to early_response_post_phase").update();
		await().atMost(TIMEOUT).until(() -> value(scrape(node), STORED, "state=\"dead\"") == 0);
	}

	@Test
	void scrapesDoNotQuery() {
		ConfigurableApplicationContext node = start("early-response.jdbc.count-interval=1h");
		await().atMost(TIMEOUT).until(() -> value(scrape(node), STORED, "state=\"due\"") == 0);
		insertDue(node, Duration.ofMinutes(2));
		for (int i = 0; i < 5; i++) {
			assertThat(value(scrape(node), STORED, "state=\"due\"")).isZero();
		}
	}

	@Test
	void countsAttemptsAndTheirWaits() {
		ConfigurableApplicationContext node = start();
		work(node).failures = 2;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1 && tables(node).stored() == 0);
		awaitIdle(node);
		String scrape = scrape(node);
		String name = "name=\"retried\"";
		assertThat(value(scrape, "early_response_attempts_failed_attempts_total", name)).isEqualTo(2);
		assertThat(value(scrape, "early_response_post_phase_seconds_count", name, "outcome=\"retried\"")).isEqualTo(2);
		assertThat(value(scrape, "early_response_post_phase_seconds_count", name, "outcome=\"completed\"")).isOne();
		assertThat(value(scrape, HANDED_BACK, name, "reason=\"retry\"")).isEqualTo(2);
		assertThat(value(scrape, TAKEN_OVER, name)).isEqualTo(2);
		assertThat(value(scrape, "early_response_durable_wait_seconds_count", name)).isEqualTo(2);
		assertThat(value(scrape, "early_response_durable_wait_seconds_sum", name)).isBetween(0.0, 30.0);
		assertThat(value(scrape, "early_response_wait_seconds_count", name)).isOne();
		assertThat(value(scrape, "early_response_durable_flush_seconds_count")).isEqualTo(3);
		assertThat(value(scrape, "early_response_durable_flush_size_post_phases_sum")).isEqualTo(3);
		assertBalance(node);
	}

	@Test
	void countsWhatIsHandedBackAndTakenOver() {
		ConfigurableApplicationContext first = start("early-response.shutdown.timeout=10ms");
		// Spring Boot has closed the registry by then
		EarlyResponseEndpoint endpoint = first.getBean(EarlyResponseEndpoint.class);
		CountDownLatch wait = new CountDownLatch(1);
		work(first).before = () -> waitFor(wait);
		assertThat(post(first, "/plain/a").statusCode()).isEqualTo(200);
		assertThat(tables(first).stored()).isOne();
		first.close();
		wait.countDown();
		assertThat(endpoint.postPhases().totals()).satisfies((totals) -> {
			assertThat(totals.accepted()).isOne();
			assertThat(totals.handedBack()).isOne();
		});
		ConfigurableApplicationContext second = start();
		await().atMost(TIMEOUT).until(() -> work(second).orders.size() == 1 && tables(second).stored() == 0);
		awaitIdle(second);
		String scrape = scrape(second);
		assertThat(value(scrape, TAKEN_OVER, "name=\"record\"")).isOne();
		assertThat(value(scrape, "early_response_finished_post_phases_total", "outcome=\"completed\"")).isOne();
		// Of a response that was sent elsewhere nothing is known
		assertThat(scrape).doesNotContain("early_response_response_seconds_count", "early_response_wait_seconds_count");
		assertBalance(second);
	}

	@Test
	void countsCrashes() {
		ConfigurableApplicationContext node = start(NO_OUTAGE);
		CountDownLatch wait = holdFirst(node);
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		leaveToNobody(node);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		wait.countDown();
		awaitIdle(node);
		String scrape = scrape(node);
		assertThat(value(scrape, CRASHED, "name=\"record\"")).isOne();
		assertThat(value(scrape, TAKEN_OVER, "name=\"record\"")).isOne();
		assertBalance(node);
	}

	@Test
	void listenersGetToKnowOfDeadLetterAfterCrashAndDocumentedMetricsAreScraped() throws IOException {
		ConfigurableApplicationContext node = start(NO_OUTAGE, "early-response.durable.dead-after-crashes=1");
		work(node).failures = 1;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1 && tables(node).stored() == 0);
		CountDownLatch wait = holdFirst(node);
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		leaveToNobody(node);
		await().atMost(TIMEOUT).until(() -> !listener(node).deadLetters.isEmpty());
		assertThat(listener(node).deadLetters).singleElement()
			.satisfies((deadLetter) -> assertThat(deadLetter.failure()).contains("a process has died"));
		String scrape = scrape(node);
		assertThat(value(scrape, DEAD_LETTERS, "name=\"record\"")).isOne();
		assertThat(value(scrape, CRASHED, "name=\"record\"")).isOne();
		wait.countDown();
		Set<String> scraped = durableMetrics(scrape.replaceAll("(?m)^#.*$", ""));
		for (String file : List.of("metrics.md", "grafana-dashboard.json", "prometheus-rules.yml")) {
			assertThat(durableMetrics(Files.readString(docs().resolve(file)))).as(file)
				.hasSizeGreaterThan(3)
				.isSubsetOf(scraped);
		}
	}

	private static CountDownLatch holdFirst(ConfigurableApplicationContext node) {
		CountDownLatch wait = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		work(node).before = () -> {
			if (first.getAndSet(false)) {
				waitFor(wait);
			}
		};
		return wait;
	}

	private static void leaveToNobody(ConfigurableApplicationContext node) {
		tables(node).jdbc()
			.sql("insert into early_response_post_phase_node (name, last_heartbeat) "
					+ "values ('nobody', timestamp '2000-01-01 00:00:00')")
			.update();
		await().atMost(TIMEOUT)
			.until(() -> tables(node).jdbc()
				.sql("update early_response_post_phase set picked_by = 'nobody' where picked = true")
				.update() == 1);
	}

	@Test
	void listenersGetToKnowOfDeadLetterOnce() {
		ConfigurableApplicationContext node = start();
		work(node).failures = 3;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> !listener(node).deadLetters.isEmpty());
		DeadLetter stored = operations(node).deadLetters(10).get(0);
		assertThat(listener(node).deadLetters).singleElement().satisfies((deadLetter) -> {
			assertThat(deadLetter).usingRecursiveComparison().ignoringFieldsOfTypes(Instant.class).isEqualTo(stored);
			assertThat(deadLetter.deadAt()).isCloseTo(stored.deadAt(), within(1, ChronoUnit.MILLIS));
			assertThat(deadLetter.acceptedAt()).isCloseTo(stored.acceptedAt(), within(1, ChronoUnit.MILLIS));
		});
		assertThat(value(scrape(node), DEAD_LETTERS, "name=\"retried\"")).isOne();
		// The listener has thrown, and everything goes on
		work(node).failures = 3;
		assertThat(post(node, "/retried/b").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> listener(node).deadLetters.size() == 2);
	}

	@Test
	void listenersGetToKnowOfPayloadThatCannotBeRead() {
		ConfigurableApplicationContext node = start();
		work(node).failures = 1;
		assertThat(post(node, "/retried-late/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT)
			.until(() -> tables(node).jdbc()
				.sql("update early_response_post_phase set task_data = ?, execution_time = accepted_at "
						+ "where picked = false")
				.param("no JSON".getBytes(StandardCharsets.UTF_8))
				.update() == 1);
		await().atMost(TIMEOUT).until(() -> !listener(node).deadLetters.isEmpty());
		assertThat(listener(node).deadLetters).singleElement()
			.satisfies((deadLetter) -> assertThat(deadLetter.failure()).contains("cannot be read"));
	}

	@Test
	void endpointListsReplaysAndDiscardsDeadLetters() {
		ConfigurableApplicationContext node = start();
		work(node).failures = 6;
		assertThat(post(node, "/retried/secret").statusCode()).isEqualTo(200);
		assertThat(post(node, "/retried/secret").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> operations(node).deadLetters(10).size() == 2);
		HttpResponse<String> response = exchange(node, "GET", ENDPOINT);
		assertThat(response.body()).doesNotContain("secret");
		JsonNode report = JsonMapper.shared().readTree(response.body());
		assertThat(report.get("durable").asBoolean()).isTrue();
		JsonNode newest = report.at("/deadLetters/0");
		JsonNode oldest = report.at("/deadLetters/1");
		assertThat(newest.propertyNames()).containsExactly("id", "name", "acceptedAt", "deadAt", "attempts", "failure");
		assertThat(newest.get("name").asString()).isEqualTo("retried");
		assertThat(newest.get("attempts").asInt()).isEqualTo(3);
		assertThat(Instant.parse(newest.get("deadAt").asString()))
			.isAfterOrEqualTo(Instant.parse(oldest.get("deadAt").asString()));
		assertThat(JsonMapper.shared().readTree(exchange(node, "GET", ENDPOINT + "?limit=1").body()).get("deadLetters"))
			.hasSize(1);
		assertThat(exchange(node, "GET", ENDPOINT + "?limit=0").statusCode()).isEqualTo(400);
		assertThat(exchange(node, "GET", ENDPOINT + "?limit=1001").statusCode()).isEqualTo(400);
		assertThat(exchange(node, "POST", ENDPOINT + "/unknown").statusCode()).isEqualTo(404);
		assertThat(exchange(node, "DELETE", ENDPOINT + "/unknown").statusCode()).isEqualTo(404);
		String discarded = ENDPOINT + "/" + newest.get("id").asString();
		assertThat(exchange(node, "DELETE", discarded).statusCode()).isEqualTo(204);
		assertThat(exchange(node, "DELETE", discarded).statusCode()).isEqualTo(404);
		assertThat(exchange(node, "POST", discarded).statusCode()).isEqualTo(404);
		assertThat(exchange(node, "POST", ENDPOINT + "/" + oldest.get("id").asString()).statusCode()).isEqualTo(204);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1 && tables(node).stored() == 0);
	}

	@Test
	void deadLettersAreDeletedAfterSomeTime(CapturedOutput output) {
		ConfigurableApplicationContext node = start("early-response.durable.keep-dead-letters=300ms");
		work(node).failures = 4;
		assertThat(post(node, "/retried-late/a").statusCode()).isEqualTo(200);
		assertThat(post(node, "/retried/b").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> !listener(node).deadLetters.isEmpty());
		await().atMost(TIMEOUT).until(() -> operations(node).deadLetters(10).isEmpty());
		await().atMost(TIMEOUT).until(() -> output.getOut().contains("1 dead letter was deleted after PT0.3S"));
		assertThat(output).contains("failed in attempt 3 and becomes a dead letter");
		assertThat(tables(node).rows()).as("what waits for its next attempt").hasSize(1);
	}

	private static Set<String> durableMetrics(String text) {
		return METRIC.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet());
	}

	private static Path docs() {
		Path folder = Path.of("").toAbsolutePath();
		while (!Files.exists(folder.resolve("mvnw"))) {
			folder = folder.getParent();
		}
		return folder.resolve("docs");
	}

	/**
	 * A post-phase of another version of the application, which nobody here runs.
	 */
	private static void insertDue(ConfigurableApplicationContext node, Duration age) {
		tables(node).jdbc()
			.sql("insert into early_response_post_phase (task_name, task_instance, execution_time, picked, version, "
					+ "accepted_at, attempts, failures, deferrals, crashes) "
					+ "values ('of-another-version', '1', ?, false, 1, ?, 0, 0, 0, 0)")
			.param(OffsetDateTime.now().minus(age))
			.param(OffsetDateTime.now().minus(age))
			.update();
	}

	private static void assertBalance(ConfigurableApplicationContext node) {
		MeterRegistry registry = node.getBean(MeterRegistry.class);
		assertThat(sum(registry, "early.response.accepted") + sum(registry, "early.response.durable.taken.over"))
			.isEqualTo(sum(registry, "early.response.finished") + sum(registry, "early.response.durable.handed.back")
					+ registry.get("early.response.in.flight").gauge().value());
	}

	private static double sum(MeterRegistry registry, String counter) {
		return registry.find(counter).counters().stream().mapToDouble(Counter::count).sum();
	}

	private static void awaitIdle(ConfigurableApplicationContext node) {
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 0);
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

	private static Recorder work(ConfigurableApplicationContext node) {
		return node.getBean(Recorder.class);
	}

	private static Tables tables(ConfigurableApplicationContext node) {
		return node.getBean(Tables.class);
	}

	private static DeadLetterListener listener(ConfigurableApplicationContext node) {
		return node.getBean(DeadLetterListener.class);
	}

	private static PostPhaseOperations operations(ConfigurableApplicationContext node) {
		return node.getBean(PostPhaseOperations.class);
	}

	private String scrape(ConfigurableApplicationContext node) {
		HttpResponse<String> response = exchange(node, "GET", "/actuator/prometheus");
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	/**
	 * The sum of the values of a metric with the given labels, zero if there is none.
	 */
	private static double value(String scrape, String metric, String... labels) {
		return scrape.lines()
			.filter((line) -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
			.filter((line) -> Stream.of(labels).allMatch(line::contains))
			.mapToDouble((line) -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
			.sum();
	}

	private ConfigurableApplicationContext start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add(DurableApplication.MONITORING + "=true");
		all.add("management.endpoints.web.exposure.include=*");
		if (all.stream().noneMatch((property) -> property.startsWith(COUNT_INTERVAL))) {
			all.add(COUNT_INTERVAL + "=100ms");
		}
		all.add("management.endpoint.health.show-details=always");
		ConfigurableApplicationContext node = DurableApplication.start(this.database, all.toArray(String[]::new));
		this.nodes.add(node);
		return node;
	}

	private JsonNode health(ConfigurableApplicationContext node) {
		HttpResponse<String> response = exchange(node, "GET", "/actuator/health");
		return JsonMapper.shared().readTree(response.body()).at("/components/earlyResponse");
	}

	private HttpResponse<String> post(ConfigurableApplicationContext node, String path) {
		return exchange(node, "POST", path);
	}

	private HttpResponse<String> exchange(ConfigurableApplicationContext node, String method, String path) {
		String port = node.getEnvironment().getRequiredProperty("local.server.port");
		try {
			return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
				.method(method, BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
