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
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Handlers whose result comes later: the post-phase gets the resolved value, and no room
 * is lost.
 */
@Tag("both-containers")
class AsyncHandlerTests {

	private static RunningServer server;

	private Work work;

	@BeforeAll
	static void start() {
		server = RunningServer.startSecured(List.of(Later.class, Work.class, NoSecurityHeaders.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		this.work = server.bean(Work.class);
		this.work.seen.clear();
		this.work.release = new CountDownLatch(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "future", "callable", "deferred", "mono", "entity" })
	void postPhaseGetsTheResolvedValueAfterTheResponse(String kind) throws Exception {
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get("/" + kind + "?fail=false");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("{\"text\":\"" + kind + "\"}");
			assertThat(server.operations().inFlightCount()).as("the post-phase waits").isEqualTo(1);
			this.work.release.countDown();
			server.awaitBalance();
			assertThat(this.work.seen).containsExactly(kind + " SENT");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "future", "callable", "deferred", "mono", "entity" })
	void nothingContinuesWhenTheResultIsAnException(String kind) throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/" + kind + "?fail=true").status()).isEqualTo(500);
		}
		server.awaitBalance();
		assertThat(this.work.seen).isEmpty();
		assertThat(server.listener().outcomes()).last().isEqualTo(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void failureIsContinuedWithTheException() throws Exception {
		this.work.release.countDown();
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/always").status()).isEqualTo(500);
		}
		server.awaitBalance();
		assertThat(this.work.seen).containsExactly("null java.lang.IllegalStateException: thrown later");
	}

