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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.jdbc.DurableApplication.Order;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import io.github.earlyresponse.jdbc.DurableApplication.Work;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Durable post-phases of one node, over HTTP.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class DurablePostPhaseTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	/** A node for all tests that do not need another one, which saves time. */
	private static ConfigurableApplicationContext sharedNode;

	private static List<String> sharedDatabase;

	private final HttpClient client = HttpClient.newHttpClient();

	private final TestDatabase database;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	DurablePostPhaseTests(TestDatabase database) {
		this.database = database;
	}

	@BeforeParameterizedClassInvocation
	static void startSharedNode(TestDatabase database) {
		sharedDatabase = database.properties();
		sharedNode = DurableApplication.start(sharedDatabase, "early-response.durable.max-payload=1KB");
	}

	@AfterParameterizedClassInvocation
	static void stopSharedNode() {
		sharedNode.close();
	}

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void runsWithArgumentsThatWereStoredAndLeavesNothing() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(work(node).orders)
				.containsExactly(new Order("a", 2, List.of(new Order.Line("first"), new Order.Line("second")))));
		assertNothingIsLeft(node);
	}

	@Test
	void isThereIfItsTransactionIs() {
		ConfigurableApplicationContext node = shared();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/transactional/a").statusCode()).isEqualTo(200);
		assertThat(tables(node).count("orders")).isOne();
		assertThat(tables(node).stored()).isOne();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
	}

	@Test
	void isNotThereIfItsTransactionWasRolledBack() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/transactional/a?fail=true").statusCode()).isEqualTo(500);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isZero();
		assertThat(work(node).orders).isEmpty();
	}

	@Test
	void runsIfItWasCommittedAlthoughTheAnswerWasLost() {
		// Of which the pool does not notice that a connection has ended
		assumeThat(this.database).isNotEqualTo(TestDatabase.H2);
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/lost-commit/a?committed=true").statusCode()).isEqualTo(500);
		assertThat(post(node, "/lost-commit/b?committed=false").statusCode()).isEqualTo(500);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isOne();
		assertThat(work(node).orders).extracting(Order::item).containsExactly("a");
	}

	@Test
	void rollsBackIfItCannotBeStoredWhateverTheTransactionSays() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/committing/" + "a".repeat(1100)).statusCode()).isEqualTo(500);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isZero();
	}

	@Test
	void completesInItsOwnTransaction() {
		ConfigurableApplicationContext node = shared();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/once/a").statusCode()).isEqualTo(200);
		assertThat(tables(node).stored()).isOne();
		assertThat(tables(node).takeAway()).isOne();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 0);
		assertThat(tables(node).count("effects")).isZero();
		assertThat(tables(node).stored()).isOne();
	}

	@Test
	void hasItsEffectOnceWhereItIsTransactional() {
		ConfigurableApplicationContext node = shared();
		for (int i = 0; i < 20; i++) {
			assertThat(post(node, "/once/" + i).statusCode()).isEqualTo(200);
		}
		await().atMost(TIMEOUT).until(() -> tables(node).count("effects") == 20);
		assertNothingIsLeft(node);
	}

	/**
	 * Its transaction must not find that its row was changed since its first query.
	 */
	@Test
	void completesInIsolatedTransactionThatTakesLongerThanHeartbeats() {
		ConfigurableApplicationContext node = shared();
		CountDownLatch wait = new CountDownLatch(1);
		CountDownLatch read = new CountDownLatch(1);
		work(node).before = () -> {
			read.countDown();
			waitFor(wait);
		};
		assertThat(post(node, "/isolated/a").statusCode()).isEqualTo(200);
		waitFor(read);
		for (int i = 0; i < 2; i++) {
			String last = tables(node).lastHeartbeat();
			await().atMost(TIMEOUT).until(() -> !tables(node).lastHeartbeat().equals(last));
		}
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 0);
		assertThat(tables(node).count("effects")).isOne();
		assertNothingIsLeft(node);
	}

	/**
	 * Only the call of the engine is the post-phase, and completes it.
	 */
	@ParameterizedTest
	@EnumSource(names = { "REQUIRED", "REQUIRES_NEW" })
	void completesOnceIfItCallsItself(Propagation propagation) {
		ConfigurableApplicationContext node = shared();
		TransactionTemplate transaction = new TransactionTemplate(node.getBean(PlatformTransactionManager.class));
		transaction.setPropagationBehavior(propagation.value());
		Work itself = node.getBean(Work.class);
		AtomicBoolean outer = new AtomicBoolean(true);
		work(node).before = () -> {
			if (outer.getAndSet(false)) {
				transaction.executeWithoutResult((status) -> itself.recordOnce(new Order("inner", 1, List.of())));
			}
		};
		assertThat(post(node, "/once/outer").statusCode()).isEqualTo(200);
		assertNothingIsLeft(node);
		assertThat(tables(node).jdbc().sql("select item from effects").query(String.class).list())
			.containsExactlyInAnyOrder("inner", "outer");
		assertThat(work(node).orders).extracting(Order::item).containsExactly("inner", "outer");
	}

	@Test
	void isNotTriedAgainWhenItFailsAfterTheCommitOfItsTransaction() {
		ConfigurableApplicationContext node = start("early-response.durable.retry.max-retries=2",
				"early-response.durable.retry.delay=10ms");
		work(node).before = () -> TransactionSynchronizationManager
			.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					throw new IllegalStateException("wanted");
				}

			});
		assertThat(post(node, "/once/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 0);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("effects")).isOne();
		assertThat(work(node).finished).extracting(PostPhaseResult::outcome)
			.containsExactly(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void isTriedAgain() {
		ConfigurableApplicationContext node = shared();
		work(node).failures = 2;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertThat(work(node).attempts).containsExactly(1, 2, 3);
		assertNothingIsLeft(node);
	}

	@Test
	void becomesDeadLetterWhenItsAttemptsAreUsedUp() {
		ConfigurableApplicationContext node = shared();
		work(node).failures = 10;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> tables(node).rows().stream().anyMatch((row) -> row.get("dead_at") != null));
		assertThat(work(node).attempts).containsExactly(1, 2, 3);
		assertThat(tables(node).rows()).singleElement().satisfies((row) -> {
			assertThat(row.get("picked")).isEqualTo(false);
			assertThat(row.get("attempts")).isEqualTo(3);
			assertThat((String) row.get("failure")).contains("wanted");
		});
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 0);
	}

	@Test
	void deadLettersAreReplayedAndDiscarded() {
		ConfigurableApplicationContext node = shared();
		work(node).failures = 6;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		assertThat(post(node, "/retried/b").statusCode()).isEqualTo(200);
		PostPhaseOperations operations = operations(node);
		await().atMost(TIMEOUT).until(() -> operations.deadLetters(10).size() == 2);
		List<DeadLetter> deadLetters = operations.deadLetters(10);
		assertThat(operations.deadLetters(1)).containsExactly(deadLetters.get(0));
		assertThat(deadLetters).allSatisfy((deadLetter) -> {
			assertThat(deadLetter.name()).isEqualTo("retried");
			assertThat(deadLetter.attempts()).isEqualTo(3);
			assertThat(deadLetter.failure()).contains("wanted");
			assertThat(deadLetter.deadAt()).isAfterOrEqualTo(deadLetter.acceptedAt());
		});
		assertThat(operations.discard(deadLetters.get(0).id())).isTrue();
		assertThat(operations.discard(deadLetters.get(0).id())).isFalse();
		assertThat(operations.replay(deadLetters.get(0).id())).isFalse();
		assertThat(operations.replay(deadLetters.get(1).id())).isTrue();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
	}

	@Test
	void isNotTakenOverAfterSlowCommit() {
		// Of which three quarters, without renewal, are still less than it takes to
		// commit
		String takeoverAfter = "early-response.jdbc.takeover-after=1600ms";
		List<String> database = this.database.properties();
		ConfigurableApplicationContext node = start(database, takeoverAfter);
		ConfigurableApplicationContext other = start(database, takeoverAfter);
		List<CompletableFuture<Integer>> statuses = IntStream.range(0, 3)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> post(node, "/slow-commit/" + i).statusCode(),
					(task) -> new Thread(task).start()))
			.toList();
		assertThat(statuses).allSatisfy((status) -> assertThat(status.join()).isEqualTo(200));
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() >= 3);
		assertNothingIsLeft(node);
		assertNothingIsLeft(other);
		assertThat(work(node).orders).hasSize(3);
		assertThat(work(other).orders).isEmpty();
	}

	@Test
	void neverRunsIfItIsCancelledBeforeItsTransactionIsCommitted() {
		ConfigurableApplicationContext node = shared();
		CompletableFuture<HttpResponse<String>> response = CompletableFuture
			.supplyAsync(() -> post(node, "/slow-commit/a"));
		JdbcPostPhaseStore store = node.getBean(JdbcPostPhaseStore.class);
		await().pollInterval(Duration.ofMillis(10)).atMost(TIMEOUT).until(() -> store.leaseCount() == 1);
		operations(node).inFlight().forEach((postPhase) -> operations(node).cancel(postPhase.id()));
		assertThat(response.join().statusCode()).isEqualTo(200);
		assertNothingIsLeft(node);
		assertThat(work(node).orders).isEmpty();
		assertThat(work(node).finished).extracting(PostPhaseResult::outcome)
			.containsExactly(PostPhaseOutcome.CANCELLED);
	}

	@Test
	void isStoredInTheTransactionOfItsCall() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/called/a").body()).isEqualTo("1");
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isOne();
	}

	@Test
	void isRemovedIfTheHandlerFailsAfterTheTransactionOfItsCall() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/called/a?fail=true").statusCode()).isEqualTo(500);
		assertNothingIsLeft(node);
		assertThat(work(node).orders).isEmpty();
		assertThat(tables(node).count("orders")).isOne();
	}

	@Test
	void isStoredWhenTheHandlerReturnsIfTheTransactionOfItsCallWasRolledBack() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/called/a?failService=true").body()).isEqualTo("0");
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isStoredIfItIsCalledAfterTheCommit(boolean commit) {
		ConfigurableApplicationContext node = shared();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/called-after/a?commit=" + commit).statusCode()).isEqualTo(200);
		assertThat(tables(node).stored()).isOne();
		assertThat(node.getBean(JdbcPostPhaseStore.class).leaseCount()).isOne();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
	}

	@Test
	void isStoredWhenTheHandlerReturnsIfTheNestedTransactionOfItsCallWasRolledBack() {
		ConfigurableApplicationContext node = shared();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/nested/a").body()).isEqualTo("1");
		assertThat(tables(node).stored()).isEqualTo(2);
		assertThat(tables(node).count("orders")).isZero();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 2);
		assertNothingIsLeft(node);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isStoredWhenTheHandlerReturnsIfTheCommitOfItsCallIsUncertain(boolean committed) {
		assumeThat(this.database).isNotEqualTo(TestDatabase.H2);
		ConfigurableApplicationContext node = shared();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/called-lost-commit/a?committed=" + committed).statusCode()).isEqualTo(200);
		assertThat(tables(node).stored()).isOne();
		assertThat(tables(node).count("orders")).isEqualTo((committed) ? 1 : 0);
		assertThat(node.getBean(JdbcPostPhaseStore.class).leaseCount()).isOne();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(work(node).orders).hasSize(1);
		await().atMost(TIMEOUT).until(() -> node.getBean(JdbcPostPhaseStore.class).leaseCount() == 0);
	}

	@Test
	void runsIfTheCommitOfItsCallWasMadeAlthoughTheHandlerFails() {
		assumeThat(this.database).isNotEqualTo(TestDatabase.H2);
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/called-lost-commit/a?committed=true&fail=true").statusCode()).isEqualTo(500);
		assertThat(post(node, "/called-lost-commit/b?committed=false&fail=true").statusCode()).isEqualTo(500);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(work(node).orders).extracting(Order::item).containsExactly("a");
	}

	@Test
	void neverRunsIfTheNestedTransactionOfItsHandlerIsRolledBack() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/in-transaction/a?rollback=true").statusCode()).isEqualTo(200);
		assertThat(post(node, "/in-transaction/b?rollback=false").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> !work(node).orders.isEmpty());
		assertNothingIsLeft(node);
		assertThat(work(node).orders).extracting(Order::item).containsExactly("b");
		assertThat(tables(node).count("orders")).isOne();
	}

	@Test
	void goesTogetherWithOneInMemory() {
		ConfigurableApplicationContext node = shared();
		assertThat(post(node, "/both/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1 && work(node).inMemory.size() == 1);
		assertNothingIsLeft(node);
	}

	@Test
	void isTakenOverFromNodeThatHasDied() {
		ConfigurableApplicationContext dying = shared();
		CountDownLatch wait = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		work(dying).before = () -> {
			if (first.getAndSet(false)) {
				waitFor(wait);
			}
		};
		assertThat(post(dying, "/once/a").statusCode()).isEqualTo(200);
		assertThat(tables(dying).stored()).isOne();
		// As if the node had died: nobody renews this lease
		tables(dying).jdbc().sql("update early_response_post_phase set picked_by = 'nobody'").update();
		ConfigurableApplicationContext other = start(sharedDatabase);
		await().atMost(TIMEOUT).until(() -> tables(other).count("effects") == 1);
		wait.countDown();
		assertNothingIsLeft(other);
		await().atMost(TIMEOUT).until(() -> operations(dying).inFlightCount() == 0);
		assertThat(tables(other).count("effects")).isOne();
	}

	@Test
	void isHandedBackAtShutdown() {
		ConfigurableApplicationContext second = shared();
		ConfigurableApplicationContext first = start(sharedDatabase, "early-response.shutdown.timeout=10ms");
		CountDownLatch wait = new CountDownLatch(1);
		work(first).before = () -> waitFor(wait);
		assertThat(post(first, "/plain/a").statusCode()).isEqualTo(200);
		first.close();
		await().atMost(TIMEOUT).until(() -> work(second).orders.size() == 1);
		assertNothingIsLeft(second);
		wait.countDown();
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

	private ConfigurableApplicationContext start(String... properties) {
		return start(this.database.properties(), properties);
	}

	private ConfigurableApplicationContext start(List<String> database, String... properties) {
		ConfigurableApplicationContext node = DurableApplication.start(database, properties);
		this.nodes.add(node);
		return node;
	}

	/**
	 * The shared node, as if it had just been started.
	 */
	private static ConfigurableApplicationContext shared() {
		tables(sharedNode).clear(operations(sharedNode));
		work(sharedNode).clear();
		return sharedNode;
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

	private void assertNothingIsLeft(ConfigurableApplicationContext node) {
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(operations(node).inFlightCount() + tables(node).stored()).isZero());
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
