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
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

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
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
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
@ExtendWith(OutputCaptureExtension.class)
class DurablePostPhaseTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	/** For those that are busy, and must not lose their leases. */
	private static final String PATIENT = "early-response.jdbc.takeover-after=10s";

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<String> database;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	DurablePostPhaseTests(TestDatabase database) {
		this.database = database.properties();
	}

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void runsWithArgumentsThatWereStoredAndLeavesNothing() {
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(work(node).orders)
				.containsExactly(new Order("a", 2, List.of(new Order.Line("first"), new Order.Line("second")))));
		assertNothingIsLeft(node);
	}

	@Test
	void isThereIfItsTransactionIs() {
		ConfigurableApplicationContext node = start();
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
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/transactional/a?fail=true").statusCode()).isEqualTo(500);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isZero();
		assertThat(work(node).orders).isEmpty();
	}

	@Test
	void runsIfItWasCommittedAlthoughTheAnswerWasLost() {
		// Of which the pool does not notice that a connection has ended
		assumeThat(this.database.get(0)).doesNotContain(":h2:");
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/lost-commit/a?committed=true").statusCode()).isEqualTo(500);
		assertThat(post(node, "/lost-commit/b?committed=false").statusCode()).isEqualTo(500);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isOne();
		assertThat(work(node).orders).extracting(Order::item).containsExactly("a");
	}

	@Test
	void rollsBackIfItCannotBeStoredWhateverTheTransactionSays() {
		ConfigurableApplicationContext node = start("early-response.durable.max-payload=100B");
		assertThat(post(node, "/committing/" + "a".repeat(90)).statusCode()).isEqualTo(500);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isZero();
	}

	@Test
	void completesInItsOwnTransaction() {
		ConfigurableApplicationContext node = start();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/once/a").statusCode()).isEqualTo(200);
		assertThat(tables(node).stored()).isOne();
		// Somebody else takes it over, whatever this node does
		tables(node).jdbc()
			.sql("update early_response_post_phase set version = version + 1, picked_by = 'somebody', "
					+ "last_heartbeat = timestamp '9999-01-01 00:00:00'")
			.update();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 0);
		assertThat(tables(node).count("effects")).isZero();
		assertThat(tables(node).stored()).isOne();
	}

	@Test
	void hasItsEffectOnceWhereItIsTransactional() {
		ConfigurableApplicationContext node = start();
		for (int i = 0; i < 20; i++) {
			assertThat(post(node, "/once/" + i).statusCode()).isEqualTo(200);
		}
		await().atMost(TIMEOUT).until(() -> tables(node).count("effects") == 20);
		assertNothingIsLeft(node);
	}

	/**
	 * Only the call of the engine is the post-phase, and completes it.
	 */
	@ParameterizedTest
	@EnumSource(names = { "REQUIRED", "REQUIRES_NEW" })
	void completesOnceIfItCallsItself(Propagation propagation) {
		ConfigurableApplicationContext node = start();
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
		ConfigurableApplicationContext node = start();
		work(node).failures = 2;
		assertThat(post(node, "/retried/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertThat(work(node).attempts).containsExactly(1, 2, 3);
		assertNothingIsLeft(node);
	}

	@Test
	void becomesDeadLetterWhenItsAttemptsAreUsedUp() {
		ConfigurableApplicationContext node = start();
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
		ConfigurableApplicationContext node = start();
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
		ConfigurableApplicationContext node = start(takeoverAfter);
		ConfigurableApplicationContext other = start(takeoverAfter);
		for (int i = 0; i < 3; i++) {
			assertThat(post(node, "/slow-commit/" + i).statusCode()).isEqualTo(200);
		}
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() >= 3);
		assertNothingIsLeft(node);
		assertNothingIsLeft(other);
		assertThat(work(node).orders).hasSize(3);
		assertThat(work(other).orders).isEmpty();
		// Also in the moment after the commit
		assertThat(work(node).renewedAtCommit).hasSize(3).allMatch((renewed) -> renewed > 0);
	}

	@Test
	void neverRunsIfItIsCancelledBeforeItsTransactionIsCommitted() {
		ConfigurableApplicationContext node = start();
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
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/called/a").body()).isEqualTo("1");
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isOne();
	}

	@Test
	void isRemovedIfTheHandlerFailsAfterTheTransactionOfItsCall() {
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/called/a?fail=true").statusCode()).isEqualTo(500);
		assertNothingIsLeft(node);
		assertThat(work(node).orders).isEmpty();
		assertThat(tables(node).count("orders")).isOne();
	}

	@Test
	void isStoredWhenTheHandlerReturnsIfTheTransactionOfItsCallWasRolledBack() {
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/called/a?failService=true").body()).isEqualTo("0");
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(tables(node).count("orders")).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isStoredWhenTheHandlerReturnsIfTheCommitOfItsCallIsUncertain(boolean committed) {
		assumeThat(this.database.get(0)).doesNotContain(":h2:");
		ConfigurableApplicationContext node = start();
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
		assertThat(node.getBean(JdbcPostPhaseStore.class).leaseCount()).isZero();
	}

	@Test
	void runsIfTheCommitOfItsCallWasMadeAlthoughTheHandlerFails() {
		assumeThat(this.database.get(0)).doesNotContain(":h2:");
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/called-lost-commit/a?committed=true&fail=true").statusCode()).isEqualTo(500);
		assertThat(post(node, "/called-lost-commit/b?committed=false&fail=true").statusCode()).isEqualTo(500);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1);
		assertNothingIsLeft(node);
		assertThat(work(node).orders).extracting(Order::item).containsExactly("a");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void isStoredIfItIsCalledAfterTheCommit(boolean commit) {
		ConfigurableApplicationContext node = start();
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
		ConfigurableApplicationContext node = start();
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/nested/a").body()).isEqualTo("1");
		assertThat(tables(node).stored()).isEqualTo(2);
		assertThat(tables(node).count("orders")).isZero();
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 2);
		assertNothingIsLeft(node);
	}

	@Test
	void neverRunsIfTheNestedTransactionOfItsHandlerIsRolledBack() {
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/in-transaction/a?rollback=true").statusCode()).isEqualTo(200);
		assertThat(post(node, "/in-transaction/b?rollback=false").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> !work(node).orders.isEmpty());
		assertNothingIsLeft(node);
		assertThat(work(node).orders).extracting(Order::item).containsExactly("b");
		assertThat(tables(node).count("orders")).isOne();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void worksWithPoolInWhichNoConnectionIsKept(int connections, CapturedOutput output) {
		ConfigurableApplicationContext node = start("spring.datasource.hikari.maximum-pool-size=" + connections,
				PATIENT);
		assertThat(output).contains("has " + connections + " connections, too few for one that renews leases only");
		for (String path : new String[] { "/plain/a", "/transactional/b", "/once/c", "/called/d" }) {
			assertThat(post(node, path).statusCode()).isEqualTo(200);
		}
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 4);
		assertNothingIsLeft(node);
	}

	@Test
	void crashIsCountedInAdvanceBeforeTheLastChance() {
		ConfigurableApplicationContext node = start(PATIENT);
		work(node).before = () -> {
			throw new IllegalStateException("wanted");
		};
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> isWaitingWithCrashes(node, 0));
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> {
			waitFor(wait);
			throw new IllegalStateException("wanted");
		};
		// As if two processes had died of it: another one, and it is dead
		tables(node).jdbc()
			.sql("update early_response_post_phase set crashes = 2, execution_time = accepted_at")
			.update();
		await().atMost(TIMEOUT).until(() -> crashes(node) == 3);
		assertThat(tables(node).count("early_response_post_phase where picked = true")).isOne();
		// It fails, but nobody dies of it
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> isWaitingWithCrashes(node, 2));
	}

	private static boolean isWaitingWithCrashes(ConfigurableApplicationContext node, int crashes) {
		return tables(node)
			.count("early_response_post_phase where picked = false and dead_at is null and crashes = " + crashes) == 1;
	}

	private static int crashes(ConfigurableApplicationContext node) {
		return tables(node).jdbc().sql("select crashes from early_response_post_phase").query(Integer.class).single();
	}

	@Test
	void waitsInTheTableForCapacity() {
		ConfigurableApplicationContext node = start("early-response.when-saturated=enqueue",
				"early-response.executor.max-concurrency=2", "early-response.executor.queue-capacity=0",
				"early-response.durable.max-backlog=5", "early-response.jdbc.threads=1", PATIENT);
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/plain/0").statusCode()).isEqualTo(200);
		assertThat(post(node, "/plain/0").statusCode()).isEqualTo(200);
		assertThat(post(node, "/both/0").statusCode()).isEqualTo(503);
		// One runs on the thread for takeovers
		assertThat(post(node, "/plain/1").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 3);
		List<Integer> accepted = new ArrayList<>();
		await().atMost(TIMEOUT).until(() -> {
			HttpResponse<String> response = post(node, "/plain/2");
			accepted.add(response.statusCode());
			return response.statusCode() == 503 && response.headers().firstValue("Retry-After").isPresent();
		});
		int enqueued = accepted.size() - 1;
		assertThat(enqueued).isBetween(4, 6);
		assertThat(tables(node).stored()).isEqualTo(3 + enqueued);
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 3 + enqueued);
		assertNothingIsLeft(node);
		await().atMost(TIMEOUT).until(() -> post(node, "/both/1").statusCode() == 200);
		assertNothingIsLeft(node);
	}

	@Test
	void noMoreThanTheBacklogAllowsWait() throws Exception {
		ConfigurableApplicationContext node = start("early-response.when-saturated=enqueue",
				"early-response.executor.max-concurrency=2", "early-response.executor.queue-capacity=0",
				"early-response.durable.max-backlog=5", "early-response.jdbc.threads=1", PATIENT);
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		// Two run on the executor and one on the thread for takeovers
		for (int i = 0; i < 3; i++) {
			assertThat(post(node, "/plain/" + i).statusCode()).isEqualTo(200);
		}
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 3);
		AtomicInteger accepted = new AtomicInteger();
		AtomicInteger rejected = new AtomicInteger();
		List<Thread> clients = new ArrayList<>();
		long start = System.nanoTime();
		for (int i = 0; i < 8; i++) {
			// Commits take longer than it takes until the backlog is counted again
			Thread client = new Thread(() -> {
				while ((rejected.get() < 200 || accepted.get() < 5) && System.nanoTime() - start < TIMEOUT.toNanos()) {
					int status = post(node, "/slow-commit/2").statusCode();
					((status == 200) ? accepted : rejected).incrementAndGet();
				}
			});
			client.start();
			clients.add(client);
		}
		for (Thread client : clients) {
			client.join();
		}
		assertThat(accepted).hasValue(5);
		await().atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 3);
		assertThat(tables(node).stored()).isEqualTo(3 + 5);
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 3 + 5);
		assertNothingIsLeft(node);
	}

	@Test
	void oneThatIsCalledWaitsInTheTableForCapacity() {
		ConfigurableApplicationContext node = start("early-response.when-saturated=enqueue",
				"early-response.executor.max-concurrency=2", "early-response.executor.queue-capacity=0",
				"early-response.jdbc.threads=1", PATIENT);
		CountDownLatch wait = new CountDownLatch(1);
		work(node).before = () -> waitFor(wait);
		assertThat(post(node, "/chosen/0?durable=true").statusCode()).isEqualTo(200);
		assertThat(post(node, "/chosen/1?durable=true").statusCode()).isEqualTo(200);
		assertThat(post(node, "/chosen/2?durable=true").statusCode()).isEqualTo(200);
		HttpResponse<String> inMemory = post(node, "/chosen/3?durable=false");
		assertThat(inMemory.statusCode()).isEqualTo(503);
		assertThat(inMemory.headers().firstValue("Retry-After")).hasValue("1");
		assertThat(tables(node).stored()).isEqualTo(3);
		assertThat(tables(node).count("orders")).isEqualTo(3);
		wait.countDown();
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 3);
		assertNothingIsLeft(node);
	}

	@Test
	void goesTogetherWithOneInMemory() {
		ConfigurableApplicationContext node = start();
		assertThat(post(node, "/both/a").statusCode()).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> work(node).orders.size() == 1 && work(node).inMemory.size() == 1);
		assertNothingIsLeft(node);
	}

	@Test
	void isTakenOverFromNodeThatHasDied() {
		ConfigurableApplicationContext dying = start();
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
		ConfigurableApplicationContext other = start();
		await().atMost(TIMEOUT).until(() -> tables(other).count("effects") == 1);
		wait.countDown();
		assertNothingIsLeft(other);
		await().atMost(TIMEOUT).until(() -> operations(dying).inFlightCount() == 0);
		assertThat(tables(other).count("effects")).isOne();
	}

	@Test
	void keepsItsLeaseWhileTheApplicationHasAllConnections() throws Exception {
		ConfigurableApplicationContext node = start("spring.datasource.hikari.maximum-pool-size=5",
				"early-response.jdbc.takeover-after=3200ms");
		CountDownLatch wait = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		work(node).before = () -> {
			try {
				wait.await();
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
				throw new IllegalStateException("interrupted", ex);
			}
		};
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		DataSource dataSource = node.getBean(DataSource.class);
		List<CompletableFuture<Connection>> connections = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			connections
				.add(CompletableFuture.supplyAsync(() -> connect(dataSource), (task) -> new Thread(task).start()));
		}
		await().atMost(TIMEOUT).until(() -> connections.stream().filter(CompletableFuture::isDone).count() >= 4);
		// Longer than a lease lasts that is not renewed
		await().during(Duration.ofMillis(3500)).atMost(TIMEOUT).until(() -> operations(node).inFlightCount() == 1);
		wait.countDown();
		for (CompletableFuture<Connection> connection : connections) {
			connection.thenAccept(DurablePostPhaseTests::close);
		}
		assertNothingIsLeft(node);
		assertThat(interrupted).isFalse();
		assertThat(work(node).orders).hasSize(1);
	}

	private static Connection connect(DataSource dataSource) {
		try {
			return dataSource.getConnection();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void close(Connection connection) {
		try {
			connection.close();
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void isHandedBackAtShutdown() {
		ConfigurableApplicationContext first = start("early-response.shutdown.timeout=10ms");
		CountDownLatch wait = new CountDownLatch(1);
		work(first).before = () -> waitFor(wait);
		assertThat(post(first, "/plain/a").statusCode()).isEqualTo(200);
		first.close();
		ConfigurableApplicationContext second = start();
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
		ConfigurableApplicationContext node = DurableApplication.start(this.database, properties);
		this.nodes.add(node);
		return node;
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
