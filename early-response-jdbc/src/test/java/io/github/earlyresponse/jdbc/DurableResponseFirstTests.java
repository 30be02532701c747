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
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import io.github.earlyresponse.jdbc.SlowApplication.Hold;
import io.github.earlyresponse.jdbc.SlowApplication.Started;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * No post-phase starts before the last byte of its response, on no node, however slow the
 * client is.
 */
class DurableResponseFirstTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** Longer than another node needs to take over what is not leased. */
	private static final Duration HOLD = Duration.ofMillis(1500);

	private static final int GROUP = 100;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	private final List<Request> requests = new ArrayList<>();

	@AfterEach
	void stop() {
		this.requests.forEach(Request::close);
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void nothingStartsBeforeTheLastByte() throws Exception {
		nothingStartsBeforeTheLastByte(2, 1);
	}

	@Test
	@Tag("load")
	void nothingOfTwentyThousandStartsBeforeTheLastByte() throws Exception {
		nothingStartsBeforeTheLastByte(200, 20);
	}

	private void nothingStartsBeforeTheLastByte(int groups, int groupsPerHold) throws Exception {
		startNodes();
		for (int i = 0; i < groups; i++) {
			List<Request> group = begin("group-" + i + "-", GROUP);
			if (i % groupsPerHold == 0) {
				await().pollDelay(HOLD).atMost(TIMEOUT).until(() -> true);
			}
			assertThat(started()).doesNotContainAnyElementsOf(group.stream().map(Request::item).toList());
			for (Request request : group) {
				request.readToTheEnd();
			}
		}
		await().atMost(TIMEOUT).until(() -> started().size() >= groups * GROUP);
		await().atMost(TIMEOUT).untilAsserted(this::assertNothingIsLeft);
		assertThat(started()).doesNotHaveDuplicates().hasSize(groups * GROUP);
	}

	/**
	 * The control: rows that are due, as they would be if they were not leased from the
	 * beginning.
	 */
	@Test
	void rowThatIsDueStartsBeforeTheLastByte() throws Exception {
		startNodes();
		List<Request> group = begin("due-", 4);
		this.nodes.get(0)
			.getBean(Tables.class)
			.jdbc()
			.sql("update early_response_post_phase set picked = false, picked_by = null, execution_time = now()")
			.update();
		await().atMost(TIMEOUT).until(() -> started().containsAll(group.stream().map(Request::item).toList()));
		for (Request request : group) {
			request.readToTheEnd();
		}
		await().atMost(TIMEOUT).untilAsserted(this::assertNothingIsLeft);
	}

	@Test
	void oneThatIsHandedBackStartsWhenItsNodeHasGone() throws Exception {
		List<String> database = TestDatabase.POSTGRESQL.properties();
		ConfigurableApplicationContext first = start(database, "early-response.shutdown.timeout=10ms",
				"server.shutdown=immediate");
		Hold hold = first.getBean(Hold.class);
		try {
			this.requests.add(new Request(first, SlowApplication.HELD));
			await().atMost(TIMEOUT).until(() -> first.getBean(Tables.class).stored() == 1);
			Instant before = Instant.now();
			first.close();
			this.nodes.remove(first);
			assertThat(rows(database)).singleElement().satisfies((row) -> {
				assertThat(row).containsEntry("picked", false);
				assertThat(((Timestamp) row.get("execution_time")).toInstant())
					.isAfterOrEqualTo(before.plus(DurableApplication.TAKEOVER_AFTER));
			});
			ConfigurableApplicationContext second = start(database, "early-response.durable.dead-after-crashes=1");
			await().atMost(TIMEOUT).until(() -> started().equals(List.of(SlowApplication.HELD)));
			await().atMost(TIMEOUT).untilAsserted(this::assertNothingIsLeft);
			assertThat(second.getBean(PostPhaseOperations.class).deadLetters(1)).isEmpty();
		}
		finally {
			hold.latch().countDown();
		}
	}

	/**
	 * The rows, without a node.
	 */
	private static List<Map<String, Object>> rows(List<String> database) {
		String url = database.get(0).substring("spring.datasource.url=".length());
		return new Tables(JdbcClient.create(new DriverManagerDataSource(url))).rows();
	}

	private ConfigurableApplicationContext start(List<String> database, String... properties) {
		ConfigurableApplicationContext node = DurableApplication.start(SlowApplication.class, database, properties);
		this.nodes.add(node);
		return node;
	}

	private void startNodes() {
		List<String> database = TestDatabase.POSTGRESQL.properties();
		for (int i = 0; i < 2; i++) {
			start(database, "early-response.executor.queue-capacity=1000");
		}
	}

	private List<Request> begin(String prefix, int number) throws IOException {
		List<Request> group = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			group.add(new Request(this.nodes.get(i % this.nodes.size()), prefix + i));
		}
		this.requests.addAll(group);
		for (Request request : group) {
			request.readHead();
		}
		return group;
	}

	private List<String> started() {
		return this.nodes.stream().flatMap((node) -> node.getBean(Started.class).items().stream()).toList();
	}

	private void assertNothingIsLeft() {
		Set<Integer> left = new HashSet<>();
		this.nodes.forEach((node) -> {
			left.add(node.getBean(PostPhaseOperations.class).inFlightCount());
			left.add(node.getBean(JdbcPostPhaseStore.class).leaseCount());
			left.add(node.getBean(Tables.class).stored());
		});
		assertThat(left).containsOnly(0);
	}

	/**
	 * A request whose client reads no more than the head of the response until it is
	 * asked to.
	 */
	private static final class Request {

		private static final int RECEIVE_BUFFER = 4096;

		private final String item;

		private final Socket socket = new Socket();

		Request(ConfigurableApplicationContext node, String item) throws IOException {
			this.item = item;
			this.socket.setReceiveBufferSize(RECEIVE_BUFFER);
			this.socket.setSoTimeout((int) TIMEOUT.toMillis());
			this.socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(),
					node.getEnvironment().getRequiredProperty("local.server.port", Integer.class)));
			this.socket.getOutputStream()
				.write(("POST /slow/" + item + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n"
						+ "Connection: close\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
		}

		String item() {
			return this.item;
		}

		void readHead() throws IOException {
			byte[] head = this.socket.getInputStream().readNBytes(12);
			assertThat(new String(head, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 200");
		}

		void readToTheEnd() throws IOException {
			try (InputStream response = this.socket.getInputStream()) {
				assertThat(response.readAllBytes()).hasSizeGreaterThan(SlowApplication.LENGTH);
			}
		}

		void close() {
			try {
				this.socket.close();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
