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
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.jdbc.DurableApplication.Order;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Nodes with different roles on one database, over HTTP.
 */
class NodeRoleTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	/** Longer than anything takes that should not happen here. */
	private static final Duration SOME_POLLS = Duration.ofMillis(1000);

	private static final String ACCEPT_ONLY = "early-response.jdbc.work=accept-only";

	private static final String WAITING = "early_response_post_phase where picked = false and dead_at is null";

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void acceptsForOthersAndRunsWhatIsInMemory() {
		ConfigurableApplicationContext accepting = start(ACCEPT_ONLY);
		for (String path : List.of("/plain/a", "/transactional/b", "/called/c", "/both/d", "/once/e")) {
			assertThat(post(accepting, path).statusCode()).isEqualTo(200);
		}
		assertThat(post(accepting, "/chosen/f?durable=false").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> tables(accepting).count(WAITING) == 5);
		await().atMost(TIMEOUT).until(() -> work(accepting).inMemory.contains("d"));
		await().during(SOME_POLLS).atMost(TIMEOUT).until(() -> tables(accepting).count(WAITING) == 5);
		assertThat(operations(accepting).inFlightCount()).isZero();
		assertThat(work(accepting).orders).isEmpty();
		ConfigurableApplicationContext working = start();
		await().atMost(TIMEOUT).untilAsserted(() -> assertNothingIsLeft(working));
		assertThat(work(working).orders).extracting(Order::item).containsExactlyInAnyOrder("a", "b", "c", "d", "e");
		assertThat(work(working).finished).extracting((result) -> result.postPhase().delivery())
			.hasSize(5)
			.containsOnly(Delivery.UNKNOWN);
		assertThat(work(accepting).orders).isEmpty();
	}

	@Test
	void acceptsNoMoreThanTheBacklogAllows() {
		ConfigurableApplicationContext accepting = start(ACCEPT_ONLY, "early-response.durable.max-backlog=2");
		assertThat(post(accepting, "/plain/a").statusCode()).isEqualTo(200);
		assertThat(post(accepting, "/chosen/b?durable=true").statusCode()).isEqualTo(200);
		for (String path : List.of("/plain/c", "/both/c", "/chosen/c?durable=true")) {
			HttpResponse<String> rejection = post(accepting, path);
			assertThat(rejection.statusCode()).isEqualTo(503);
			assertThat(rejection.headers().firstValue("Retry-After")).hasValue("1");
		}
		assertThat(post(accepting, "/chosen/d?durable=false").statusCode()).isEqualTo(200);
		assertThat(tables(accepting).stored()).isEqualTo(2);
		start();
		await().atMost(TIMEOUT).until(() -> tables(accepting).stored() == 0);
		await().atMost(TIMEOUT).until(() -> post(accepting, "/plain/c").statusCode() == 200);
	}

	@Test
	void runsItsOwnAndTakesNothingOver() {
		ConfigurableApplicationContext own = start("early-response.jdbc.work=false");
		work(own).failures = 1;
		assertThat(post(own, "/plain/a").statusCode()).isEqualTo(200);
		assertThat(post(own, "/retried/b").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(own).orders.size() == 1 && tables(own).count(WAITING) == 1);
		await().during(SOME_POLLS).atMost(TIMEOUT).until(() -> tables(own).count(WAITING) == 1);
		assertThat(work(own).attempts).containsExactly(1);
		ConfigurableApplicationContext working = start();
		await().atMost(TIMEOUT).untilAsserted(() -> assertNothingIsLeft(working));
		assertThat(work(working).attempts).containsExactly(2);
	}

	@Test
	void looksForDeadNodesWhateverItsRoleIs() {
		ConfigurableApplicationContext accepting = start(ACCEPT_ONLY);
		assertThat(post(accepting, "/plain/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> tables(accepting).count(WAITING) == 1);
		tables(accepting).jdbc()
			.sql("update early_response_post_phase set picked = true, picked_by = 'nobody'")
			.update();
		await().atMost(TIMEOUT).until(() -> tables(accepting).count(WAITING + " and crashes = 1") == 1);
		assertThat(work(accepting).orders).isEmpty();
	}

	@Test
	void worksOnItsNamesAndLeavesOthersToOthers() {
		// By an alias of record
		ConfigurableApplicationContext records = start("early-response.jdbc.names=note",
				"early-response.jdbc.unknown-after=240ms");
		assertThat(post(records, "/plain/at-once").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(records).finished.size() == 1);
		assertThat(work(records).orders).hasSize(1);
		assertThat(work(records).finished).extracting((result) -> result.postPhase().delivery())
			.containsExactly(Delivery.SENT);
		assertThat(post(records, "/once/for-others").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> tables(records).count(WAITING) == 1);
		// It does not work on that, but knows it
		await().during(SOME_POLLS).atMost(TIMEOUT).until(() -> tables(records).count(WAITING) == 1);
		ConfigurableApplicationContext once = start("early-response.jdbc.names=record-once,retried");
		await().atMost(TIMEOUT).untilAsserted(() -> assertNothingIsLeft(once));
		assertThat(post(once, "/plain/from-others").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).untilAsserted(() -> assertNothingIsLeft(records));
		assertThat(work(once).orders).extracting(Order::item).containsExactly("for-others");
		assertThat(work(records).orders).extracting(Order::item).containsExactly("at-once", "from-others");
	}

	@Test
	void workerWithoutWebServerTakesOver() {
		ConfigurableApplicationContext accepting = start(ACCEPT_ONLY);
		ConfigurableApplicationContext worker = DurableApplication.startWorker(this.database,
				DurableApplication.MONITORING + "=true", "early-response.durable.retry.max-retries=0");
		this.nodes.add(worker);
		assertThat(worker.getBeansOfType(JdbcPostPhaseStore.class)).hasSize(1);
		assertThat(post(accepting, "/once/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).untilAsserted(() -> assertNothingIsLeft(worker));
		assertThat(work(worker).orders).extracting(Order::item).containsExactly("a");
		assertThat(tables(worker).count("effects")).isOne();
		assertThat(work(worker).finished).extracting(PostPhaseResult::postPhase)
			.extracting(PostPhaseExecution::delivery)
			.containsExactly(Delivery.UNKNOWN);
		work(worker).before = () -> {
			throw new IllegalStateException("wanted");
		};
		assertThat(post(accepting, "/plain/b").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> !operations(worker).deadLetters(1).isEmpty());
		work(worker).before = () -> {
		};
		assertThat(operations(worker).replay(operations(worker).deadLetters(1).get(0).id())).isTrue();
		await().atMost(TIMEOUT).untilAsserted(() -> assertNothingIsLeft(worker));
		MeterRegistry meters = worker.getBean(MeterRegistry.class);
		assertThat(meters.get("early.response.durable.taken.over").counters())
			.satisfies((counters) -> assertThat(counters.stream().mapToDouble((counter) -> counter.count()).sum())
				.isEqualTo(3));
		assertThat(meters.get("early.response.finished").tag("outcome", "completed").counters())
			.satisfies((counters) -> assertThat(counters.stream().mapToDouble((counter) -> counter.count()).sum())
				.isEqualTo(2));
		AfterResponse afterResponse = worker.getBean(AfterResponse.class);
		assertThatIllegalStateException().isThrownBy(() -> afterResponse.call("record", Map.of()))
			.withMessageContaining("without a web server");
	}

	private ConfigurableApplicationContext start(String... properties) {
		ConfigurableApplicationContext node = DurableApplication.start(this.database, properties);
		this.nodes.add(node);
		return node;
	}

	private static void assertNothingIsLeft(ConfigurableApplicationContext node) {
		assertThat(operations(node).inFlightCount() + tables(node).stored()).isZero();
	}

	private static Recorder work(ConfigurableApplicationContext node) {
		return node.getBean(Recorder.class);
	}

	private static Tables tables(ConfigurableApplicationContext node) {
		return node.getBean(Tables.class);
	}

	private static PostPhaseOperations operations(ConfigurableApplicationContext node) {
		return node.getBean(PostPhaseOperations.class);
	}

	private HttpResponse<String> post(ConfigurableApplicationContext node, String path) {
		String port = node.getEnvironment().getRequiredProperty("local.server.port");
		try {
			return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
				.POST(BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

}
