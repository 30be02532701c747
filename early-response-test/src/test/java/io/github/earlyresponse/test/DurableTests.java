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

package io.github.earlyresponse.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Durable post-phases are awaited and asserted like others, and survive a crash.
 */
@SpringBootTest(classes = DurableTests.Shop.class,
		properties = { "early-response.durable.engine=jdbc", "early-response.executor.max-concurrency=1",
				"early-response.jdbc.poll-interval=100ms" })
@AutoConfigureMockMvc
@AutoConfigurePostPhases
class DurableTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private Shop shop;

	@Autowired
	private JdbcClient jdbc;

	@BeforeEach
	void createTable() {
		this.jdbc.sql("create table if not exists sold (item varchar(20), attempt int)").update();
		this.jdbc.sql("delete from sold").update();
	}

	@AfterEach
	void proceed() {
		this.shop.proceed();
	}

	@Test
	void attemptInTheDatabaseIsAwaited() {
		post("/orders/flaky");
		assertThat(this.postPhases).ran("order")
			.times(1)
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.satisfying((result) -> assertThat(result.postPhase().attempt()).isEqualTo(2));
	}

	@Test
	void failedPostPhaseIsDeadLetter() {
		post("/orders/broken");
		assertThat(this.postPhases).deadLettered("order");
		assertThat(this.postPhases).ran("order")
			.withOutcome(PostPhaseOutcome.FAILED)
			.withFailureInstanceOf(IllegalStateException.class);
		post("/orders/pan");
		assertThat(this.postPhases).ran("order").times(2);
	}

	@Test
	void whatRunsAndWhatWaitsIsTakenOver() {
		this.shop.hold(1);
		post("/orders/pan");
		post("/orders/pot");
		this.shop.awaitHeld(1);
		assertThat(this.postPhases.crashAndTakeOver()).isEqualTo(2);
		this.shop.proceed();
		assertThat(this.postPhases).ran("order")
			.times(2)
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.withDelivery(Delivery.UNKNOWN)
			.satisfying((result) -> assertThat(result.postPhase().attempt()).isEqualTo(2));
		assertThat(sold()).containsExactlyInAnyOrder("pan 2", "pot 2");
	}

	@Test
	void effectOfTheDeadIsRolledBackAndItsSuccessorGoesOn() {
		this.shop.hold(2);
		post("/orders/pan");
		this.shop.awaitHeld(1);
		this.postPhases.crashAndTakeOver();
		this.shop.awaitHeld(2);
		this.shop.proceed(1);
		this.shop.awaitEnd(1);
		assertThat(sold()).isEmpty();
		this.shop.proceed(2);
		assertThat(this.postPhases).ran("order").times(1).withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(sold()).containsExactly("pan 2");
	}

	@Test
	void crashesMakeADeadLetter() {
		this.shop.hold(3);
		post("/orders/pan");
		for (int attempt = 1; attempt <= 3; attempt++) {
			this.shop.awaitHeld(attempt);
			this.postPhases.crashAndTakeOver();
			this.shop.proceed(attempt);
		}
		assertThat(this.postPhases).deadLettered("order").didNotRun("order");
		assertThat(sold()).isEmpty();
	}

	@Test
	void crashWithoutAnythingInFlightIsAMistake() {
		post("/orders/pan");
		this.postPhases.awaitIdle();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.postPhases::crashAndTakeOver)
			.withMessageStartingWith("No durable post-phase is in flight")
			.withMessageContaining("\"order\": COMPLETED");
	}

	private void post(String uri) {
		assertThat(this.mvc.post().uri(uri)).hasStatusOk();
	}

	private List<String> sold() {
		return this.jdbc.sql("select item || ' ' || attempt from sold").query(String.class).list();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Shop {

		@Autowired
		private JdbcClient jdbc;

		private volatile List<Gate> gates = List.of();

		/**
		 * Holds attempts, which no interruption can stop.
		 * @param attempts up to which attempt
		 */
		void hold(int attempts) {
			List<Gate> gates = new ArrayList<>();
			for (int i = 0; i < attempts; i++) {
				gates.add(new Gate());
			}
			this.gates = gates;
		}

		void awaitHeld(int attempt) {
			this.gates.get(attempt - 1).awaitHeld();
		}

		void proceed(int attempt) {
			this.gates.get(attempt - 1).open();
		}

		void awaitEnd(int attempt) {
			Thread thread = this.gates.get(attempt - 1).thread;
			await().atMost(TIMEOUT)
				.until(() -> Stream.of(thread.getStackTrace())
					.noneMatch((element) -> element.getClassName().contains("PostPhaseRunner")));
		}

		void proceed() {
			this.gates.forEach(Gate::open);
		}

		@PostMapping("/orders/{item}")
		@RespondThenContinue("order")
		String order(@PathVariable String item) {
			return "ordered";
		}

		@PostPhase(value = "order", durable = true, retry = @Retry(maxRetries = 1, delay = "10ms"))
		@Transactional
		void sell(@PathVariable String item, PostPhaseContext context) {
			if (context.attempt() <= this.gates.size()) {
				this.gates.get(context.attempt() - 1).pass();
			}
			if (item.equals("broken") || (item.equals("flaky") && context.attempt() == 1)) {
				throw new IllegalStateException("It is " + item);
			}
			this.jdbc.sql("insert into sold (item, attempt) values (?, ?)")
				.param(item)
				.param(context.attempt())
				.update();
		}

	}

	private static final class Gate {

		private final CountDownLatch held = new CountDownLatch(1);

		private final CountDownLatch open = new CountDownLatch(1);

		private volatile Thread thread;

		void pass() {
			this.thread = Thread.currentThread();
			this.held.countDown();
			boolean interrupted = false;
			while (this.open.getCount() > 0) {
				try {
					this.open.await();
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}

		void awaitHeld() {
			try {
				assertThat(this.held.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				throw new AssertionError(ex);
			}
		}

		void open() {
			this.open.countDown();
		}

	}

}
