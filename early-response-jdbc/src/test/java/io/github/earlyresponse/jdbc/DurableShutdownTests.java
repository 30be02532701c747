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
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.actuate.EarlyResponseEndpoint;
import io.github.earlyresponse.jdbc.DurableApplication.Order;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A node that shuts down while it has requests, over HTTP.
 */
class DurableShutdownTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void stop() {
		this.release.countDown();
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	/**
	 * The web server waits for its requests meanwhile.
	 */
	@ParameterizedTest
	@EnumSource(value = TestDatabase.class, names = { "H2", "POSTGRESQL" })
	void handsBackFromTheSignalOn(TestDatabase database) throws Exception {
		List<String> properties = database.properties();
		ConfigurableApplicationContext leaving = start(properties, "early-response.executor.max-concurrency=1",
				"early-response.jdbc.takeover-after=30s", DurableApplication.MONITORING + "=true",
				"management.endpoints.web.exposure.include=*");
		ConfigurableApplicationContext staying = start(properties, "early-response.jdbc.takeover-after=30s");
		EarlyResponseEndpoint endpoint = leaving.getBean(EarlyResponseEndpoint.class);
		Tables tables = staying.getBean(Tables.class);
		Recorder left = leaving.getBean(Recorder.class);
		CountDownLatch hold = leaving.getBean(Hold.class).latch();
		left.before = this::waitForRelease;
		for (String item : List.of("running", "waiting-1", "waiting-2")) {
			assertThat(post(leaving, "/plain/" + item)).isEqualTo(200);
		}
		CompletableFuture<Integer> request = inBackground(() -> post(leaving, "/held/in-flight"));
		await().atMost(TIMEOUT).until(() -> leaving.getBean(PostPhaseOperations.class).inFlightCount() == 4);
		CompletableFuture<Integer> close = inBackground(() -> {
			leaving.close();
			return 0;
		});
		await().atMost(TIMEOUT).until(() -> orders(staying).size() == 2);
		assertThat(orders(staying)).containsExactlyInAnyOrder("waiting-1", "waiting-2");
		assertThat(request).as("the web server still waits").isNotDone();
		hold.countDown();
		assertThat(request.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(200);
		await().atMost(TIMEOUT).until(() -> orders(staying).contains("in-flight"));
		assertThat(close).as("the shutdown waits for what is running").isNotDone();
		this.release.countDown();
		close.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
		await().atMost(TIMEOUT).until(() -> tables.stored() == 0);
		assertThat(orders(staying)).hasSize(3);
		assertThat(left.orders).extracting(Order::item).containsExactly("running");
		assertThat(endpoint.postPhases().totals()).satisfies((totals) -> {
			assertThat(totals.accepted()).isEqualTo(4);
			assertThat(totals.handedBack()).isEqualTo(3);
			assertThat(totals.outcomes().values().stream().mapToLong(Number::longValue).sum()).isOne();
		});
	}

	/**
	 * Nobody can store any more that it has completed. It does not take down one node
	 * after the other.
	 */
	@Test
	void oneThatClosesItsApplicationCountsAsCrash() {
		List<String> properties = TestDatabase.POSTGRESQL.properties();
		ConfigurableApplicationContext leaving = start(properties);
		ConfigurableApplicationContext staying = start(properties, "early-response.durable.dead-after-crashes=1");
		Recorder left = leaving.getBean(Recorder.class);
		left.before = leaving::close;
		assertThat(post(leaving, "/plain/closing")).isEqualTo(200);
		PostPhaseOperations operations = staying.getBean(PostPhaseOperations.class);
		await().atMost(TIMEOUT).until(() -> operations.deadLetters(2).size() == 1);
		assertThat(left.orders).extracting(Order::item).containsExactly("closing");
		assertThat(orders(staying)).isEmpty();
	}

	private void waitForRelease() {
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException("interrupted", ex);
		}
	}

	private static List<String> orders(ConfigurableApplicationContext node) {
		return node.getBean(Recorder.class).orders.stream().map(Order::item).toList();
	}

	private ConfigurableApplicationContext start(List<String> database, String... properties) {
		ConfigurableApplicationContext node = DurableApplication.start(HoldingApplication.class, database, properties);
		this.nodes.add(node);
		return node;
	}

	private static CompletableFuture<Integer> inBackground(Supplier<Integer> task) {
		return CompletableFuture.supplyAsync(task, (runnable) -> new Thread(runnable).start());
	}

	private int post(ConfigurableApplicationContext node, String path) {
		String port = node.getEnvironment().getRequiredProperty("local.server.port");
		try {
			HttpResponse<Void> response = this.client
				.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
					.POST(BodyPublishers.noBody())
					.build(), BodyHandlers.discarding());
			return response.statusCode();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@Import({ DurableApplication.class, Handlers.class })
	static class HoldingApplication {

		@Bean
		Hold hold() {
			return new Hold(new CountDownLatch(1));
		}

	}

	@RestController
	static class Handlers {

		private final Hold hold;

		Handlers(Hold hold) {
			this.hold = hold;
		}

		@PostMapping("/held/{item}")
		@RespondThenContinue("record")
		Order held(@PathVariable String item) throws InterruptedException {
			this.hold.latch().await();
			return new Order(item, 1, List.of());
		}

	}

	/**
	 * Until when a handler does not return.
	 */
	record Hold(CountDownLatch latch) {

	}

}
