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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.jdbc.ClusterClient.Way;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes behind nginx that are killed, terminated and started again, with the default
 * intervals, while clients follow what they have started.
 */
@EnabledIf(value = "io.github.earlyresponse.jdbc.LoadBalancer#isInstalled",
		disabledReason = "there is no nginx: install nginx")
class ClusterTests {

	private static final Log logger = LogFactory.getLog(ClusterTests.class);

	/** How long the load test takes, half of it with two nodes and half with three. */
	private static final Duration DURATION = Duration.ofMinutes(10);

	private static final Duration TIMEOUT = Duration.ofSeconds(90);

	private static final Duration CLEAN_UP = Duration.ofMinutes(3);

	private static final Duration TAKEOVER = Duration.ofSeconds(5);

	private static final Duration HAND_BACK = Duration.ofSeconds(1);

	private static final int CLIENTS = 9;

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final JdbcClient jdbc;

	private final HttpClient http = HttpClient.newHttpClient();

	private final List<Node> nodes = new ArrayList<>();

	private final Map<Long, End> ends = new HashMap<>();

	private final ClusterClient.Log log = new ClusterClient.Log();

	private final List<ClusterClient> clients = new ArrayList<>();

	@TempDir
	private Path folder;

	private LoadBalancer cluster;

	ClusterTests() {
		DriverManagerDataSource dataSource = new DriverManagerDataSource(
				this.database.get(0).substring("spring.datasource.url=".length()));
		this.jdbc = JdbcClient.create(dataSource);
		new ResourceDatabasePopulator(new ClassPathResource("schema-postgresql.sql", JdbcPostPhaseStore.class))
			.execute(dataSource);
	}

	@BeforeEach
	void createTables() {
		ClusterApplication.createTables(this.jdbc);
	}

	@AfterEach
	void stop() throws IOException {
		this.clients.forEach(ClusterClient::end);
		this.nodes.forEach((node) -> node.process.kill());
		if (this.cluster != null) {
			this.cluster.close();
		}
	}

