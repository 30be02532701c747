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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.CrashApplication.Effects;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * A database that is killed under clients, as {@code kill -9} does, and started again.
 */
class DatabaseKillTests {

	private static final Log logger = LogFactory.getLog(DatabaseKillTests.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** Of this module and of db-scheduler, whose pools may grow. */
	private static final Pattern THREADS = Pattern.compile("(post-phase-(lease|store|housekeeping)|db-scheduler).*");

	/** Those that are all there from the beginning. */
	private static final Pattern FIXED_THREADS = Pattern.compile("post-phase-(lease|store|housekeeping).*");

	private static final int LONGEST_LIFE_MILLIS = 500;

	private final HttpClient client = HttpClient.newHttpClient();

	/** What clients have read for what they have ordered. */
	private final Map<String, Answer> answers = new ConcurrentHashMap<>();

	/** Neither a promise nor a refusal. */
	private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();

	private final List<Thread> clients = new ArrayList<>();

	private volatile boolean stopped;

	@TempDir
	private Path data;

	private KillablePostgres database;

	private ConfigurableApplicationContext node;

	@AfterEach
	void stop() throws InterruptedException {
		stopClients();
		if (this.node != null) {
			this.node.close();
		}
		if (this.database != null) {
			this.database.close();
		}
	}

	@Test
	void losesNothingAndPromisesNothingMeanwhile() throws Exception {
		losesNothing(1, 8);
	}

	@Test
	@Tag("load")
	void losesNothingIfKilledAgainAndAgain() throws Exception {
		losesNothing(5, 32);
	}

	/**
	 * The control: a database that acknowledges before it has written. What has been
	 * promised is lost.
	 */
	@Test
	void losesWhatWasPromisedOfDatabaseThatAcknowledgesTooEarly() throws Exception {
		start("off", 8);
		awaitMore(Answer.PROMISED, 100);
		this.database.kill();
		stopClients();
		this.database.start();
		assertThatThrownBy(this::assertKept).isInstanceOf(AssertionError.class).hasMessageContaining("could not find");
	}

	private void losesNothing(int rounds, int clients) throws Exception {
		long seed = System.nanoTime();
		logger.info("Seed: " + seed);
		Random random = new Random(seed);
		start("on", clients);
		awaitMore(Answer.PROMISED, 50);
		Map<String, Long> threads = threads(THREADS);
		Map<String, Long> fixedThreads = threads(FIXED_THREADS);
		for (int round = 0; round < rounds; round++) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(LONGEST_LIFE_MILLIS)));
			this.database.kill();
			awaitMore(Answer.REFUSED, 3 * clients);
			this.database.start();
			awaitMore(Answer.PROMISED, 50);
		}
		stopClients();
		awaitEnd();
		logger.info("Answers: " + this.answers.values()
			.stream()
			.collect(Collectors.groupingBy((answer) -> answer, Collectors.counting())));
		assertThat(this.unexpected).isEmpty();
		assertKept();
		patiently().untilAsserted(() -> {
			// That of the leases
			assertThat(this.node.getBean(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections()).isOne();
			assertThat(this.node.getBean(JdbcPostPhaseStore.class).leaseCount()).isZero();
			assertThat(threads(THREADS).keySet()).isSubsetOf(threads.keySet());
			assertThat(threads(FIXED_THREADS)).isEqualTo(fixedThreads);
		});
	}

	private void start(String synchronousCommit, int clients) {
		this.database = new KillablePostgres(this.data, synchronousCommit);
		this.node = CrashApplication.start(this.database.properties(), "early-response.jdbc.takeover-after=2400ms",
				"spring.web.error.include-stacktrace=always", "spring.datasource.hikari.connection-timeout=500",
				"spring.datasource.hikari.maximum-pool-size=10");
		for (int i = 0; i < clients; i++) {
			String items = i + "-";
			Thread thread = new Thread(() -> order(items), "client " + i);
			this.clients.add(thread);
			thread.start();
		}
	}

	private void stopClients() throws InterruptedException {
		this.stopped = true;
		for (Thread client : this.clients) {
			client.join();
		}
	}

	private void order(String items) {
		for (int i = 0; !this.stopped; i++) {
			String item = items + i;
			boolean fail = i % 5 == 4;
			try {
				HttpResponse<String> response = post("/crash/" + item + "?fail=" + fail);
				Answer answer = Answer.of(response, fail);
				this.answers.put(item, answer);
				if (answer == Answer.UNEXPECTED) {
					this.unexpected.add(item + ": " + response.statusCode() + " " + response.body());
				}
			}
			catch (IOException | InterruptedException ex) {
				this.unexpected.add(item + ": " + ex);
			}
		}
	}

	private HttpResponse<String> post(String path) throws IOException, InterruptedException {
		String port = this.node.getEnvironment().getRequiredProperty("local.server.port");
		return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
			.timeout(TIMEOUT)
			.POST(BodyPublishers.noBody())
			.build(), BodyHandlers.ofString());
	}

	private void awaitMore(Answer answer, int number) {
		int enough = items(answer).size() + number;
		patiently().until(() -> items(answer).size() >= enough);
	}

	private Set<String> items(Answer answer) {
		return this.answers.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() == answer)
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	private void awaitEnd() {
		Tables tables = this.node.getBean(Tables.class);
		PostPhaseOperations operations = this.node.getBean(PostPhaseOperations.class);
		patiently().ignoreExceptions()
			.untilAsserted(() -> assertThat(tables.stored() + operations.inFlightCount()).isZero());
	}

	private void assertKept() {
		Effects effects = new Effects(JdbcClient.create(this.database.dataSource()));
		List<String> orders = effects.items("orders");
		assertThat(orders).doesNotHaveDuplicates()
			.containsAll(items(Answer.PROMISED))
			.noneMatch(items(Answer.REFUSED)::contains)
			.noneMatch(items(Answer.FAILED)::contains);
		assertThat(effects.items("effects_once")).containsExactlyInAnyOrderElementsOf(orders);
		assertThat(new HashSet<>(effects.items("effects_at_least_once"))).isEqualTo(new HashSet<>(orders));
	}

	/**
	 * Waits, whatever happens on threads of db-scheduler, which do not catch everything
	 * and are replaced.
	 */
	private static ConditionFactory patiently() {
		return await().atMost(TIMEOUT).dontCatchUncaughtExceptions();
	}

	/**
	 * How many threads there are of each kind.
	 */
	private static Map<String, Long> threads(Pattern names) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map((thread) -> thread.getName().replaceAll("[0-9]+$", ""))
			.filter(names.asMatchPredicate())
			.collect(Collectors.groupingBy((name) -> name, Collectors.counting()));
	}

	/**
	 * What a client has read.
	 */
	private enum Answer {

		/** A 200. */
		PROMISED,

		/** A 503, with when to try again. */
		REFUSED,

		/** The 500 of a handler that has failed. */
		FAILED,

		/** The 500 of a handler whose commit has failed, perhaps only its answer. */
		UNKNOWN,

		/** Anything else. */
		UNEXPECTED;

		/** In the stack trace of a commit that has failed, or the rollback after it. */
		private static final String COMMIT = "commitTransactionAfterReturning";

		static Answer of(HttpResponse<String> response, boolean fail) {
			return switch (response.statusCode()) {
				case 200 -> (response.body().isEmpty() || fail) ? UNEXPECTED : PROMISED;
				case 503 -> (response.headers().firstValue("Retry-After").isPresent()) ? REFUSED : UNEXPECTED;
				case 500 -> ofFailure(response.body(), fail);
				default -> UNEXPECTED;
			};
		}

		/**
		 * What has failed although it was not wanted has to be the commit: if it is a
		 * statement before it, that is a refusal.
		 */
		private static Answer ofFailure(String body, boolean fail) {
			if (fail) {
				return FAILED;
			}
			return (body.contains(COMMIT)) ? UNKNOWN : UNEXPECTED;
		}

	}

}
