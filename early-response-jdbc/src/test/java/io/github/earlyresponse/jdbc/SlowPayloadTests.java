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

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is taken over and takes long to be read.
 */
class SlowPayloadTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static volatile CountDownLatch readable = new CountDownLatch(1);

	private static final AtomicInteger reads = new AtomicInteger();

	private static final AtomicInteger runs = new AtomicInteger();

	private ConfigurableApplicationContext node;

	@BeforeEach
	void start() {
		readable = new CountDownLatch(1);
		reads.set(0);
		runs.set(0);
		this.node = DurableApplication.start(SlowPayloadApplication.class, TestDatabase.H2.properties());
	}

	@AfterEach
	void stop() {
		readable.countDown();
		this.node.close();
	}

	/**
	 * Otherwise it looks as if nobody had the lease, and is handed back again and again.
	 */
	@Test
	void runsOnceHoweverLongItIsRead() {
		Timestamp now = Timestamp.from(Instant.now());
		byte[] payload = "{\"arguments\":{\"slow\":{\"text\":\"a\"}}}".getBytes(StandardCharsets.UTF_8);
		jdbc()
			.sql("insert into early_response_post_phase (task_name, task_instance, task_data, execution_time, picked, "
					+ "version, accepted_at, attempts, failures, deferrals, crashes) "
					+ "values ('slow', 'id', ?, ?, false, 1, ?, 0, 0, 0, 0)")
			.params(payload, now, now)
			.update();
		await().atMost(TIMEOUT).until(() -> reads.get() == 1);
		// The node looks for leases that nobody has many times meanwhile
		await().during(DurableApplication.TAKEOVER_AFTER.multipliedBy(3)).atMost(TIMEOUT).until(() -> version() == 2);
		readable.countDown();
		await().atMost(TIMEOUT).until(() -> runs.get() == 1 && rows() == 0);
		assertThat(this.node.getBean(PostPhaseOperations.class).inFlightCount()).isZero();
		assertThat(reads).hasValue(1);
	}

	private long version() {
		return jdbc().sql("select version from early_response_post_phase").query(Long.class).single();
	}

	private int rows() {
		return jdbc().sql("select count(*) from early_response_post_phase").query(Integer.class).single();
	}

	private JdbcClient jdbc() {
		return this.node.getBean(JdbcClient.class);
	}

	record Slow(String text) {

		Slow {
			reads.incrementAndGet();
			try {
				readable.await();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@TestApplication
	static class SlowPayloadApplication {

		@Component
		static class PostPhases {

			@PostPhase(value = "slow", durable = true)
			void slow(Slow slow) {
				runs.incrementAndGet();
			}

		}

	}

}
