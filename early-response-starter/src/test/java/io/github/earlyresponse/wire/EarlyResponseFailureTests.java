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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.EarlyResponseFailedException;
import io.github.earlyresponse.OnClientAbort;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.ModelAndView;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What goes wrong before the response is sent is the request's, what goes wrong while it
 * is sent is told to the handler, and what goes wrong afterwards is the post-phase's.
 */
class EarlyResponseFailureTests {

	private static RunningServer server;

	private HandlerTrace trace;

	@BeforeAll
	static void start() {
		server = RunningServer
			.start(List.of(Failures.class, Clients.class, Blame.class, Advice.class, HandlerTrace.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		this.trace = server.bean(HandlerTrace.class);
		this.trace.reset();
	}

	@AfterEach
	void release() {
		this.trace.proceed(10);
		server.awaitBalance();
	}

	@ParameterizedTest
	@ValueSource(strings = { "handled", "unhandled", "checked", "completion", "cause", "error" })
	void exceptionBeforeTheResponseIsThatOfAPlainHandler(String kind) throws Exception {
		String expected = get("/before/" + kind + "?plain").withoutDates();
		assertThat(get("/before/" + kind).withoutDates()).isEqualTo(expected);
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(this.trace.isEmpty()).as("sent nothing").isTrue();
	}

	@Test
	void exceptionBeforeTheResponseContinuesWithWhatRunsAfterFailures() throws Exception {
		int before = server.listener().finished().size();
		assertThat(get("/blamed/handled").body()).isEqualTo("advice: handled");
		assertThat(this.trace.next()).isInstanceOf(Handled.class).extracting("message").isEqualTo("handled");
		assertThat(outcomes(before)).containsExactlyInAnyOrder("blame COMPLETED",
				"EarlyResponseFailureTests.Failures.blamed SKIPPED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "handled", "unhandled", "checked", "completion", "cause", "error" })
	void exceptionAfterTheResponseIsThatOfThePostPhase(String kind) throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/afterwards/" + kind).body()).isEqualTo("sent");
			assertThat(client.get("/afterwards/" + kind).body()).as("the connection goes on").isEqualTo("sent");
		}
		this.trace.next();
		Object thrown = this.trace.next();
		PostPhaseResult result = last();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.postPhase().delivery()).isEqualTo(Delivery.SENT);
		assertThat(result.failure()).isNotNull();
		assertThat(server.listener().finished()).extracting(PostPhaseResult::failure).contains((Throwable) thrown);
	}

	@ParameterizedTest
	@CsvSource({ "getter, application/json, 500", "text, application/pdf, 406" })
	void bodyThatCannotBeWrittenIsAnErrorOfTheRequestAndToldToTheHandler(String kind, String accept, int status)
			throws Exception {
		RawResponse expected = get("/broken/" + kind + "?plain", "Accept: " + accept);
		assertThat(expected.status()).isEqualTo(status);
		RawResponse response = get("/broken/" + kind, "Accept: " + accept);
		assertThat(response.withoutDates()).isEqualTo(expected.withoutDates());
		assertFailedToSend();
	}

	@Test
	void viewIsNoBody() throws Exception {
		assertThat(get("/broken/view").status()).isEqualTo(500);
		assertFailedToSend();
	}

	private void assertFailedToSend() throws InterruptedException {
		Object failure = this.trace.next();
		assertThat(failure).isInstanceOf(EarlyResponseFailedException.class);
		assertThat((Throwable) failure).hasMessage("What was sent could not be written").cause().isNotNull();
		assertThat(server.operations().inFlightCount()).as("the error response is complete, the rest runs").isOne();
		this.trace.proceed(1);
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(last().failure()).isSameAs(failure);
	}

	@Test
	void bodyThatBreaksAfterItsBeginningIsToldToTheHandler() throws Exception {
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/broken/late", null);
			assertThat(client.readUnended(1000).status()).isEqualTo(200);
			assertFailedToSend();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "small", "large" })
	void clientThatIsGoneBeforeTheResponseIsToldToTheHandler(String size) throws Exception {
		resetBeforeTheResponse("/client/" + size);
		assertThat(this.trace.next()).isEqualTo(Delivery.ABORTED);
		assertThat(this.trace.next()).isInstanceOf(IOException.class);
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(last().postPhase().delivery()).isEqualTo(Delivery.ABORTED);
	}

	@Test
	void clientThatGoesWhileTheResponseIsWrittenIsToldToTheHandler() throws Exception {
		this.trace.proceed(1);
		try (RawHttpClient client = new RawHttpClient(server.port(), 4096)) {
			client.send("GET", "/client/large", null);
			assertThat(client.readUnended(10_000).status()).isEqualTo(200);
			client.reset();
		}
		this.trace.next();
		assertThat(this.trace.next()).isEqualTo(Delivery.ABORTED);
		assertThat(this.trace.next()).isInstanceOf(IOException.class);
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void restEndsWhereItSentIfItDoesNotWantToRunWithoutAClient() throws Exception {
		resetBeforeTheResponse("/skip");
		assertThat(this.trace.next()).isInstanceOf(CancellationException.class);
		assertThat(this.trace.next()).isEqualTo("finally");
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(last().postPhase().delivery()).isEqualTo(Delivery.ABORTED);
		assertThat(this.trace.isEmpty()).as("the rest did not run").isTrue();
	}

	private void resetBeforeTheResponse(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			client.send("GET", path, null);
			assertThat(this.trace.next()).isEqualTo("in the handler");
			client.reset();
		}
		this.trace.proceed(1);
	}

