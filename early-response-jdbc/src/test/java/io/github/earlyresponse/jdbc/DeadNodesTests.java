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

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.engine.StoreObserver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DeadNodes} and {@link NodeTable}, on all databases.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class DeadNodesTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	/** Of which a lease is a quarter less. */
	private static final Duration TAKEOVER_AFTER = Duration.ofSeconds(2);

	private final HikariDataSource dataSource;

	private final JdbcClient jdbc;

	private final PostPhaseTable table;

	private final NodeTable nodes;

	private final OwnTransaction transaction;

	private final Queue<String> crashed = new ConcurrentLinkedQueue<>();

	private final Queue<String> deadLetters = new ConcurrentLinkedQueue<>();

	private final DeadLetterNotifier notifier = new DeadLetterNotifier();

	private final DatabaseClock clock = new DatabaseClock(InstantSource.system());

	private final DeadNodes deadNodes;

	private volatile boolean outage;

	/** Whether it is noticed only when a look has begun. */
	private volatile boolean outageBegins;

	DeadNodesTests(TestDatabase database) {
		String url = database.properties().get(0).substring("spring.datasource.url=".length());
		this.dataSource = DataSourceBuilder.create().type(HikariDataSource.class).url(url).build();
		JdbcProperties properties = new JdbcProperties();
		properties.setInitializeSchema(DatabaseInitializationMode.ALWAYS);
		new EarlyResponseSchemaInitializer(this.dataSource, properties).initializeDatabase();
		this.jdbc = JdbcClient.create(this.dataSource);
		Database checked = Database.of(this.dataSource, properties);
		this.table = new PostPhaseTable(this.dataSource, checked, this.clock, properties.getTable());
		this.nodes = new NodeTable(this.dataSource, checked, properties.getTable());
		this.transaction = new OwnTransaction(this.dataSource).readCommitted();
		StoreSettings settings = settings(Duration.ofMillis(100));
		StoreObserver observer = new StoreObserver() {

			@Override
			public void stored(int number, Duration duration) {
				throw new UnsupportedOperationException();
			}

			@Override
			public void crashed(String name) {
				DeadNodesTests.this.crashed.add(name);
			}

		};
		this.notifier.start((DeadLetter deadLetter) -> this.deadLetters.add(deadLetter.id()));
		this.deadNodes = new DeadNodes(this.nodes, this.table, this.transaction, settings, this.clock, this::isOutage,
				new CrashHandler(this.table, settings, this.notifier, () -> observer), () -> {
				});
	}

	private static StoreSettings settings(Duration heartbeat) {
		return new StoreSettings("self", heartbeat, TAKEOVER_AFTER, 2, Duration.ZERO, 1, Duration.ZERO, null,
				Duration.ZERO, Duration.ZERO, new StatusSettings(false, Duration.ZERO, Duration.ZERO));
	}

	@AfterEach
	void close() {
		this.deadNodes.stop();
		this.notifier.stop();
		this.dataSource.close();
	}

	@Test
	void endsLeasesOfDeadNodeOnly() {
		insert("dead", "1", 0);
		insert("dead", "2", 2);
		silence("dead", "10");
		insert("self", "3", 0);
		silence("self", "10");
		insert("alive", "4", 0);
		this.nodes.beat("alive");
		this.deadNodes.start();
		await().atMost(TIMEOUT).until(() -> this.crashed.size() == 2);
		await().atMost(TIMEOUT).until(() -> this.deadLetters.size() == 1);
		assertThat(this.deadLetters).containsExactly("2");
		assertThat(row("1")).isEqualTo(new Stored(false, null, 2, 1, 1));
		assertThat(row("2").picked()).isFalse();
		assertThat(row("3")).isEqualTo(new Stored(true, "self", 1, 0, 0));
		assertThat(row("4")).isEqualTo(new Stored(true, "alive", 1, 0, 0));
		// Until it is silent, too
		await().atMost(TIMEOUT).until(() -> !row("4").picked());
		assertThat(row("4").crashes()).isOne();
	}

	/**
	 * As after the table of nodes was emptied.
	 */
	@Test
	void endsLeasesOfNodeThatNobodyHasHeardOf() {
		insert("unknown", "1", 0);
		this.deadNodes.start();
		await().atMost(TIMEOUT).until(() -> !row("1").picked());
	}

	/**
	 * As after an outage of the database, or if its clock was set: another node is given
	 * the time for another heartbeat.
	 */
	@Test
	void endsNoneOfNodeThatItHasNotWatched() {
		insert("silent", "1", 0);
		silence("silent", "10");
		StoreSettings settings = settings(Duration.ofHours(1));
		DeadNodes justStarted = new DeadNodes(this.nodes, this.table, this.transaction, settings, this.clock,
				() -> false, new CrashHandler(this.table, settings, this.notifier, StoreObserver::none), () -> {
				});
		justStarted.start();
		try {
			await().during(TAKEOVER_AFTER.multipliedBy(3).dividedBy(4)).atMost(TIMEOUT).until(() -> row("1").picked());
		}
		finally {
			justStarted.stop();
		}
	}

	@Test
	void forgetsDeadNodesInTime() {
		silence("long-dead", "3600");
		silence("dead", "10");
		this.nodes.beat("alive");
		insert("long-dead", "1", 0);
		this.deadNodes.start();
		await().atMost(TIMEOUT).until(() -> this.nodes.findAll().size() == 2);
		assertThat(row("1").picked()).isFalse();
		assertThat(this.nodes.findAll()).extracting(NodeTable.Node::name).containsExactlyInAnyOrder("dead", "alive");
	}

	@Test
	void endsNoneDuringAnOutage() {
		insert("dead", "1", 0);
		silence("dead", "10");
		this.outage = true;
		this.deadNodes.start();
		await().during(TAKEOVER_AFTER.dividedBy(2)).atMost(TIMEOUT).until(() -> row("1").picked());
		this.outage = false;
		await().atMost(TIMEOUT).until(() -> !row("1").picked());
	}

	/**
	 * The one that others are just taking over comes back to life.
	 */
	@Test
	void heartbeatWaitsForTakeover() throws Exception {
		silence("dead", "10");
		CountDownLatch locked = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		Thread takeover = new Thread(() -> this.transaction.executeWithoutResult((status) -> {
			this.nodes.lock("dead");
			locked.countDown();
			waitFor(end);
		}));
		takeover.start();
		locked.await();
		assertThat(this.transaction.<Boolean>execute((status) -> this.nodes.lock("dead") == null))
			.as("somebody else takes it over")
			.isTrue();
		CompletableFuture<Boolean> beat = CompletableFuture.supplyAsync(() -> {
			this.transaction.executeWithoutResult((status) -> this.nodes.beat("dead"));
			return end.getCount() == 0;
		}, (task) -> new Thread(task).start());
		await().during(Duration.ofMillis(300)).atMost(TIMEOUT).until(() -> !beat.isDone());
		end.countDown();
		takeover.join();
		assertThat(beat).succeedsWithin(TIMEOUT).isEqualTo(true);
		assertThat(this.nodes.findAll()).singleElement()
			.satisfies((node) -> assertThat(node.silence()).isLessThan(TIMEOUT));
	}

	private boolean isOutage() {
		boolean outage = this.outage;
		this.outage |= this.outageBegins;
		return outage;
	}

	@Test
	void endsNoneIfAnOutageBeginsMeanwhile() {
		insert("dead", "1", 0);
		silence("dead", "10");
		this.outageBegins = true;
		this.deadNodes.start();
		await().during(TAKEOVER_AFTER.dividedBy(2)).atMost(TIMEOUT).until(() -> row("1").picked());
		assertThat(this.outage).as("was looked for").isTrue();
	}

	@Test
	void heartbeatIsAsYoungAsItsStatement() {
		this.nodes.beat("node");
		this.transaction.executeWithoutResult((status) -> {
			this.table.nodes();
			await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
			this.nodes.beat("node");
		});
		assertThat(this.nodes.findAll()).singleElement()
			.satisfies((node) -> assertThat(node.silence()).isLessThan(Duration.ofSeconds(1)));
	}

	@Test
	void heartbeatTellsWhetherTheNodeWasDead() {
		Duration leaseTime = Duration.ofMinutes(90).plusNanos(1_000);
		assertThat(this.nodes.beatIfAlive("node", leaseTime)).as("new").isFalse();
		assertThat(this.nodes.beatIfAlive("node", leaseTime)).as("alive").isTrue();
		silence("node", "50");
		assertThat(this.nodes.beatIfAlive("node", Duration.ofMillis(49_500))).as("dead").isFalse();
		assertThat(this.nodes.findAll()).singleElement()
			.satisfies((node) -> assertThat(node.silence()).isLessThan(Duration.ofSeconds(40)));
		silence("node", "50");
		assertThat(this.nodes.beatIfAlive("node", leaseTime)).as("silent, but alive").isTrue();
		assertThat(this.nodes.findAll()).singleElement()
			.satisfies((node) -> assertThat(node.silence()).isLessThan(Duration.ofSeconds(40)));
	}

	@Test
	void nodesAreHeardOfForTheFirstTimeAtOnce() {
		ExecutorService executor = Executors.newFixedThreadPool(2);
		CyclicBarrier barrier = new CyclicBarrier(2);
		try {
			for (int i = 0; i < 50; i++) {
				String name = "node-" + i;
				List<Future<?>> beats = Stream.of(name, name + "-other")
					.<Future<?>>map((node) -> executor.submit(() -> {
						barrier.await();
						this.transaction.executeWithoutResult((status) -> this.nodes.beat(node));
						return null;
					}))
					.toList();
				assertThat(beats).allSatisfy((beat) -> assertThat(beat).succeedsWithin(TIMEOUT));
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Whichever index the database uses.
	 */
	@Test
	void otherNodesDoNotWaitForTakeover() {
		for (int i = 0; i < 10; i++) {
			insert("dead", "dead-" + i, 0);
		}
		insert("alive", "alive", 0);
		this.transaction.executeWithoutResult((status) -> {
			assertThat(this.table.lock("dead", 100)).hasSize(10);
			assertThat(this.transaction.<List<PostPhaseTable.Leased>>execute((other) -> this.table.lock("alive", 100)))
				.hasSize(1);
			CompletableFuture<Void> inserted = CompletableFuture.runAsync(() -> insert("alive", "new"),
					(task) -> new Thread(task).start());
			assertThat(inserted).succeedsWithin(Duration.ofSeconds(5));
		});
	}

	private void insert(String node, String id) {
		Lease lease = new Lease("work", id, 1, null, Instant.now(), 0, new byte[0]);
		this.transaction.executeWithoutResult((status) -> this.table.insert(List.of(lease), node));
	}

	private void insert(String node, String id, int crashes) {
		insert(node, id);
		this.jdbc.sql("update early_response_post_phase set crashes = ? where task_instance = ?")
			.params(crashes, id)
			.update();
	}

	/**
	 * A node has not been heard of for some seconds.
	 */
	private void silence(String node, String seconds) {
		this.nodes.beat(node);
		this.jdbc
			.sql("update early_response_post_phase_node set last_heartbeat = last_heartbeat - interval '" + seconds
					+ "' second where name = ?")
			.param(node)
			.update();
	}

	private Stored row(String id) {
		return this.jdbc
			.sql("select picked, picked_by, version, attempts, crashes from early_response_post_phase "
					+ "where task_instance = ?")
			.param(id)
			.query(Stored.class)
			.single();
	}

	private static void waitFor(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	record Stored(boolean picked, String pickedBy, long version, int attempts, int crashes) {

	}

}
