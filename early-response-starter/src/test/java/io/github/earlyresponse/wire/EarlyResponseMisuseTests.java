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

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A response is sent once, by the thread of the handler, when its success is certain, and
 * on every way through the handler.
 */
class EarlyResponseMisuseTests {

	private static RunningServer server;

	private HandlerTrace trace;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Misuse.class, Blame.class, HandlerTrace.class), RunningServer.EVERYTHING,
				"spring.datasource.generate-unique-name=true");
		server.bean(JdbcTemplate.class).execute("create table orders (name varchar(20))");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		this.trace = server.bean(HandlerTrace.class);
		this.trace.reset();
		server.bean(JdbcTemplate.class).update("delete from orders");
	}

	@AfterEach
	void release() {
		this.trace.proceed(10);
		server.awaitBalance();
	}

	@Test
	void responseThatIsNeverSentIsAnError() throws Exception {
		int before = server.listener().finished().size();
		assertThat(get("/never").status()).isEqualTo(500);
		assertThat(this.trace.next()).isInstanceOf(IllegalStateException.class)
			.extracting("message")
			.isEqualTo(Misuse.class.getName()
					+ ".never() returned without sending its response: call send on every way through it");
		assertThat(outcomes(before)).containsExactlyInAnyOrder("blame COMPLETED",
				"EarlyResponseMisuseTests.Misuse.never SKIPPED");
	}

	@Test
	void responseIsSentOnce() throws Exception {
		assertThat(get("/twice").body()).isEqualTo("once");
		assertThat(this.trace.next()).isEqualTo(Delivery.SENT);
		assertNextIsIllegalState("sent before; send it once");
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.trace.next()).isEqualTo("went on");
	}

	@Test
	void responseIsSentByTheThreadOfTheHandlerOnly() throws Exception {
		assertThat(get("/other-thread").body()).isEqualTo("by the handler");
		assertNextIsIllegalState("by the thread of its handler only");
		assertNextIsIllegalState("by the thread of its handler only");
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void parameterIsOfNoUseWhenTheHandlerHasEnded() throws Exception {
		assertThat(get("/kept").body()).isEqualTo("kept");
		@SuppressWarnings("unchecked")
		EarlyResponse<String> kept = (EarlyResponse<String>) this.trace.next();
		server.awaitBalance();
		this.trace.noteResultOf(() -> kept.send("too late"));
		assertNextIsIllegalState("by the thread of its handler only");
	}

	@Test
	void nothingIsSentInsideATransaction() throws Exception {
		RawResponse response = get("/transaction/template");
		assertThat(response.status()).isEqualTo(500);
		assertThat(response.body()).doesNotContain("told too early");
		assertNextIsIllegalState("A transaction is active");
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(orders()).as("rolled back").isEmpty();
	}

	@Test
	void responseIsSentBetweenTransactions() throws Exception {
		assertThat(get("/transaction/ended").body()).isEqualTo("placed");
		assertThat(orders()).as("committed although the rest waits").containsExactly("placed");
		this.trace.proceed(1);
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(orders()).as("the rest has rolled back its own").containsExactly("placed", "confirmed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "future", "mono", "stream", "stream-entity" })
	void whatIsAsynchronousCannotBeSentAndWhatIsNotCanBeSentInstead(String kind) throws Exception {
		assertThat(get("/async/" + kind).body()).isEqualTo("instead");
		assertNextIsIllegalState("What is asynchronous or a stream cannot be sent");
		assertThat(this.trace.next()).isEqualTo(Delivery.SENT);
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	private void assertNextIsIllegalState(String message) throws InterruptedException {
		Object failure = this.trace.next();
		assertThat(failure).isInstanceOf(IllegalStateException.class);
		assertThat((Throwable) failure).hasMessageContaining(message);
	}

	private static List<String> orders() {
		return server.bean(JdbcTemplate.class).queryForList("select name from orders order by name desc", String.class);
	}

	private static RawResponse get(String path) throws IOException {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	private static PostPhaseResult last() {
		List<PostPhaseResult> finished = server.awaitBalance().finished();
		return finished.get(finished.size() - 1);
	}

	private static List<String> outcomes(int before) {
		return server.awaitBalance()
			.finished()
			.stream()
			.skip(before)
			.map((result) -> result.postPhase().name() + " " + result.outcome())
			.toList();
	}

	@RestController
	static class Misuse {

		private final HandlerTrace trace;

		private final JdbcTemplate jdbc;

		private final TransactionTemplate transactions;

		Misuse(HandlerTrace trace, JdbcTemplate jdbc, PlatformTransactionManager transactionManager) {
			this.trace = trace;
			this.jdbc = jdbc;
			this.transactions = new TransactionTemplate(transactionManager);
		}

		@GetMapping("/never")
		@RespondThenContinue(then = "blame", on = ContinueOn.FAILURE)
		void never(EarlyResponse<String> early) {
		}

		@GetMapping("/twice")
		@RespondThenContinue
		void twice(EarlyResponse<String> early) {
			this.trace.noteResultOf(() -> early.send("once"));
			this.trace.noteResultOf(() -> early.send("twice"));
			this.trace.note("went on");
		}

		@GetMapping("/other-thread")
		@RespondThenContinue
		void otherThread(EarlyResponse<String> early) throws InterruptedException {
			sendByAnotherThread(early);
			early.send("by the handler");
			sendByAnotherThread(early);
		}

		private void sendByAnotherThread(EarlyResponse<String> early) throws InterruptedException {
			Thread thread = new Thread(() -> this.trace.noteResultOf(() -> early.send("by another thread")));
			thread.start();
			thread.join();
		}

		@GetMapping("/kept")
		@RespondThenContinue
		void kept(EarlyResponse<String> early) {
			early.send("kept");
			this.trace.note(early);
		}

		@GetMapping("/transaction/template")
		@RespondThenContinue
		void template(EarlyResponse<String> early) {
			this.transactions.executeWithoutResult((status) -> sendTooEarly(early));
		}

		private void sendTooEarly(EarlyResponse<String> early) {
			this.jdbc.update("insert into orders values (?)", "told too early");
			try {
				early.send("told too early");
			}
			catch (IllegalStateException ex) {
				this.trace.note(ex);
				throw ex;
			}
		}

		@GetMapping("/transaction/ended")
		@RespondThenContinue
		void ended(EarlyResponse<String> early) throws Exception {
			this.transactions
				.executeWithoutResult((status) -> this.jdbc.update("insert into orders values (?)", "placed"));
			early.send("placed");
			this.trace.stop();
			this.transactions
				.executeWithoutResult((status) -> this.jdbc.update("insert into orders values (?)", "confirmed"));
			this.transactions.executeWithoutResult((status) -> {
				this.jdbc.update("insert into orders values (?)", "rolled back");
				throw new IllegalStateException("rolls back");
			});
		}

		@GetMapping("/async/{kind}")
		@RespondThenContinue
		void async(@PathVariable String kind, EarlyResponse<Object> early) {
			StreamingResponseBody stream = (out) -> out.write(1);
			Object body = switch (kind) {
				case "future" -> CompletableFuture.completedFuture("future");
				case "mono" -> Mono.just("mono");
				case "stream" -> stream;
				case "stream-entity" -> ResponseEntity.ok(stream);
				default -> throw new AssertionError(kind);
			};
			this.trace.noteResultOf(() -> early.send(body));
			this.trace.noteResultOf(() -> early.send("instead"));
		}

	}

	static class Blame {

		private final HandlerTrace trace;

		Blame(HandlerTrace trace) {
			this.trace = trace;
		}

		@PostPhase
		void blame(Throwable failure) {
			this.trace.note(failure);
		}

	}

}