	@Test
	void clientsLoseNothingToNodesThatEnd() throws Exception {
		start(3, "early-response.shutdown.timeout=500ms");
		startClients();
		endAndStartAgain(this.nodes.get(0), true, TAKEOVER);
		endAndStartAgain(this.nodes.get(1), false, Duration.ZERO);
		finish();
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 3 })
	@Tag("load")
	void clientsLoseNothingInMinutes(int number) throws Exception {
		start(number, "early-response.shutdown.timeout=500ms");
		startClients();
		long seed = System.nanoTime();
		logger.info("Seed: " + seed);
		Random random = new Random(seed);
		long end = System.nanoTime() + DURATION.toNanos() / 2;
		for (int round = 0; System.nanoTime() < end; round++) {
			endAndStartAgain(this.nodes.get(random.nextInt(number)), round % 2 == 0,
					Duration.ofMillis(random.nextInt(7000)));
		}
		finish();
		// Nodes that have ended are forgotten, and so is progress that was stored too
		// late
		await().atMost(CLEAN_UP)
			.until(() -> count("early_response_post_phase_node") == number
					&& count("early_response_post_phase_progress") == 0);
	}

	/**
	 * The threads of the nodes are the limit, neither the processors nor the database.
	 */
	@Test
	void twoNodesDoTheWorkOfTwo() throws Exception {
		start(2, "early-response.executor.max-concurrency=2");
		for (int i = 0; i < 2; i++) {
			// So that neither is cold
			wait(this.nodes.get(i)::uri, "cold-" + i, 20);
		}
		double one = wait(this.nodes.get(0)::uri, "one", 80);
		double two = wait(this.cluster::uri, "two", 80);
		logger.info("%.1f per second with one node, %.1f with two: %.2f times".formatted(one, two, two / one));
		assertThat(two / one).isGreaterThanOrEqualTo(1.7);
	}

	/**
	 * Posts as many, and waits until all are done.
	 * @return how many were done per second, from the first request on
	 */
	private double wait(Function<String, URI> target, String prefix, int number) throws Exception {
		Instant start = Instant.now();
		for (int i = 0; i < number; i++) {
			HttpRequest request = HttpRequest.newBuilder(target.apply("/waiting/" + prefix + "-" + i))
				.POST(HttpRequest.BodyPublishers.noBody())
				.build();
			assertThat(this.http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(202);
		}
		String done = "from done where item like '" + prefix + "-%'";
		await().atMost(TIMEOUT)
			.until(() -> this.jdbc.sql("select count(*) " + done).query(Integer.class).single() == number);
		Instant end = this.jdbc.sql("select max(at) " + done).query(OffsetDateTime.class).single().toInstant();
		return number * 1000.0 / Duration.between(start, end).toMillis();
	}

	private void start(int number, String... properties) throws IOException {
		List<Integer> ports = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			ports.add(LoadBalancer.freePort());
			this.nodes.add(new Node(ports.get(i), properties));
		}
		this.nodes.forEach(Node::awaitStart);
		this.cluster = LoadBalancer.start(this.folder, ports);
	}

	private void startClients() {
		for (int i = 0; i < CLIENTS; i++) {
			Way way = Way.values()[i % Way.values().length];
			this.clients.add(new ClusterClient(this.cluster, this.log, ((i < 6) ? "/long/long-" : "/short/short-") + i,
					way, i % 2 == 0));
		}
		this.clients.forEach(Thread::start);
	}

	/**
	 * Ends a node that has work to do for more than a second, and starts it again after a
	 * pause.
	 */
	private void endAndStartAgain(Node node, boolean kill, Duration pause) throws InterruptedException {
		int promised = this.log.promised.size();
		await().atMost(TIMEOUT).until(() -> this.log.promised.size() > promised + 2 * CLIENTS);
		long pid = node.process.process().pid();
		await().atMost(TIMEOUT)
			.until(() -> count("accepted where item like 'long-%' and process = " + pid
					+ " and at > clock_timestamp() - interval '500 ms'") > 0);
		Instant start = Instant.now();
		if (kill) {
			node.process.kill();
		}
		else {
			node.process.terminate();
			node.process.awaitEnd();
		}
		this.ends.put(pid, new End(kill, start, Instant.now()));
		TimeUnit.NANOSECONDS.sleep(pause.toNanos());
		node.start();
		node.awaitStart();
	}

	/**
	 * Waits until everything has ended, and looks at what has become of it.
	 */
	private void finish() throws Exception {
		this.clients.forEach(ClusterClient::end);
		for (ClusterClient client : this.clients) {
			client.join(TIMEOUT.toMillis());
			assertThat(client.isAlive()).isFalse();
		}
		await().atMost(TIMEOUT).until(() -> count("early_response_post_phase") == 0);
		for (Node node : this.nodes) {
			assertThat(this.http.send(HttpRequest.newBuilder(node.uri("/in-flight")).build(), BodyHandlers.ofString())
				.body()).isEqualTo("0");
		}
		logger.info("%d ends of nodes, %d promised, %d followed to their end, %d answers with 503, %d streams broken"
			.formatted(this.ends.size(), this.log.promised.size(), this.log.followed.get(), this.log.unavailable.get(),
					this.log.reconnected.get()));
		assertThat(this.log.problems).isEmpty();
		assertLedgerIsBalanced();
		assertNothingIsLostAndNothingIsDoneTwice();
		assertTakeoversAreInTime();
	}

	/**
	 * What was accepted by any node has ended at one of them, and nothing else has.
	 */
	private void assertLedgerIsBalanced() {
		String finished = "early_response_post_phase_finished";
		assertThat(count(finished)).isEqualTo(count("accepted"));
		assertThat(items("select distinct outcome from " + finished)).containsExactly("COMPLETED");
		assertThat(count("early_response_post_phase_cancellation")).isZero();
	}

	private void assertNothingIsLostAndNothingIsDoneTwice() {
		List<String> accepted = items("select item from accepted");
		assertThat(accepted).doesNotHaveDuplicates().containsAll(this.log.promised);
		assertThat(items("select distinct item from done")).containsExactlyInAnyOrderElementsOf(accepted);
		assertThat(items("select item from done group by item, step having count(*) > 1")).isEmpty();
		assertThat(items("select item from done group by item having count(*) <> case when item like 'long-%' then "
				+ ClusterApplication.STEPS + " else 1 end"))
			.isEmpty();
	}

	/**
	 * Looks at those of which a process has done a part, and at those that it has
	 * accepted and not begun.
	 */
	private void assertTakeoversAreInTime() {
		Map<String, List<Event>> events = Stream.of("accepted", "started", "done")
			.flatMap((table) -> this.jdbc.sql("select item, process, at from " + table)
				.query((row, number) -> new Event(row.getString("item"), row.getLong("process"),
						row.getObject("at", OffsetDateTime.class).toInstant(), table))
				.list()
				.stream())
			.sorted(Comparator.comparing(Event::at))
			.collect(Collectors.groupingBy(Event::item));
		List<Duration> takeovers = new ArrayList<>();
		List<Duration> handBacks = new ArrayList<>();
		events.forEach((item, all) -> {
			for (int i = 1; i < all.size(); i++) {
				Event before = all.get(i - 1);
				Event after = all.get(i);
				if (before.process != after.process) {
					End end = this.ends.get(before.process);
					assertThat(end).as("%s went from a node that lives to another one", item).isNotNull();
					if (end.kill) {
						takeovers.add(Duration.between(end.start, after.at));
					}
					else {
						// What is queued waits for the end, what runs has done something
						// until its hand-back
						Instant handBack = (before.table.equals("accepted")) ? end.end : before.at;
						handBacks.add(Duration.between(handBack, after.at));
					}
				}
			}
		});
		logger.info("Takeovers: " + summary(takeovers));
		logger.info("Hand-backs: " + summary(handBacks));
		assertThat(takeovers).isNotEmpty().allSatisfy((time) -> assertThat(time).isLessThanOrEqualTo(TAKEOVER));
		assertThat(handBacks).isNotEmpty().allSatisfy((time) -> assertThat(time).isLessThanOrEqualTo(HAND_BACK));
	}

	private static String summary(List<Duration> times) {
		List<Duration> sorted = times.stream().sorted().toList();
		return (sorted.isEmpty()) ? "none" : sorted.size() + ", median " + sorted.get(sorted.size() / 2).toMillis()
				+ " ms, longest " + sorted.get(sorted.size() - 1).toMillis() + " ms";
	}

	private List<String> items(String sql) {
		return this.jdbc.sql(sql).query(String.class).list();
	}

	private long count(String table) {
		return this.jdbc.sql("select count(*) from " + table).query(Long.class).single();
	}

	/**
	 * A node that can be started again, on the same port.
	 */
	private final class Node {

		private final String[] properties;

		private CrashNode process;

		Node(int port, String... properties) {
			List<String> all = new ArrayList<>(List.of(properties));
			all.addAll(List.of("server.port=" + port, "early-response.jdbc.initialize-schema=never",
					"early-response.jdbc.heartbeat=1s", "early-response.jdbc.takeover-after=4s",
					"early-response.jdbc.poll-interval=500ms", "early-response.status.enabled=true",
					"early-response.status.keep-for=1h", "spring.datasource.hikari.maximum-pool-size=30"));
			this.properties = all.toArray(String[]::new);
			start();
		}

		void start() {
			this.process = new CrashNode(ClusterApplication.class, Map.of(), ClusterTests.this.database,
					this.properties);
		}

		void awaitStart() {
			this.process.uri("/");
		}

		URI uri(String path) {
			return this.process.uri(path);
		}

	}

	/**
	 * The end of a process.
	 *
	 * @param kill whether it was killed
	 * @param start when it was told to end
	 * @param end when it had ended
	 */
	private record End(boolean kill, Instant start, Instant end) {

	}

	/**
	 * Something that a process has done.
	 *
	 * @param item for what
	 * @param process its id
	 * @param at when
	 * @param table where it wrote that down
	 */
	private record Event(String item, long process, Instant at, String table) {

	}

}
