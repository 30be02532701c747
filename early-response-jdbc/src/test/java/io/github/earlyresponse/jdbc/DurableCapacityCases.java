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

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Durable post-phases of a node that is busy, over HTTP.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class DurableCapacityCases {

	private static final Duration TIMEOUT = Duration.ofSeconds(15);

	/** Whoever is busy must not lose its leases. */
	private static final String PATIENT = "early-response.jdbc.takeover-after=10s";

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<String> database;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	DurableCapacityCases(TestDatabase database) {
		this.database = database.properties();
	}

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
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
			connection.thenAccept(DurableCapacityCases::close);
		}
		assertNothingIsLeft(node);
		assertThat(interrupted).isFalse();
		assertThat(work(node).orders).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void worksWithPoolInWhichNoConnectionIsKept(int connections, CapturedOutput output) {
		ConfigurableApplicationContext node = start("spring.datasource.hikari.maximum-pool-size=" + connections,
				PATIENT);
		assertThat(output)
			.contains("has the size " + connections + ", too small to keep a connection that renews leases only");
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
