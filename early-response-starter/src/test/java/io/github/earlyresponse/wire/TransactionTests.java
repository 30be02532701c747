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

package io.github.earlyresponse.wire;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A transactional handler has committed before the first byte; after a rollback nothing
 * continues.
 */
class TransactionTests {

	private static RunningServer server;

	private static JdbcTemplate jdbc;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Orders.class, Work.class, State.class), RunningServer.EVERYTHING,
				"spring.datasource.generate-unique-name=true");
		jdbc = server.bean(JdbcTemplate.class);
		jdbc.execute("create table orders (name varchar(20))");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@AfterEach
	void reset() {
		server.bean(State.class).release.countDown();
		server.awaitBalance().forget();
		server.bean(State.class).reset();
		jdbc.update("delete from orders");
	}

	@Test
	void handlerHasCommittedBeforeTheResponseAndPostPhaseHasItsOwnTransaction() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.post("/orders/commit", "{}").body()).isEqualTo("commit committed=false");
			assertThat(count(jdbc)).as("committed although the post-phase waits").isEqualTo(1);
			server.bean(State.class).release.countDown();
			server.awaitBalance();
			assertThat(server.bean(State.class).seen).isEqualTo("orders=1 transaction=true");
			assertThat(count(jdbc)).isEqualTo(2);
		}
	}

	@Test
	void nothingContinuesAfterRollback() throws Exception {
		server.bean(State.class).release.countDown();
		assertThat(status("/orders/throw")).isEqualTo(500);
		assertThat(status("/orders/commit-fails")).isEqualTo(500);
		assertThat(status("/orders/rollback-only")).isEqualTo(200);
		server.awaitBalance();
		assertThat(server.listener().outcomes()).hasSize(3).containsOnly(PostPhaseOutcome.SKIPPED);
		assertThat(count(jdbc)).isZero();
	}

	@Test
	void failedPostPhaseRollsItsOwnTransactionBack() throws Exception {
		server.bean(State.class).release.countDown();
		server.bean(State.class).fail = true;
		assertThat(status("/orders/commit")).isEqualTo(200);
		server.awaitBalance();
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.FAILED);
		assertThat(count(jdbc)).isEqualTo(1);
	}

	private static int status(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.post(path, "{}").status();
		}
	}

	private static int count(JdbcTemplate jdbc) {
		return jdbc.queryForObject("select count(*) from orders", Integer.class);
	}

	@RestController
	static class Orders {

		private final JdbcTemplate jdbc;

		Orders(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@PostMapping("/orders/{name}")
		@Transactional
		@RespondThenContinue("confirm")
		String order(@PathVariable String name) {
			this.jdbc.update("insert into orders values (?)", name);
			switch (name) {
				case "throw" -> throw new IllegalStateException("thrown by the handler");
				case "rollback-only" -> TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
				case "commit-fails" ->
					TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
						@Override
						public void beforeCommit(boolean readOnly) {
							throw new IllegalStateException("thrown while committing");
						}
					});
				default -> {
				}
			}
			return name + " committed=" + !TransactionSynchronizationManager.isActualTransactionActive();
		}

	}

	static class State {

		volatile CountDownLatch release = new CountDownLatch(1);

		volatile String seen;

		volatile boolean fail;

		void reset() {
			this.release = new CountDownLatch(1);
			this.seen = null;
			this.fail = false;
		}

	}

	static class Work {

		private final JdbcTemplate jdbc;

		private final State state;

		Work(JdbcTemplate jdbc, State state) {
			this.jdbc = jdbc;
			this.state = state;
		}

		@PostPhase
		@Transactional
		void confirm(String name) throws InterruptedException {
			this.state.release.await(20, TimeUnit.SECONDS);
			this.state.seen = "orders=" + count(this.jdbc) + " transaction="
					+ TransactionSynchronizationManager.isActualTransactionActive();
			this.jdbc.update("insert into orders values (?)", "confirmed");
			if (this.state.fail) {
				throw new IllegalStateException("fails on purpose");
			}
		}

	}

}
