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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.earlyresponse.jdbc.CrashApplication.Crash;
import io.github.earlyresponse.jdbc.CrashApplication.CrashPoint;
import io.github.earlyresponse.jdbc.CrashApplication.Effects;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes that die while clients repeat their requests until they are accepted.
 */
class IdempotencyKillTests {

	private static final Log logger = LogFactory.getLog(IdempotencyKillTests.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final int REPETITIONS = 200;

	private static final int CLIENTS = 8;

	private static final int LONGEST_LIFE_MILLIS = 300;

	private static List<String> database;

	private static ConfigurableApplicationContext survivor;

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<CrashNode> processes = new ArrayList<>();

	@BeforeAll
	static void startSurvivor() {
		database = TestDatabase.POSTGRESQL.properties();
		survivor = CrashApplication.start(database, "early-response.durable.dead-after-crashes=1000");
	}

	@AfterAll
	static void stopSurvivor() {
		survivor.close();
	}

	@AfterEach
	void stop() {
		this.processes.forEach(CrashNode::kill);
	}

	@ParameterizedTest
	@EnumSource(names = { "AFTER_INSERT", "AFTER_COMMIT", "IN_RESPONSE" })
	void requestIsHandledOnceIfItsNodeDies(CrashPoint point) throws Exception {
		CrashNode node = start("crash=" + point);
		assertHandledOnce(Set.copyOf(repeat(node, point.name())), point.name());
		assertThat(node.awaitEnd()).isEqualTo(Crash.EXIT_CODE);
	}

	@ParameterizedTest
	@EnumSource(names = { "BEFORE_START", "IN_WORK", "BEFORE_COMMIT_OF_WORK", "AFTER_COMMIT_OF_WORK", "BEFORE_DELETE" })
	@Tag("load")
	void requestIsHandledOnceIfItsNodeDiesAfterwards(CrashPoint point) throws Exception {
		requestIsHandledOnceIfItsNodeDies(point);
	}

	@Test
	void requestsAreHandledOnceIfTheirNodeIsKilled() throws Exception {
		handlesOnce(1);
	}

	@Test
	@Tag("load")
	void requestsAreHandledOnceInTwentyRounds() throws Exception {
		handlesOnce(20);
	}

	/**
	 * Kills a node at any time under clients, each of which has requests of its own that
	 * others repeat.
	 */
	private void handlesOnce(int rounds) throws Exception {
		long seed = System.nanoTime();
		logger.info("Seed: " + seed);
		Random random = new Random(seed);
		for (int round = 0; round < rounds; round++) {
			CrashNode node = start();
			String prefix = "killed-" + round + "-";
			List<Set<String>> responses = IntStream.range(0, CLIENTS)
				.<Set<String>>mapToObj((i) -> ConcurrentHashMap.newKeySet())
				.toList();
			ExecutorService executor = Executors.newFixedThreadPool(2 * CLIENTS);
			try {
				List<Future<?>> futures = new ArrayList<>();
				for (int i = 0; i < 2 * CLIENTS; i++) {
					int item = i / 2;
					futures.add(executor.submit(() -> responses.get(item).add(postUntilAccepted(node, prefix + item))));
				}
				node.process().waitFor(random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
				node.kill();
				for (Future<?> future : futures) {
					future.get();
				}
			}
			finally {
				executor.shutdownNow();
			}
			for (int i = 0; i < CLIENTS; i++) {
				assertHandledOnce(responses.get(i), prefix + i);
			}
		}
	}

	private CrashNode start(String... properties) {
		CrashNode node = new CrashNode(database, properties);
		this.processes.add(node);
		node.uri("/");
		return node;
	}

	private List<String> repeat(CrashNode node, String item) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(CLIENTS);
		try {
			List<String> responses = new ArrayList<>();
			Callable<String> request = () -> postUntilAccepted(node, item);
			for (Future<String> future : executor.invokeAll(Collections.nCopies(REPETITIONS, request))) {
				responses.add(future.get());
			}
			return responses;
		}
		finally {
			executor.shutdownNow();
		}
	}

	/**
	 * Repeats a request on the node, and when that has died on the survivor.
	 * @return what the client has got
	 */
	private String postUntilAccepted(CrashNode node, String item) throws InterruptedException {
		while (true) {
			boolean alive = node.process().isAlive();
			URI uri = (alive) ? node.uri("/repeatable/" + item) : URI.create("http://localhost:"
					+ survivor.getEnvironment().getRequiredProperty("local.server.port") + "/repeatable/" + item);
			try {
				HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(uri)
					.timeout(TIMEOUT)
					.header("Idempotency-Key", item)
					.POST(BodyPublishers.noBody())
					.build(), BodyHandlers.ofString());
				if (response.statusCode() == 200) {
					return response.body() + response.headers().firstValue("Post-Phase-Id");
				}
				assertThat(response.statusCode()).isIn(409, 503);
			}
			catch (IOException ex) {
				// It is dying
			}
			TimeUnit.MILLISECONDS.sleep(10);
		}
	}

	private static void assertHandledOnce(Set<String> responses, String item) {
		assertThat(responses).as(item).hasSize(1);
		Tables tables = survivor.getBean(Tables.class);
		assertThat(tables.jdbc().sql("select item from orders").query(String.class).list()).as(item)
			.containsOnlyOnce(item);
		Effects effects = survivor.getBean(Effects.class);
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(tables.rows()).isEmpty());
		assertThat(effects.items("effects_once")).as(item).containsOnlyOnce(item);
		assertThat(effects.items("effects_at_least_once")).as(item).contains(item);
	}

}