	private static RawResponse get(String path, String... headers) throws IOException {
		try (RawHttpClient client = server.client()) {
			return client.get(path, headers);
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

	static void fail(String kind) throws Exception {
		switch (kind) {
			case "handled" -> throw new Handled("handled");
			case "unhandled" -> throw new IllegalStateException("unhandled");
			case "checked" -> throw new IOException("checked");
			case "completion" -> throw new CompletionException(new IllegalArgumentException("inside"));
			case "cause" -> throw new RuntimeException(new Handled("cause"));
			case "error" -> throw new NoSuchMethodError("error");
			default -> throw new AssertionError(kind);
		}
	}

	static Object broken(String kind) {
		return switch (kind) {
			case "getter" -> new Broken();
			case "text" -> Map.of("text", "no PDF");
			case "view" -> new ModelAndView("orders");
			case "late" -> {
				List<Object> list = new ArrayList<>();
				for (int i = 0; i < 100_000; i++) {
					list.add("x");
				}
				list.add(new Broken());
				yield list;
			}
			default -> throw new AssertionError(kind);
		};
	}

	@RestController
	static class Failures {

		private final HandlerTrace trace;

		Failures(HandlerTrace trace) {
			this.trace = trace;
		}

		@GetMapping(path = "/before/{kind}", params = "plain")
		String plain(@PathVariable String kind) throws Exception {
			fail(kind);
			return kind;
		}

		@GetMapping(path = "/before/{kind}", params = "!plain")
		@RespondThenContinue
		void early(@PathVariable String kind, EarlyResponse<String> early) throws Exception {
			fail(kind);
			this.trace.note(early.send(kind));
		}

		@GetMapping("/blamed/{kind}")
		@RespondThenContinue(then = "blame", on = ContinueOn.FAILURE)
		void blamed(@PathVariable String kind, EarlyResponse<String> early) throws Exception {
			fail(kind);
			early.send(kind);
		}

		@GetMapping("/afterwards/{kind}")
		@RespondThenContinue
		void afterwards(@PathVariable String kind, EarlyResponse<String> early) throws Exception {
			early.send("sent");
			try {
				fail(kind);
			}
			catch (Throwable ex) {
				this.trace.note(ex);
				throw ex;
			}
		}

		@GetMapping(path = "/broken/{kind}", params = "plain")
		Object plainBroken(@PathVariable String kind) {
			return broken(kind);
		}

		@GetMapping(path = "/broken/{kind}", params = "!plain")
		@RespondThenContinue
		void earlyBroken(@PathVariable String kind, EarlyResponse<Object> early) throws Exception {
			try {
				this.trace.note(early.send(broken(kind)));
			}
			catch (RuntimeException ex) {
				this.trace.note(ex);
				this.trace.stop();
				throw ex;
			}
		}

	}

	@RestController
	static class Clients {

		private final HandlerTrace trace;

		Clients(HandlerTrace trace) {
			this.trace = trace;
		}

		@GetMapping("/client/{size}")
		@RespondThenContinue
		void client(@PathVariable String size, EarlyResponse<Object> early) throws InterruptedException {
			this.trace.note("in the handler");
			this.trace.stop();
			this.trace.note(early.send("large".equals(size) ? new byte[20_000_000] : Map.of("size", size)));
			this.trace.noteResultOf(() -> early.context().deliveryFailure());
		}

		@GetMapping("/skip")
		@RespondThenContinue(onClientAbort = OnClientAbort.SKIP)
		void skip(EarlyResponse<Map<String, String>> early) throws InterruptedException {
			this.trace.note("in the handler");
			this.trace.stop();
			try {
				early.send(Map.of("size", "small"));
				this.trace.note("the rest");
			}
			catch (CancellationException ex) {
				this.trace.note(ex);
				throw ex;
			}
			finally {
				this.trace.note("finally");
			}
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

	@RestControllerAdvice
	static class Advice {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.CONFLICT)
		String handled(Handled ex) {
			return "advice: " + ex.getMessage();
		}

		@ExceptionHandler
		@ResponseStatus(HttpStatus.BAD_GATEWAY)
		String completion(CompletionException ex) {
			return "advice: completion of " + ex.getCause().getMessage();
		}

	}

	@SuppressWarnings("serial")
	static class Handled extends RuntimeException {

		Handled(String message) {
			super(message);
		}

	}

	static class Broken {

		@JsonProperty
		String name() {
			throw new IllegalStateException("no name");
		}

	}

}
