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
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.CrashApplication.Effects;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.h2.mvstore.MVStoreException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Processes that are killed at any time, as {@code kill -9} does, under clients.
 */
class ApplicationKillTests {

	private static final Log logger = LogFactory.getLog(ApplicationKillTests.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final int LONGEST_LIFE_MILLIS = 1000;

	/** What dies with others again and again does not become a dead letter. */
	private static final String NEVER_DEAD = "early-response.durable.dead-after-crashes=1000";

	private static final String SHORT_TAKEOVER = "early-response.jdbc.takeover-after=1s";

	private final HttpClient client = HttpClient.newHttpClient();

	/** What a client has read a 2xx for. */
	private final Queue<String> promised = new ConcurrentLinkedQueue<>();

	/** What a client has read another status for. */
	private final Queue<String> refused = new ConcurrentLinkedQueue<>();

	private final List<CrashNode> processes = new ArrayList<>();

	private ConfigurableApplicationContext survivor;

	@AfterEach
	void stop() {
		if (this.survivor != null) {
			this.survivor.close();
		}
		this.processes.forEach(CrashNode::kill);
	}

	@Test
	void losesNothingOfWhatWasPromised() throws Exception {
		losesNothing(TestDatabase.POSTGRESQL.properties(), 3, 8);
	}

	@Test
	@Tag("load")
	void losesNothingOfWhatWasPromisedOnMariaDb() throws Exception {
		losesNothing(TestDatabase.MARIADB.properties(), 3, 8);
	}

	@Test
	@Tag("load")
	void losesNothingInFiftyRounds() throws Exception {
		losesNothing(TestDatabase.POSTGRESQL.properties(), 50, 32);
	}

	@Test
	void losesNothingOfFileThatIsWrittenAtOnce(@TempDir Path folder) throws Exception {
		losesNothing(file(folder, ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE"), 2, 8);
	}

	/**
	 * The control: H2 writes its file half a second later by default. What has been
	 * promised is lost, or the whole file.
	 */
	@Test
	void losesWhatWasPromisedOfFileThatIsWrittenWithDelay(@TempDir Path folder) throws Exception {
		List<String> database = file(folder, "");
		// Not only those that a cold process was long about
		kill(database, 0, 8, 100, 0);
		assertThat(this.promised).isNotEmpty();
		assertThatThrownBy(() -> assertThat(survive(database).orders).containsAll(this.promised)).satisfiesAnyOf(
				(loss) -> assertThat(loss).isInstanceOf(AssertionError.class).hasMessageContaining("could not find"),
				(damage) -> assertThat(damage).rootCause().isInstanceOf(MVStoreException.class));
	}

	/**
	 * A process that is stopped in the middle of everything, is taken for dead, and then
	 * goes on, also with the transactions that it had.
	 */
	@Test
	@DisabledOnOs(OS.WINDOWS)
	void hasNoEffectTwiceOfProcessThatWasTakenForDead() throws Exception {
		List<String> database = TestDatabase.POSTGRESQL.properties();
		this.survivor = CrashApplication.start(database, NEVER_DEAD, SHORT_TAKEOVER);
		CrashNode node = new CrashNode(database, NEVER_DEAD, SHORT_TAKEOVER);
		this.processes.add(node);
		node.uri("/");
		List<Thread> threads = startClients(node, 0, 8, new CountDownLatch(0));
		Tables tables = this.survivor.getBean(Tables.class);
		Random random = new Random();
		for (int round = 0; round < 3; round++) {
			int answered = this.promised.size();
			await().atMost(TIMEOUT).until(() -> this.promised.size() > answered + 50);
			node.process().waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
			signal(node, "STOP");
			int takenOver = tables.count("effects_at_least_once");
			// What its transactions hold is not taken over
			node.process().waitFor(2, TimeUnit.SECONDS);
			logger.info((tables.count("effects_at_least_once") - takenOver) + " were taken over");
			signal(node, "CONT");
		}
		int answered = this.promised.size();
		await().atMost(TIMEOUT).until(() -> this.promised.size() > answered + 50);
		node.kill();
		join(threads);
		assertNothingIsLost(finish());
	}

	private static void signal(CrashNode node, String signal) throws Exception {
		Process kill = new ProcessBuilder("kill", "-" + signal, String.valueOf(node.process().pid())).start();
		assertThat(kill.waitFor()).isZero();
	}

	private static List<String> file(Path folder, String options) {
		return List.of("spring.datasource.url=jdbc:h2:file:retry:" + folder.resolve("db") + options,
				"early-response.jdbc.initialize-schema=always");
	}

	private void losesNothing(List<String> database, int rounds, int clients) throws Exception {
		long seed = System.nanoTime();
		logger.info("Seed: " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < rounds; round++) {
			kill(database, round, clients, 1, random.nextInt(LONGEST_LIFE_MILLIS));
		}
		assertNothingIsLost(survive(database));
	}

	private void assertNothingIsLost(Result result) {
		logger.info(this.promised.size() + " were promised, " + this.refused.size() + " refused, "
				+ result.orders.size() + " done");
		Set<String> orders = new HashSet<>(result.orders);
		assertThat(this.promised).isNotEmpty();
		assertThat(orders).containsAll(this.promised).noneMatch(this.refused::contains);
		assertThat(result.once).containsExactlyInAnyOrderElementsOf(result.orders);
		assertThat(new HashSet<>(result.atLeastOnce)).isEqualTo(orders);
	}

	/**
	 * Starts a process and kills it some time after so many responses.
	 */
	private void kill(List<String> database, int round, int clients, int responses, int lifeMillis) throws Exception {
		CrashNode node = new CrashNode(database, NEVER_DEAD);
		this.processes.add(node);
		node.uri("/");
		CountDownLatch answered = new CountDownLatch(responses);
		List<Thread> threads = startClients(node, round, clients, answered);
		assertThat(answered.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		node.process().waitFor(lifeMillis, TimeUnit.MILLISECONDS);
		node.kill();
		join(threads);
	}

	private List<Thread> startClients(CrashNode node, int round, int number, CountDownLatch answered) {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			String items = round + "-" + i + "-";
			Thread thread = new Thread(() -> send(node, items, answered), "client " + items);
			thread.start();
			threads.add(thread);
		}
		return threads;
	}

	private static void join(List<Thread> threads) throws InterruptedException {
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void send(CrashNode node, String items, CountDownLatch answered) {
		try {
			for (int i = 0; true; i++) {
				String item = items + i;
				HttpResponse<String> response = node.post(this.client, "/crash/" + item + "?fail=" + (i % 5 == 4));
				((response.statusCode() == 200) ? this.promised : this.refused).add(item);
				answered.countDown();
			}
		}
		catch (IOException | InterruptedException ex) {
			// It was killed
		}
	}

	private Result survive(List<String> database) {
		this.survivor = CrashApplication.start(database, NEVER_DEAD);
		return finish();
	}

	/**
	 * Waits until the survivor has done all that is left.
	 */
	private Result finish() {
		Tables tables = this.survivor.getBean(Tables.class);
		PostPhaseOperations operations = this.survivor.getBean(PostPhaseOperations.class);
		await().atMost(TIMEOUT).untilAsserted(() -> {
			assertThat(tables.rows()).isEmpty();
			assertThat(operations.inFlightCount()).isZero();
		});
		Effects effects = this.survivor.getBean(Effects.class);
		JdbcClient jdbc = tables.jdbc();
		return new Result(jdbc.sql("select item from orders").query(String.class).list(), effects.items("effects_once"),
				effects.items("effects_at_least_once"));
	}

	private record Result(List<String> orders, List<String> once, List<String> atLeastOnce) {

	}

}
