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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An error response is what a plain handler gives, byte for byte. The same application
 * runs twice, once with {@code early-response.enabled=false}.
 */
class ErrorResponseTests {

	private static RunningServer early;

	private static RunningServer plain;

	@BeforeAll
	static void start() {
		early = RunningServer.start(List.of(Faults.class, Forwarding.class, Continued.class));
		plain = RunningServer.start(List.of(Faults.class, Forwarding.class, Continued.class),
				"early-response.enabled=false");
	}

	@AfterAll
	static void stop() {
		early.close();
		plain.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "exception", "error", "status-exception", "handled", "send-error", "send-error-message",
			"entity", "unserializable", "unserializable-late", "problem", "committed", "ok" })
	void equalsThatOfPlainHandlerAndNothingContinues(String fault) throws Exception {
		int before = early.listener().finished().size();
		Exchange expected = exchange(plain, "/success/" + fault);
		Exchange actual = exchange(early, "/success/" + fault);
		assertThat(actual).isEqualTo(expected);
		early.awaitBalance();
		PostPhaseOutcome outcome = fault.equals("ok") ? PostPhaseOutcome.COMPLETED : PostPhaseOutcome.SKIPPED;
		assertThat(early.listener().outcomes().subList(before, early.listener().outcomes().size()))
			.containsExactly(outcome);
	}

	@ParameterizedTest
	@ValueSource(strings = { "exception", "error", "status-exception", "handled", "send-error", "entity",
			"unserializable", "unserializable-late", "problem", "committed", "ok" })
	void continuesAlwaysAfterThatResponse(String fault) throws Exception {
		Continued continued = early.bean(Continued.class);
		continued.reset();
		Exchange expected = exchange(plain, "/always/" + fault);
		Exchange actual = exchange(early, "/always/" + fault);
		assertThat(actual).isEqualTo(expected);
		assertThat(early.operations().inFlightCount()).as("the response was complete before").isEqualTo(1);
		continued.release.countDown();
		early.awaitBalance();
		if (fault.equals("ok")) {
			assertThat(continued.failure).isNull();
		}
		else if (Stream.of("entity", "send-error", "problem").anyMatch(fault::equals)) {
			assertThat(continued.failure).isNull();
			assertThat(continued.delivery).isNotNull();
		}
		else {
			assertThat(continued.failure).isNotNull();
		}
	}

	@Test
	void failureOnlyPostPhaseGetsTheExceptionAndIsSkippedOnSuccess() throws Exception {
		Continued continued = early.bean(Continued.class);
		continued.reset();
		continued.release.countDown();
		try (RawHttpClient client = early.client()) {
			assertThat(client.get("/failure/ok").status()).isEqualTo(200);
			early.awaitBalance();
			assertThat(early.listener().outcomes()).last().isEqualTo(PostPhaseOutcome.SKIPPED);
			assertThat(client.get("/failure/exception").status()).isEqualTo(500);
			early.awaitBalance();
			assertThat(continued.failure).isInstanceOf(IllegalStateException.class).hasMessage("thrown by the handler");
			assertThat(continued.delivery).isEqualTo(Delivery.SENT);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "found", "missing", "bad" })
	void resultOfAnErrorNeedNotFitThePostPhase(String kind) throws Exception {
		int before = early.listener().finished().size();
		assertThat(exchange(early, "/results/" + kind)).isEqualTo(exchange(plain, "/results/" + kind));
		early.awaitBalance();
		assertThat(early.listener().outcomes().subList(before, early.listener().outcomes().size()))
			.containsExactly(kind.equals("found") ? PostPhaseOutcome.COMPLETED : PostPhaseOutcome.SKIPPED);
	}

	@Test
	void resultOfASuccessThatDoesNotFitFailsThePostPhaseOnly() throws Exception {
		assertThat(exchange(early, "/results/other")).isEqualTo(exchange(plain, "/results/other"));
		early.awaitBalance();
		assertThat(early.listener().finished()).last().satisfies((result) -> {
			assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
			assertThat(result.failure()).hasMessageContaining("cannot take a java.lang.String as its parameter");
		});
	}

	@Test
	void failureOfAnotherHandlerBeforeDoesNotCount() throws Exception {
		int before = early.listener().finished().size();
		assertThat(exchange(early, "/forwarded")).isEqualTo(exchange(plain, "/forwarded"));
		early.awaitBalance();
		assertThat(early.listener().outcomes().stream().skip(before)).containsExactly(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void badRequestIsNotAccepted() throws Exception {
		int before = early.listener().acceptedIds().size();
		assertThat(exchange(early, "/number?value=x")).isEqualTo(exchange(plain, "/number?value=x"));
		assertThat(early.listener().acceptedIds()).hasSize(before);
	}

	private static Exchange exchange(RunningServer server, String path) throws IOException {
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get(path, "Accept: application/json");
			String first = response.withoutDates();
			boolean closed = "close".equals(response.header("Connection"));
			return new Exchange(first, closed ? "closed" : client.get("/ping").withoutDates());
		}
		catch (IOException ex) {
			return new Exchange(ex.getMessage(), "");
		}
	}

	/**
	 * A response and the next one on the same connection.
	 */
	record Exchange(String response, String next) {
	}

	@RestController
	static class Faults {

		@GetMapping("/success/{fault}")
		@RespondThenContinue("continue-success")
		Object success(@PathVariable String fault, HttpServletResponse response) throws Exception {
			return cause(fault, response);
		}

		@GetMapping("/always/{fault}")
		@RespondThenContinue(then = "continue", on = ContinueOn.ALWAYS)
		Object always(@PathVariable String fault, HttpServletResponse response) throws Exception {
			return cause(fault, response);
		}

		@GetMapping("/failure/{fault}")
		@RespondThenContinue(then = "continue", on = ContinueOn.FAILURE)
		Object failure(@PathVariable String fault, HttpServletResponse response) throws Exception {
			return cause(fault, response);
		}

		@GetMapping("/number")
		@RespondThenContinue("continue-success")
		String number(@RequestParam int value) {
			return "number";
		}

		@GetMapping("/results/{kind}")
		@RespondThenContinue("take")
		ResponseEntity<?> result(@PathVariable String kind) {
			return switch (kind) {
				case "found" -> ResponseEntity.ok(new Body("found"));
				case "missing" -> ResponseEntity.notFound().build();
				case "bad" -> ResponseEntity.badRequest().body("bad input");
				default -> ResponseEntity.ok("other");
			};
		}

		@GetMapping("/ping")
		String ping() {
			return "pong";
		}

		private static Object cause(String fault, HttpServletResponse response) throws Exception {
			switch (fault) {
				case "exception" -> throw new IllegalStateException("thrown by the handler");
				case "error" -> throw new StackOverflowError("thrown by the handler");
				case "status-exception" -> throw new ResponseStatusException(HttpStatus.NOT_FOUND, "no such thing");
				case "handled" -> throw new UnsupportedOperationException("handled");
				case "send-error" -> response.sendError(404);
				case "send-error-message" -> response.sendError(409, "conflict");
				case "committed" -> {
					response.getOutputStream().write(new byte[50_000]);
					response.flushBuffer();
					throw new IllegalStateException("thrown after the response was committed");
				}
				case "unserializable" -> {
					return new Unserializable(10);
				}
				case "unserializable-late" -> {
					return new Unserializable(50_000);
				}
				case "entity" -> {
					return ResponseEntity.status(404).body(new Body("not found"));
				}
				case "problem" -> {
					return org.springframework.http.ProblemDetail.forStatus(409);
				}
				default -> {
					return new Body("fine");
				}
			}
			return null;
		}

		@ExceptionHandler
		ResponseEntity<Body> handle(UnsupportedOperationException ex) {
			return ResponseEntity.unprocessableContent().body(new Body(ex.getMessage()));
		}

	}

	@Controller
	static class Forwarding {

		@GetMapping("/forwarded")
		String fail() {
			throw new IllegalStateException("thrown by a plain handler");
		}

		@ExceptionHandler
		String handle(IllegalStateException ex) {
			return "forward:/success/ok";
		}

	}

	record Body(String text) {
	}

	record Unserializable(int size) {

		@JsonProperty
		String first() {
			return "x".repeat(this.size);
		}

		@JsonProperty
		String second() {
			throw new IllegalStateException("cannot be serialized");
		}

	}

	static class Continued {

		volatile CountDownLatch release = new CountDownLatch(1);

		volatile Throwable failure;

		volatile Delivery delivery;

		void reset() {
			this.release = new CountDownLatch(1);
			this.failure = null;
			this.delivery = null;
		}

		@PostPhase("continue")
		void run(Throwable failure, PostPhaseContext context) throws InterruptedException {
			this.release.await(20, TimeUnit.SECONDS);
			this.failure = failure;
			this.delivery = context.delivery();
		}

		@PostPhase
		void take(Body body) {
			if (body == null) {
				throw new IllegalStateException("There is no body");
			}
		}

		@PostPhase("continue-success")
		void runOnSuccess() {
		}

	}

}
