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
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.DurableApplication.Order;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A database that is gone for some time.
 */
class DatabaseOutageTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int RUNNING = 4;

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final URI url = URI.create(this.database.get(0).substring("spring.datasource.url=jdbc:".length()));

	private final CuttableConnection connection = new CuttableConnection(this.url.getPort());

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	@AfterEach
	void stop() {
		this.connection.repair();
		this.nodes.forEach(ConfigurableApplicationContext::close);
		this.connection.close();
	}

	@Test
	void losesNothingAndPromisesNothingMeanwhile() throws Exception {
		ConfigurableApplicationContext node = start(this.connection.port());
		CountDownLatch started = new CountDownLatch(RUNNING);
		Queue<Long> interrupted = new ConcurrentLinkedQueue<>();
		node.getBean(Recorder.class).before = () -> block(started, interrupted);
		for (int i = 0; i < RUNNING; i++) {
			assertThat(post(node, "/once/" + i).statusCode()).isEqualTo(200);
		}
		started.await();
		List<String> threads = threads();
		ConfigurableApplicationContext other = start(this.url.getPort());
		Queue<Long> takenOver = new ConcurrentLinkedQueue<>();
		other.getBean(Recorder.class).before = () -> takenOver.add(System.nanoTime());

		long cut = System.nanoTime();
		this.connection.cut();
		assertRefused(post(node, "/plain/refused"));
		assertRefused(post(node, "/once/refused"));
		Tables tables = other.getBean(Tables.class);
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(tables.count("effects")).isEqualTo(RUNNING));
		assertThat(interrupted).hasSize(RUNNING)
			.allSatisfy((time) -> assertThat(Duration.ofNanos(time - cut)).isGreaterThan(Duration.ofMillis(1000)));
		assertThat(takenOver).hasSize(RUNNING)
			.allSatisfy((time) -> assertThat(time)
				.isGreaterThan(interrupted.stream().mapToLong(Long::longValue).max().getAsLong()));

		node.getBean(Recorder.class).before = () -> {
		};
		this.connection.repair();
		await().atMost(TIMEOUT).until(() -> post(node, "/once/after").statusCode() == 200);
		await().atMost(TIMEOUT).until(() -> post(node, "/plain/after").statusCode() == 200);
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(tables.stored() + inFlight(node) + inFlight(other)).isZero());
		assertThat(tables.jdbc().sql("select item from effects").query(String.class).list())
			.containsExactlyInAnyOrderElementsOf(
					tables.jdbc().sql("select item from orders").query(String.class).list())
			.contains("0", "1", "2", "3", "after")
			.doesNotContain("refused");
		assertThat(node.getBean(Recorder.class).orders).extracting(Order::item).doesNotContain("refused");
		await().atMost(TIMEOUT).untilAsserted(() -> {
			// That of the leases
			assertThat(node.getBean(HikariDataSource.class).getHikariPoolMXBean().getActiveConnections()).isOne();
			assertThat(node.getBean(JdbcPostPhaseStore.class).leaseCount()).isZero();
		});
		stop(other);
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(threads()).containsExactlyInAnyOrderElementsOf(threads));
	}

	@Test
	void goesOnIfConnectionsBreakForAMoment() {
		ConfigurableApplicationContext node = start(this.connection.port());
		CountDownLatch wait = new CountDownLatch(1);
		Queue<Long> interrupted = new ConcurrentLinkedQueue<>();
		node.getBean(Recorder.class).before = () -> waitFor(wait, interrupted);
		assertThat(post(node, "/once/a").statusCode()).isEqualTo(200);
		assertThat(post(node, "/plain/b").statusCode()).isEqualTo(200);
		this.connection.cut();
		this.connection.repair();
		await().atMost(TIMEOUT).until(() -> post(node, "/both/c").statusCode() == 200);
		wait.countDown();
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(node.getBean(Tables.class).stored() + inFlight(node)).isZero());
		assertThat(node.getBean(Recorder.class).orders).extracting(Order::item)
			.containsExactlyInAnyOrder("a", "b", "c");
		assertThat(interrupted).isEmpty();
	}

	/**
	 * As it happens if the connection breaks when the scheduler has just picked it.
	 */
	@Test
	void runsWhatIsLeasedByNodeThatDoesNotHaveIt() {
		ConfigurableApplicationContext node = start(this.url.getPort());
		CountDownLatch wait = new CountDownLatch(1);
		Queue<Long> interrupted = new ConcurrentLinkedQueue<>();
		node.getBean(Recorder.class).before = () -> waitFor(wait, interrupted);
		assertThat(post(node, "/plain/a").statusCode()).isEqualTo(200);
		Tables tables = node.getBean(Tables.class);
		tables.jdbc()
			.sql("insert into early_response_post_phase (task_name, task_instance, task_data, execution_time, picked, "
					+ "picked_by, last_heartbeat, version, accepted_at, attempts, failures, deferrals, crashes) "
					+ "select task_name, 'copy', task_data, execution_time, picked, picked_by, last_heartbeat, 7, "
					+ "accepted_at, attempts, failures, deferrals, crashes from early_response_post_phase")
			.update();
		await().atMost(TIMEOUT).until(() -> inFlight(node) == 2);
		wait.countDown();
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(tables.stored() + inFlight(node)).isZero());
		assertThat(node.getBean(Recorder.class).orders).hasSize(2);
		assertThat(interrupted).isEmpty();
	}

	private static void assertRefused(HttpResponse<String> response) {
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(response.headers().firstValue("Retry-After")).isPresent();
	}

	private static void block(CountDownLatch started, Queue<Long> interrupted) {
		started.countDown();
		waitFor(new CountDownLatch(1), interrupted);
	}

	private static void waitFor(CountDownLatch latch, Queue<Long> interrupted) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			interrupted.add(System.nanoTime());
			throw new IllegalStateException("interrupted", ex);
		}
	}

	private ConfigurableApplicationContext start(int port) {
		List<String> properties = new ArrayList<>(this.database);
		properties.set(0, this.database.get(0).replace(":" + this.url.getPort() + "/", ":" + port + "/"));
		ConfigurableApplicationContext node = CrashApplication.start(properties,
				"early-response.jdbc.takeover-after=2400ms", "spring.datasource.hikari.connection-timeout=500",
				"spring.datasource.hikari.maximum-pool-size=6");
		this.nodes.add(node);
		return node;
	}

	private void stop(ConfigurableApplicationContext node) {
		this.nodes.remove(node);
		node.close();
	}

	private static int inFlight(ConfigurableApplicationContext node) {
		return node.getBean(PostPhaseOperations.class).inFlightCount();
	}

	/**
	 * The threads of the store, which must not become more.
	 */
	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("post-phase-lease") || name.startsWith("post-phase-store"))
			.toList();
	}

	private HttpResponse<String> post(ConfigurableApplicationContext node, String path) {
		String port = node.getEnvironment().getRequiredProperty("local.server.port");
		try {
			return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
				.POST(BodyPublishers.noBody())
				.build(), BodyHandlers.ofString());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
