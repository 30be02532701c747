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
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.RetryLaterException;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.jdbc.CheckpointApplication.Items;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * A durable post-phase of many items goes on where it has stopped, after each kind of
 * end. {@link PostPhaseTableTests} has the statements, on all databases.
 */
@ParameterizedClass
@EnumSource(value = TestDatabase.class, names = { "H2", "POSTGRESQL" })
class CheckpointTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final String[] PATIENT = { "early-response.jdbc.takeover-after=10s",
			"early-response.shutdown.timeout=10ms" };

	private static final String BEHIND = "early-response.durable.checkpoint-interval=20ms";

	private static final String NOT_BEHIND = "early-response.durable.checkpoint-interval=1h";

	/** Nodes for all tests that do not need another one, by their interval. */
	private static final Map<String, ConfigurableApplicationContext> sharedNodes = new HashMap<>();

	private final HttpClient client = HttpClient.newHttpClient();

	private final TestDatabase database;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	CheckpointTests(TestDatabase database) {
		this.database = database;
	}

	@BeforeParameterizedClassInvocation
	static void startSharedNodes(TestDatabase database) {
		for (String interval : List.of(BEHIND, NOT_BEHIND)) {
			sharedNodes.put(interval, startNode(database.properties(), interval));
		}
	}

	@AfterParameterizedClassInvocation
	static void stopSharedNodes() {
		sharedNodes.values().forEach(ConfigurableApplicationContext::close);
	}

	@AfterEach
	void stop() {
		this.release.countDown();
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void nextAttemptGoesOnFromThereAndStartsTheRetriesAnew() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			int item = Items.next(context);
			items.done(context, item);
			if (item < 4) {
				throw new IllegalStateException("wanted");
			}
		});
		awaitEnd(node);
		assertThat(items.done).containsExactly("1:1", "2:2", "3:3", "4:4");
	}

	@Test
	void attemptThatStaysWhereItWasDoesNot() {
		ConfigurableApplicationContext node = shared(BEHIND);
		run(node, (context) -> {
			context.checkpoint("start");
			throw new IllegalStateException("wanted " + context.attempt());
		});
		assertThat(deadLetter(node)).satisfies((deadLetter) -> {
			assertThat(deadLetter.attempts()).isEqualTo(2);
			assertThat(deadLetter.failure()).contains("wanted 2");
		});
	}

	@Test
	void isWrittenBehindWhileItRuns() {
		ConfigurableApplicationContext node = shared(BEHIND);
		run(node, (context) -> {
			IntStream.rangeClosed(1, 1000).forEach(context::checkpoint);
			EngineThread.await(this.release);
		});
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(row(node)).containsEntry("last_checkpoint", "1000"));
		assertThat(row(node)).containsEntry("checkpoints", 1000L);
		this.release.countDown();
		awaitEnd(node);
	}

	/**
	 * The process dies after each item, more often than one may.
	 */
	@Test
	void crashAfterCheckpointDoesNotCount() {
		ConfigurableApplicationContext node = shared(BEHIND);
		Items items = items(node);
		int crashes = 5;
		run(node, (context) -> {
			int item = Items.next(context);
			items.done(context, item);
			if (item <= crashes) {
				EngineThread.await(this.release);
			}
		});
		for (int i = 1; i <= crashes; i++) {
			String last = String.valueOf(i);
			await().atMost(TIMEOUT).until(() -> last.equals(row(node).get("last_checkpoint")));
			assertThat(row(node)).containsEntry("crashes", 0);
			assertThat(node.getBean(PostPhaseStore.class).crash()).isOne();
		}
		awaitEnd(node);
		assertThat(items.done).containsExactly("1:1", "2:2", "3:3", "4:4", "5:5", "6:6");
	}

	@Test
	void crashBeforeCheckpointStillCounts() {
		ConfigurableApplicationContext node = shared(BEHIND);
		run(node, (context) -> {
			context.checkpoint(1);
			EngineThread.await(this.release);
		});
		for (int attempt = 1; attempt <= 3; attempt++) {
			int number = attempt;
			await().atMost(TIMEOUT).until(() -> running(node, number));
			await().atMost(TIMEOUT).until(() -> "1".equals(row(node).get("last_checkpoint")));
			node.getBean(PostPhaseStore.class).crash();
		}
		assertThat(deadLetter(node).failure()).contains("3 processes have died");
	}

	@Test
	void isHandedBackWithItsLastCheckpoint() {
		List<String> database = this.database.properties();
		ConfigurableApplicationContext first = start(database, NOT_BEHIND);
		Items items = items(first);
		AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
		// It does not care about interrupts
		PostPhaseTask work = (context) -> {
			try {
				for (int item = Items.next(context); item <= 1_000_000; item++) {
					items.done(context, item);
					LockSupport.parkNanos(100_000);
				}
			}
			catch (CancellationException ex) {
				end.set(ex);
				throw ex;
			}
		};
		run(first, work);
		await().atMost(TIMEOUT).until(() -> items.done.size() > 10);
		first.close();
		assertThat(end.get()).isInstanceOf(CancellationException.class);
		int last = items.done.size();
		ConfigurableApplicationContext second = start(database, NOT_BEHIND);
		items(second).work((context) -> items(second).done.add(context.attempt() + ":" + Items.next(context)));
		await().atMost(TIMEOUT).until(() -> tables(second).stored() == 0);
		// A hand-back is no attempt
		assertThat(items(second).done).containsExactly("1:" + (last + 1));
	}

	@Test
	void othersAreHandedBackWhileTransactionHoldsTheRowOfOne() throws Exception {
		List<String> database = this.database.properties();
		JdbcClient jdbc = JdbcClient
			.create(new DriverManagerDataSource(database.get(0).substring("spring.datasource.url=".length())
					+ ((this.database == TestDatabase.H2) ? ";USER=sa" : "")));
		ConfigurableApplicationContext node = start(database, NOT_BEHIND);
		Items items = items(node);
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		run(node, (context) -> items.inTransaction((status) -> {
			items.effect(context, 1);
			held.countDown();
			EngineThread.awaitUninterruptibly(this.release);
		}));
		await().atMost(TIMEOUT).until(() -> held.getCount() == 0);
		run(node, (context) -> {
			started.countDown();
			EngineThread.awaitUninterruptibly(this.release);
		});
		await().atMost(TIMEOUT).until(() -> started.getCount() == 0);
		Thread close = new Thread(node::close);
		close.start();
		String handedBack = "select last_checkpoint from early_response_post_phase where picked = false";
		await().atMost(TIMEOUT).until(() -> jdbc.sql(handedBack).query().listOfRows().size() == 1);
		this.release.countDown();
		await().atMost(TIMEOUT).until(() -> !close.isAlive());
		assertThat(jdbc.sql(handedBack).query(String.class).list()).containsExactlyInAnyOrder(null, "1");
	}

	@Test
	void isPartOfTheTransaction() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			int item = Items.next(context);
			items.doneInTransaction(context, item, null);
			assertThat(row(node)).containsEntry("last_checkpoint", String.valueOf(item));
			assertThat(Items.next(context)).isEqualTo(item + 1);
			if (item < 3) {
				items.doneInTransaction(context, item + 1, new IllegalStateException("wanted"));
			}
		});
		awaitEnd(node);
		assertThat(effects(node)).containsExactly("1", "2", "3");
	}

	@Test
	void laterOneInTransactionIsNotReplacedByEarlierOneThatIsWrittenBehind() {
		ConfigurableApplicationContext node = start(this.database.properties(),
				"early-response.durable.checkpoint-interval=1ms");
		Items items = items(node);
		run(node, (context) -> {
			for (int item = 1; item <= 300; item += 2) {
				context.checkpoint(item);
				items.doneInTransaction(context, item + 1, null);
				assertThat(row(node)).containsEntry("last_checkpoint", String.valueOf(item + 1));
			}
			// What was rolled back leaves the one before, which may be unwritten
			context.checkpoint(301);
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> items.doneInTransaction(context, 302, new UnsupportedOperationException()));
			await().atMost(TIMEOUT).untilAsserted(() -> assertThat(row(node)).containsEntry("last_checkpoint", "301"));
			items.done.add("end");
		});
		awaitEnd(node);
		assertThat(items.done).containsExactly("end");
	}

	@Test
	void isForgottenWithItsSavepoint() {
		ConfigurableApplicationContext node = shared(BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			items.inTransaction((status) -> {
				items.effect(context, 1);
				Object savepoint = status.createSavepoint();
				items.effect(context, 2);
				status.rollbackToSavepoint(savepoint);
			});
			assertThat(row(node)).containsEntry("last_checkpoint", "1");
			assertThat(Items.next(context)).isEqualTo(2);
			context.checkpoint(2);
			await().atMost(TIMEOUT).untilAsserted(() -> assertThat(row(node)).containsEntry("last_checkpoint", "2"));
			items.done.add("end");
		});
		awaitEnd(node);
		assertThat(items.done).containsExactly("end");
	}

	@Test
	void twoTransactionsDoNotWaitForEachOther() {
		ConfigurableApplicationContext node = shared(BEHIND);
		Items items = items(node);
		TransactionTemplate another = new TransactionTemplate(node.getBean(PlatformTransactionManager.class));
		another.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		run(node, (context) -> {
			items.inTransaction((status) -> {
				another.executeWithoutResult((inner) -> items.effect(context, 1));
				items.effect(context, 2);
				assertThatIllegalStateException()
					.isThrownBy(() -> another.executeWithoutResult((inner) -> items.effect(context, 3)))
					.withMessageContainingAll("Post-phase 'items'", "another transaction", "same transaction");
				items.effect(context, 4);
			});
			assertThat(row(node)).containsEntry("last_checkpoint", "4");
			items.done.add("end");
		});
		awaitEnd(node);
		assertThat(items.done).containsExactly("end");
		assertThat(effects(node)).containsExactly("1", "2", "4");
	}

	@Test
	void stopsAfterTheCommit() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		CountDownLatch started = new CountDownLatch(1);
		Items items = items(node);
		String id = run(node, (context) -> {
			started.countDown();
			EngineThread.awaitUninterruptibly(this.release);
			items.doneInTransaction(context, 1, null);
			items.done.add("went on");
		});
		await().atMost(TIMEOUT).until(() -> started.getCount() == 0);
		assertThat(operations(node).cancel(id)).isTrue();
		this.release.countDown();
		awaitEnd(node);
		assertThat(effects(node)).containsExactly("1");
		assertThat(items.done).isEmpty();
	}

	@Test
	void countsForNothingWithoutTheLease() {
		ConfigurableApplicationContext node = shared(BEHIND);
		Items items = items(node);
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		run(node, (context) -> {
			started.countDown();
			EngineThread.awaitUninterruptibly(this.release);
			try {
				items.doneInTransaction(context, 1, null);
			}
			catch (CancellationException ex) {
				items.done.add("cancelled");
			}
			ended.countDown();
		});
		await().atMost(TIMEOUT).until(() -> started.getCount() == 0);
		takeAway(node);
		this.release.countDown();
		await().atMost(TIMEOUT).until(() -> ended.getCount() == 0 && operations(node).inFlightCount() == 0);
		assertThat(items.done).containsExactly("cancelled");
		assertThat(effects(node)).isEmpty();
		assertThat(row(node)).containsEntry("last_checkpoint", null);
	}

	@Test
	void nothingIsCommittedWithoutItWhateverIsCaught() {
		ConfigurableApplicationContext node = shared(BEHIND);
		Items items = items(node);
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch ended = new CountDownLatch(1);
		run(node, (context) -> {
			started.countDown();
			EngineThread.awaitUninterruptibly(this.release);
			try {
				items.inTransaction((status) -> {
					try {
						items.effect(context, 1);
					}
					catch (RuntimeException ex) {
						items.done.add("caught");
					}
				});
			}
			catch (CancellationException ex) {
				items.done.add("cancelled");
			}
			ended.countDown();
		});
		await().atMost(TIMEOUT).until(() -> started.getCount() == 0);
		takeAway(node);
		this.release.countDown();
		await().atMost(TIMEOUT).until(() -> ended.getCount() == 0 && operations(node).inFlightCount() == 0);
		assertThat(items.done).containsExactly("caught", "cancelled");
		assertThat(effects(node)).isEmpty();
	}

	@Test
	void interruptsItWithoutTheLease() {
		ConfigurableApplicationContext node = shared(BEHIND);
		CountDownLatch started = new CountDownLatch(1);
		AtomicReference<@Nullable Throwable> end = new AtomicReference<>();
		run(node, (context) -> {
			started.countDown();
			EngineThread.awaitUninterruptibly(this.release);
			try {
				for (int item = 1; true; item++) {
					context.checkpoint(item);
				}
			}
			catch (CancellationException ex) {
				end.set(ex);
			}
		});
		await().atMost(TIMEOUT).until(() -> started.getCount() == 0);
		takeAway(node);
		this.release.countDown();
		await().atMost(TIMEOUT).until(() -> end.get() != null && operations(node).inFlightCount() == 0);
		assertThat(row(node)).containsEntry("last_checkpoint", null);
	}

	@Test
	void oneThatCannotBeReadMakesDeadLetter() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			if (context.attempt() == 1) {
				context.checkpoint("letter 7");
				throw new IllegalStateException("wanted");
			}
			try {
				items.done.add("from " + Items.next(context));
			}
			catch (RuntimeException ex) {
				// Neither can it begin anew
				context.checkpoint(1);
			}
		});
		assertThat(deadLetter(node)).satisfies((deadLetter) -> {
			assertThat(deadLetter.failure()).contains("The checkpoint of Post-phase 'items'",
					"cannot be read as java.lang.Integer", "letter 7");
			assertThat(deadLetter.attempts()).isEqualTo(2);
		});
		assertThat(items.done).isEmpty();
	}

	@Test
	void laterAttemptWouldNotReadItEither() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		run(node, (context) -> {
			if (context.attempt() == 1) {
				context.checkpoint("letter 7");
			}
			try {
				Items.next(context);
			}
			catch (RuntimeException ex) {
				throw new RetryLaterException(Duration.ofMillis(1), ex);
			}
		});
		assertThat(deadLetter(node).failure()).contains("The checkpoint of Post-phase 'items'", "letter 7");
	}

	@Test
	void replayHasAllItsTime() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			throw new IllegalStateException("wanted");
		});
		String id = deadLetter(node).id();
		tables(node).jdbc()
			.sql("update early_response_post_phase set accepted_at = accepted_at - interval '1' day")
			.update();
		items.work((context) -> {
			items.done.add("attempt " + context.attempt());
			if (context.attempt() == 1) {
				throw new IllegalStateException("wanted");
			}
		});
		assertThat(operations(node).replay(id)).isTrue();
		awaitEnd(node);
		assertThat(items.done).containsExactly("attempt 1", "attempt 2");
	}

	@Test
	void deadLetterKeepsItForItsReplay() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			items.done(context, 1);
			throw new IllegalStateException("wanted");
		});
		String id = deadLetter(node).id();
		assertThat(row(node)).containsEntry("last_checkpoint", "1");
		items.work((context) -> items.done.add("from " + Items.next(context)));
		assertThat(operations(node).replay(id)).isTrue();
		awaitEnd(node);
		assertThat(items.done).containsExactly("1:1", "2:1", "from 2");
	}

	@Test
	void hasToBeStorable() {
		ConfigurableApplicationContext node = shared(NOT_BEHIND);
		Items items = items(node);
		run(node, (context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.checkpoint("a".repeat(9000)))
				.withMessageContainingAll("The checkpoint of Post-phase 'items'", "9002 bytes", "8192");
			assertThatIllegalArgumentException().isThrownBy(() -> context.checkpoint(new Object()))
				.withMessageContaining("cannot be stored");
			assertThatIllegalArgumentException().isThrownBy(() -> context.checkpoint(List.of(1)))
				.withMessageContaining("cannot be stored");
			assertThatIllegalArgumentException().isThrownBy(() -> context.lastCheckpoint(Object.class))
				.withMessageContaining("cannot be stored");
			context.checkpoint("😀".repeat(2000));
			assertThat(context.lastCheckpoint(String.class)).isEqualTo("😀".repeat(2000));
			context.checkpoint(new Page("next", 7));
			assertThat(context.lastCheckpoint(Page.class)).isEqualTo(new Page("next", 7));
			context.checkpoint(Step.SECOND);
			assertThat(context.lastCheckpoint(Step.class)).isEqualTo(Step.SECOND);
			context.checkpoint(7L);
			assertThat(context.lastCheckpoint(long.class)).isEqualTo(7L);
			items.done.add("end");
		});
		awaitEnd(node);
		assertThat(items.done).containsExactly("end");
	}

	private ConfigurableApplicationContext start(List<String> database, String interval) {
		ConfigurableApplicationContext node = startNode(database, interval);
		this.nodes.add(node);
		return node;
	}

	private static ConfigurableApplicationContext startNode(List<String> database, String interval) {
		List<String> properties = new ArrayList<>(database);
		properties.addAll(List.of(PATIENT));
		return DurableApplication.start(CheckpointApplication.class, properties, interval);
	}

	/**
	 * A shared node, as if it had just been started.
	 */
	private static ConfigurableApplicationContext shared(String interval) {
		ConfigurableApplicationContext node = sharedNodes.get(interval);
		node.getBean(Recorder.class).clear();
		tables(node).clear(operations(node));
		items(node).done.clear();
		return node;
	}

	private String run(ConfigurableApplicationContext node, PostPhaseTask work) {
		items(node).work(work);
		String port = node.getEnvironment().getRequiredProperty("local.server.port");
		try {
			assertThat(this.client
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/items/a"))
					.timeout(TIMEOUT)
					.POST(BodyPublishers.noBody())
					.build(), BodyHandlers.ofString())
				.statusCode()).isEqualTo(200);
		}
		catch (java.io.IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
		return operations(node).inFlight().stream().findFirst().map(PostPhaseExecution::id).orElse("");
	}

	private static boolean running(ConfigurableApplicationContext node, int attempt) {
		return operations(node).inFlight()
			.stream()
			.anyMatch((postPhase) -> postPhase.state() == PostPhaseExecution.State.RUNNING
					&& postPhase.attempt() == attempt);
	}

	/**
	 * Another node has taken it over.
	 */
	private static void takeAway(ConfigurableApplicationContext node) {
		assertThat(tables(node).takeAway()).isOne();
	}

	private static void awaitEnd(ConfigurableApplicationContext node) {
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(tables(node).stored() + operations(node).inFlightCount()).isZero());
		// Removed after the commit
		await().atMost(TIMEOUT).until(() -> node.getBean(JdbcPostPhaseStore.class).leaseCount() == 0);
	}

	private static DeadLetter deadLetter(ConfigurableApplicationContext node) {
		await().atMost(TIMEOUT).until(() -> operations(node).deadLetters(10).size() == 1);
		return operations(node).deadLetters(10).get(0);
	}

	private static Map<String, Object> row(ConfigurableApplicationContext node) {
		return tables(node).rows().get(0);
	}

	private static List<String> effects(ConfigurableApplicationContext node) {
		return tables(node).jdbc().sql("select item from effects").query(String.class).list();
	}

	private static Items items(ConfigurableApplicationContext node) {
		return node.getBean(Items.class);
	}

	private static Tables tables(ConfigurableApplicationContext node) {
		return node.getBean(Tables.class);
	}

	private static PostPhaseOperations operations(ConfigurableApplicationContext node) {
		return node.getBean(PostPhaseOperations.class);
	}

	private record Page(String token, int number) {

	}

	private enum Step {

		FIRST, SECOND {

			@Override
			public String toString() {
				return "with a body";
			}

		}

	}

	/**
	 * Waits on the thread of a post-phase.
	 */
	private static final class EngineThread {

		static void await(CountDownLatch latch) {
			try {
				latch.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		static void awaitUninterruptibly(CountDownLatch latch) {
			while (latch.getCount() > 0) {
				LockSupport.parkNanos(1_000_000);
				Thread.interrupted();
			}
		}

	}

}
