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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that sends its response in mid-method goes on when the client has the whole
 * of it, and its rest is a post-phase.
 */
@Tag("both-containers")
class EarlyResponseTests {

	private static final List<Class<?>> COMPONENTS = List.of(Orders.class, Mail.class, HandlerTrace.class);

	private static RunningServer server;

	private static RunningServer plain;

	private HandlerTrace trace;

	@BeforeAll
	static void start() {
		server = RunningServer.start(COMPONENTS, "test.timeout=200ms");
		plain = RunningServer.start(COMPONENTS, "test.timeout=200ms", "early-response.enabled=false");
	}

	@AfterAll
	static void stop() {
		server.close();
		plain.close();
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

	@Test
	void clientHasTheWholeResponseWhileTheRestRuns() throws Exception {
		clientHasTheWholeResponseWhileTheRestRuns(server);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void clientHasTheWholeResponseWhileTheRestRunsOnVirtualThreads() throws Exception {
		try (RunningServer virtual = RunningServer.start(COMPONENTS, "test.timeout=200ms",
				"early-response.executor.virtual-threads=true")) {
			clientHasTheWholeResponseWhileTheRestRuns(virtual);
			assertThat((String) virtual.bean(HandlerTrace.class).next()).startsWith("VirtualThread")
				.contains("post-phase-handler-");
		}
	}

	private void clientHasTheWholeResponseWhileTheRestRuns(RunningServer server) throws Exception {
		HandlerTrace trace = server.bean(HandlerTrace.class);
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get("/order?name=anna");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.header("Content-Type")).isEqualTo("application/json");
			assertThat(response.body()).isEqualTo("{\"ordered\":\"anna\"}");
			assertThat(trace.next()).isInstanceOf(IllegalStateException.class)
				.hasToString("java.lang.IllegalStateException: The post-phase begins when the response was sent");
			assertThat(trace.next()).as("what send returns").isEqualTo(Delivery.SENT);
			assertThat(client.get("/plain").body()).as("the connection goes on").isEqualTo("plain");
			assertThat(server.operations().inFlightCount()).isOne();
			trace.proceed(1);
			PostPhaseContext context = (PostPhaseContext) trace.next();
			PostPhaseResult result = last(server);
			assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(result.failure()).isNull();
			assertThat(result.postPhase().name()).isEqualTo("EarlyResponseTests.Orders.order");
			assertThat(result.postPhase().delivery()).isEqualTo(Delivery.SENT);
			assertThat(context.name()).isEqualTo("EarlyResponseTests.Orders.order");
			assertThat(context.id()).isEqualTo(result.postPhase().id()).isEqualTo(trace.next());
			assertThat(context.delivery()).isEqualTo(Delivery.SENT);
			assertThat(context.deliveryFailure()).isNull();
			assertThat(context.request().method()).isEqualTo("GET");
			assertThat(context.request().uri()).isEqualTo("/order");
			assertThat(context.request().parameter("name")).isEqualTo("anna");
		}
	}