	@Test
	void timeoutOfTheRequestLosesNoRoom() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/never").status()).isEqualTo(503);
		}
		server.awaitBalance();
		assertThat(server.listener().outcomes()).last().isEqualTo(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void timeoutOfTheRequestIsContinuedOnDemand() throws Exception {
		this.work.release.countDown();
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/never-always").status()).isEqualTo(503);
		}
		server.awaitBalance();
		assertThat(this.work.seen)
			.containsExactly("null org.springframework.web.context.request.async.AsyncRequestTimeoutException");
		// Tomcat tells the end of the request before it makes the error page
		assertThat(server.listener().finished()).last()
			.satisfies((result) -> assertThat(result.postPhase().delivery())
				.isEqualTo((ServletContainer.current() == ServletContainer.JETTY) ? Delivery.SENT : Delivery.UNKNOWN));
	}

	@Test
	void eventsThatTheirClientBreaksOffAreContinued() throws Exception {
		this.work.release.countDown();
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/endless-events", null);
			assertThat(client.socket().getInputStream().readNBytes(10_000)).hasSize(10_000);
			client.reset();
		}
		await().untilAsserted(() -> assertThat(this.work.seen).containsExactly("broken off"));
		server.awaitBalance();
		assertThat(server.listener().finished()).last()
			.satisfies((result) -> assertThat(result.postPhase().delivery()).isEqualTo(Delivery.ABORTED));
	}

	@Test
	void postPhaseOfAStreamRunsAfterItsEnd() throws Exception {
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get("/stream");
			assertThat(response.body()).isEqualTo("streamed");
			assertThat(server.operations().inFlightCount()).isEqualTo(1);
			this.work.release.countDown();
			server.awaitBalance();
			assertThat(this.work.seen).containsExactly("decided");
		}
	}

	@Test
	void streamThatItsClientBreaksOffIsContinued() throws Exception {
		this.work.release.countDown();
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/endless", null);
			// Not at the very beginning: there Tomcat forgets the request, and waits for
			// it
			// at its shutdown
			assertThat(client.socket().getInputStream().readNBytes(1_000_000)).hasSize(1_000_000);
			client.reset();
		}
		await().untilAsserted(() -> assertThat(this.work.seen).containsExactly("broken off"));
		server.awaitBalance();
		assertThat(server.listener().finished()).last()
			.satisfies((result) -> assertThat(result.postPhase().delivery()).isEqualTo(Delivery.ABORTED));
	}

	record Body(String text) {
	}

	@RestController
	static class Later {

		private final Work work;

		Later(Work work) {
			this.work = work;
		}

		@GetMapping("/future")
		@RespondThenContinue("remember")
		CompletableFuture<Body> future(@RequestParam boolean fail) {
			return CompletableFuture.supplyAsync(() -> body("future", fail));
		}

		@GetMapping("/callable")
		@RespondThenContinue("remember")
		Callable<Body> callable(@RequestParam boolean fail) {
			return () -> body("callable", fail);
		}

		@GetMapping("/deferred")
		@RespondThenContinue("remember")
		DeferredResult<Body> deferred(@RequestParam boolean fail) {
			DeferredResult<Body> result = new DeferredResult<>();
			CompletableFuture.supplyAsync(() -> body("deferred", fail)).whenComplete((body, failure) -> {
				if (failure != null) {
					result.setErrorResult(failure);
				}
				else {
					result.setResult(body);
				}
			});
			return result;
		}

		@GetMapping("/mono")
		@RespondThenContinue("remember")
		Mono<Body> mono(@RequestParam boolean fail) {
			return Mono.fromSupplier(() -> body("mono", fail));
		}

		@GetMapping("/entity")
		@RespondThenContinue("remember")
		CompletableFuture<ResponseEntity<Body>> entity(@RequestParam boolean fail) {
			return CompletableFuture.supplyAsync(() -> ResponseEntity.ok(body("entity", fail)));
		}

		@GetMapping("/always")
		@RespondThenContinue(then = "explain", on = ContinueOn.ALWAYS)
		Callable<Body> always() {
			return () -> body("always", true);
		}

		@GetMapping("/never")
		@RespondThenContinue("remember")
		DeferredResult<Body> never() {
			return new DeferredResult<>(100L);
		}

		@GetMapping("/never-always")
		@RespondThenContinue(then = "explain", on = ContinueOn.ALWAYS)
		DeferredResult<Body> neverAlways() {
			return new DeferredResult<>(100L);
		}

		@GetMapping("/endless-events")
		@RespondThenContinue("break-off")
		SseEmitter endlessEvents() {
			SseEmitter emitter = new SseEmitter();
			CompletableFuture.runAsync(() -> {
				try {
					while (true) {
						emitter.send("x".repeat(100));
					}
				}
				catch (IOException | IllegalStateException ex) {
					emitter.completeWithError(ex);
				}
			});
			return emitter;
		}

		@GetMapping("/endless")
		@RespondThenContinue("break-off")
		StreamingResponseBody endless() {
			return (out) -> {
				while (true) {
					out.write(new byte[10_000]);
					out.flush();
				}
			};
		}

		@GetMapping("/stream")
		@RespondThenContinue
		StreamingResponseBody stream(AfterResponse after) {
			return (out) -> {
				out.write("streamed".getBytes());
				after.run("decided", (context) -> this.work.add("decided"));
			};
		}

		private static Body body(String text, boolean fail) {
			if (fail) {
				throw new IllegalStateException("thrown later");
			}
			return new Body(text);
		}

	}

	/**
	 * Spring Security writes its headers on the request thread while a stream is being
	 * written on another one, which Tomcat's headers do not survive.
	 */
	@Configuration(proxyBeanMethods = false)
	static class NoSecurityHeaders {

		@Bean
		SecurityFilterChain noSecurityHeaders(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.headers((headers) -> headers.disable())
				.build();
		}

	}

	static class Work {

		final Queue<String> seen = new ConcurrentLinkedQueue<>();

		volatile CountDownLatch release = new CountDownLatch(1);

		@PostPhase
		void remember(Body body, PostPhaseContext context) throws InterruptedException {
			add(body.text() + " " + context.delivery());
		}

		@PostPhase
		void explain(Body body, Throwable failure) throws InterruptedException {
			add(body + " " + failure);
		}

		@PostPhase("break-off")
		void breakOff() throws InterruptedException {
			add("broken off");
		}

		void add(String text) throws InterruptedException {
			this.release.await(20, TimeUnit.SECONDS);
			this.seen.add(text);
		}

	}

}