	@Test
	void annotationOnTheParameterNamesAndLimitsTheRest() throws Exception {
		assertThat(get("/limited").body()).isEqualTo("limited");
		assertThat(this.trace.next()).isInstanceOf(InterruptedException.class);
		assertThat(this.trace.next()).as("cancellation requested").isEqualTo(true);
		assertThat(last().postPhase().name()).isEqualTo("limited-rest");
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void timeLimitIsOneOfTheRestAndCanBeginAnew() throws Exception {
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/restarted", null);
			Thread handler = (Thread) this.trace.next();
			// The handler is stopped before it sends. No limit runs: nothing may end this
			handler.join(400);
			assertThat(handler.isAlive()).isTrue();
			this.trace.proceed(1);
			assertThat(client.read("GET").body()).isEqualTo("restarted");
			assertThat(this.trace.next()).isEqualTo("no limit");
			handler.join(400);
			assertThat(handler.isAlive()).isTrue();
			this.trace.proceed(1);
		}
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void restIsOneOfSeveralPostPhasesWithAnOutcomeOfItsOwn() throws Exception {
		int before = server.listener().finished().size();
		assertThat(get("/all").body()).isEqualTo("{\"number\":7}");
		server.awaitBalance();
		Map<String, PostPhaseOutcome> outcomes = server.listener()
			.finished()
			.stream()
			.skip(before)
			.collect(Collectors.toMap((result) -> result.postPhase().name(), PostPhaseResult::outcome));
		assertThat(outcomes).isEqualTo(Map.of("mail", PostPhaseOutcome.COMPLETED, "bounce", PostPhaseOutcome.FAILED,
				"decided", PostPhaseOutcome.COMPLETED, "EarlyResponseTests.Orders.all", PostPhaseOutcome.COMPLETED));
		assertThat(List.of(this.trace.next(), this.trace.next(), this.trace.next())).containsExactlyInAnyOrder("mail 7",
				"decided", "Post-phase 'late' comes too late: the handler has returned or sent its response");
	}

	@Test
	void restRunsAfterTheSuccessThatPostPhasesOfFailuresDoNotWantAndBesideAFailure() throws Exception {
		int before = server.listener().finished().size();
		this.trace.proceed(1);
		assertThat(get("/on-failure").status()).isEqualTo(200);
		assertThat(get("/fails").body()).isEqualTo("{\"number\":8}");
		server.awaitBalance();
		assertThat(server.listener().finished().stream().skip(before))
			.extracting((result) -> result.postPhase().name() + " " + result.outcome())
			.containsExactlyInAnyOrder("mail SKIPPED", "EarlyResponseTests.Orders.onFailure COMPLETED",
					"mail COMPLETED", "EarlyResponseTests.Orders.fails FAILED");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/order?name=bill", "/created", "/entity", "/nothing" })
	void switchedOffItIsAPlainHandler(String path) throws Exception {
		try (RawHttpClient client = plain.client()) {
			HandlerTrace disabled = plain.bean(HandlerTrace.class);
			disabled.reset();
			disabled.proceed(1);
			this.trace.proceed(1);
			assertThat(client.get(path).withoutDates()).isEqualTo(get(path).withoutDates());
			if (path.startsWith("/order")) {
				assertThat(disabled.next()).isInstanceOf(IllegalStateException.class);
			}
			assertThat(disabled.next()).isEqualTo(Delivery.NOT_SENT);
			assertThat(disabled.next()).as("the rest has run").isNotNull();
			assertThat(plain.listener().acceptedIds()).isEmpty();
		}
	}

	private static RawResponse get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	private static PostPhaseResult last() {
		return last(server);
	}

	private static PostPhaseResult last(RunningServer server) {
		List<PostPhaseResult> finished = server.awaitBalance().finished();
		return finished.get(finished.size() - 1);
	}

	@RestController
	static class Orders {

		private final HandlerTrace trace;

		Orders(HandlerTrace trace) {
			this.trace = trace;
		}

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

		@GetMapping("/order")
		@RespondThenContinue
		void order(@RequestParam String name, EarlyResponse<Map<String, String>> early) throws Exception {
			this.trace.noteResultOf(early::context);
			this.trace.note(early.send(Map.of("ordered", name)));
			this.trace.stop();
			this.trace.noteResultOf(early::context);
			this.trace.note(early.id());
			this.trace.note(Thread.currentThread().toString());
		}

		@GetMapping("/created")
		@ResponseStatus(HttpStatus.CREATED)
		@RespondThenContinue
		void created(EarlyResponse<Receipt> early) {
			this.trace.note(early.send(new Receipt(5)));
			this.trace.note(early.id());
		}

		@GetMapping("/entity")
		@RespondThenContinue
		void entity(EarlyResponse<Receipt> early) {
			this.trace.note(early.send(ResponseEntity.accepted().header("X-Receipt", "6").body(new Receipt(6))));
			this.trace.note(early.id());
		}

		@GetMapping("/nothing")
		@RespondThenContinue
		void nothing(EarlyResponse<Void> early) {
			this.trace.note(early.send());
			this.trace.note(early.id());
		}

		@GetMapping("/limited")
		@RespondThenContinue
		void limited(@PostPhase(name = "limited-rest", timeout = "${test.timeout}") EarlyResponse<String> early) {
			early.send("limited");
			this.trace.noteResultOf(() -> {
				this.trace.stop();
				return "not interrupted";
			});
			this.trace.note(early.context().cancellationRequested());
		}

		@GetMapping("/restarted")
		@RespondThenContinue
		void restarted(@PostPhase(timeout = "${test.timeout}") EarlyResponse<String> early) throws Exception {
			this.trace.note(Thread.currentThread());
			this.trace.stop();
			early.send("restarted");
			early.context().restartTimeout(Duration.ZERO);
			this.trace.note("no limit");
			this.trace.stop();
		}

		@GetMapping("/all")
		@RespondThenContinue({ "mail", "bounce" })
		void all(AfterResponse after, EarlyResponse<Receipt> early) {
			after.run("decided", (context) -> this.trace.note("decided"));
			early.send(new Receipt(7));
			try {
				after.run("late", (context) -> this.trace.note("late"));
			}
			catch (IllegalStateException ex) {
				this.trace.note(ex.getMessage());
			}
		}

		@GetMapping("/on-failure")
		@RespondThenContinue(then = "mail", on = ContinueOn.FAILURE)
		void onFailure(EarlyResponse<Receipt> early) throws Exception {
			early.send(new Receipt(9));
			this.trace.stop();
		}

		@GetMapping("/fails")
		@RespondThenContinue("mail")
		void fails(EarlyResponse<Receipt> early) {
			early.send(new Receipt(8));
			throw new IllegalStateException("fails on purpose");
		}

	}

	record Receipt(int number) {
	}

	static class Mail {

		private final HandlerTrace trace;

		Mail(HandlerTrace trace) {
			this.trace = trace;
		}

		@PostPhase
		void mail(Receipt receipt) {
			this.trace.note("mail " + receipt.number());
		}

		@PostPhase
		void bounce(Receipt result) {
			throw new IllegalStateException("bounces " + result.number());
		}

	}

}
