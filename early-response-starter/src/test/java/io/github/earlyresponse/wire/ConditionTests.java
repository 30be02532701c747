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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.annotation.AliasFor;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.stereotype.Component;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Post-phases that depend on a condition.
 */
class ConditionTests {

	private static RunningServer server;

	private Work work;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Handlers.class, Work.class, Features.class), FollowedShop.ENABLED);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.listener().forget();
		this.work = server.bean(Work.class);
		this.work.results.clear();
		server.bean(Features.class).asked.set(0);
	}

	private static RawResponse get(String path, int status) throws Exception {
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get(path);
			assertThat(response.status()).isEqualTo(status);
			return response;
		}
	}

	private static List<String> outcomes() {
		return server.awaitBalance()
			.finished()
			.stream()
			.map((result) -> result.postPhase().name() + " " + result.outcome())
			.sorted()
			.toList();
	}

	private static void assertAnnounced(RawResponse response, int count) {
		assertThat(response.head().lines().filter((line) -> line.startsWith("Post-Phase-Id"))).hasSize(count);
	}

	@ParameterizedTest
	@ValueSource(strings = { "argument", "position", "other-position", "result", "entity", "callable", "future",
			"stream", "property", "bean", "meta", "thread" })
	void conditionDecides(String path) throws Exception {
		assertAnnounced(get("/" + path + "?go=true", 200), 1);
		String name = "stream".equals(path) ? "nothing" : "work";
		assertThat(outcomes()).containsExactly(name + " COMPLETED");
		server.listener().forget();
		assertAnnounced(get("/" + path + "?go=false", 200), 0);
		assertThat(outcomes()).containsExactly(name + " SKIPPED");
		assertThat(this.work.results).hasSize(1);
	}

	@Test
	void nullIsFalse() throws Exception {
		assertAnnounced(get("/null", 200), 0);
		assertThat(outcomes()).containsExactly("work SKIPPED");
	}

	@Test
	void textIsConverted() throws Exception {
		get("/text?go=on", 200);
		assertThat(outcomes()).containsExactly("work COMPLETED");
	}

	@ParameterizedTest
	@CsvSource({ "true, COMPLETED", "false, SKIPPED" })
	void decisionsDependOnIt(boolean go, PostPhaseOutcome outcome) throws Exception {
		assertAnnounced(get("/decide?go=" + go, 200), (go) ? 2 : 0);
		assertThat(outcomes()).containsExactly("decided " + outcome, "work " + outcome);
	}

	@ParameterizedTest
	@CsvSource({ "true, COMPLETED", "false, SKIPPED" })
	void restAfterSendDoesNotDependOnIt(boolean go, PostPhaseOutcome outcome) throws Exception {
		assertAnnounced(get("/send?go=" + go, 200), (go) ? 2 : 1);
		assertThat(outcomes()).containsExactly("ConditionTests.Handlers.send COMPLETED", "work " + outcome);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/failing", "/failing-future", "/not-boolean" })
	void exceptionFailsThePostPhaseAndNotTheResponse(String path) throws Exception {
		RawResponse response = get(path, 200);
		assertThat(response.body()).isEqualTo("answer");
		assertAnnounced(response, 1);
		assertThat(outcomes()).containsExactly("work FAILED");
		assertThat(server.listener().onlyResult().failure())
			.hasMessageMatching("The condition '.+' of @RespondThenContinue handler .+Handlers\\.\\w+\\(\\) "
					+ "could not be evaluated")
			.hasCauseInstanceOf(Exception.class);
		assertThat(this.work.results).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/failure?status=200&go=true, 200, SKIPPED", "/failure?status=404&go=true, 404, COMPLETED",
			"/failure?status=404&go=false, 404, SKIPPED", "/failure?status=500&go=true, 500, COMPLETED",
			"/failure?status=500&go=false, 500, SKIPPED", "/failure-later?go=true, 500, COMPLETED",
			"/failure-later?go=false, 500, SKIPPED" })
	void conditionIsBesideOn(String path, int status, PostPhaseOutcome outcome) throws Exception {
		get(path, status);
		assertThat(outcomes()).containsExactly("work " + outcome);
	}

	@Test
	void notEvaluatedIfOnRulesThePostPhaseOut() throws Exception {
		get("/asks?age=seven", 200);
		get("/asks?age=-7", 500);
		assertThat(outcomes()).containsExactly("work SKIPPED", "work SKIPPED");
		assertThat(server.bean(Features.class).asked).hasValue(0);
	}

	@Test
	void evaluatedOnce() throws Exception {
		get("/asks?age=7", 200);
		assertThat(outcomes()).containsExactly("work COMPLETED");
		assertThat(server.bean(Features.class).asked).hasValue(1);
	}

	@Test
	void formThatIsAcceptedDespiteItsErrors() throws Exception {
		get("/draft?age=seven", 200);
		get("/draft?age=-7", 500);
		assertThat(outcomes()).containsExactly("work COMPLETED", "work SKIPPED");
	}

	@Test
	void resultIsWhatPostPhasesGet() throws Exception {
		get("/entity?go=true", 200);
		get("/future?go=true", 200);
		assertThat(outcomes()).hasSize(2);
		assertThat(this.work.results).containsExactly("true", "true");
	}

	record Pet(int age) {
	}

	@Retention(RetentionPolicy.RUNTIME)
	@RespondThenContinue("work")
	@interface WorkIf {

		@AliasFor(annotation = RespondThenContinue.class, attribute = "condition")
		String value();

	}

	@RestController
	static class Handlers {

		@GetMapping("/argument")
		@RespondThenContinue(value = "work", condition = "#go")
		String argument(@RequestParam boolean go) {
			return "answer";
		}

		@GetMapping("/position")
		@RespondThenContinue(value = "work", condition = "#a0 == 'true'")
		String position(@RequestParam String go) {
			return "answer";
		}

		@GetMapping("/other-position")
		@RespondThenContinue(value = "work", condition = "#p1.getParameter('go') == 'true'")
		String otherPosition(@RequestParam String go, HttpServletRequest request) {
			return "answer";
		}

		@GetMapping("/result")
		@RespondThenContinue(value = "work", condition = "#result.length() == 4 and {1, 2}.?[#this > 1].size() == 1")
		String result(@RequestParam String go) {
			return go;
		}

		@GetMapping("/entity")
		@RespondThenContinue(value = "work", condition = "#result == 'true'")
		ResponseEntity<String> entity(@RequestParam String go) {
			return ResponseEntity.ok(go);
		}

		@GetMapping("/callable")
		@RespondThenContinue(value = "work", condition = "#result == 'true'")
		Callable<String> callable(@RequestParam String go) {
			return () -> go;
		}

		@GetMapping("/future")
		@RespondThenContinue(value = "work", condition = "#result == 'true'")
		CompletableFuture<ResponseEntity<String>> future(@RequestParam String go) {
			return CompletableFuture.supplyAsync(() -> ResponseEntity.ok(go));
		}

		@GetMapping("/stream")
		@RespondThenContinue(value = "nothing", condition = "#go")
		StreamingResponseBody stream(@RequestParam boolean go) {
			return (out) -> out.write(new byte[100_000]);
		}

		@GetMapping("/property")
		@RespondThenContinue(value = "work", condition = "{go: #go, '#': 1}['go'] and #result.bytes.length > 0")
		String property(@RequestParam boolean go) {
			return "answer";
		}

		@GetMapping("/bean")
		@RespondThenContinue(value = "work", condition = "@features.isActive(#go)")
		String bean(@RequestParam boolean go) {
			return "answer";
		}

		@GetMapping("/meta")
		@WorkIf("#go")
		String meta(@RequestParam boolean go) {
			return "answer";
		}

		@GetMapping("/thread")
		@RespondThenContinue(value = "work", condition = "@features.isBound() and #go")
		String thread(@RequestParam boolean go) {
			return "answer";
		}

		@GetMapping("/null")
		@RespondThenContinue(value = "work", condition = "#go")
		String none(@RequestParam(required = false) Boolean go) {
			return "answer";
		}

		@GetMapping("/text")
		@RespondThenContinue(value = "work", condition = "#go")
		String text(@RequestParam String go) {
			return "answer";
		}

		@GetMapping("/decide")
		@RespondThenContinue(value = "work", condition = "#go")
		String decide(@RequestParam boolean go, AfterResponse after) {
			after.run("decided", (context) -> {
			});
			return "answer";
		}

		@GetMapping("/send")
		@RespondThenContinue(value = "work", condition = "#go and #result == 'sent'")
		void send(@RequestParam boolean go, EarlyResponse<String> early) {
			early.send("sent");
		}

		@GetMapping("/failing")
		@RespondThenContinue(value = "work", condition = "#result.missing")
		String failing() {
			return "answer";
		}

		@GetMapping("/failing-future")
		@RespondThenContinue(value = "work", condition = "@features.fail()")
		CompletableFuture<String> failingFuture() {
			return CompletableFuture.supplyAsync(() -> "answer");
		}

		@GetMapping("/not-boolean")
		@RespondThenContinue(value = "work", condition = "#result")
		String notBoolean() {
			return "answer";
		}

		@GetMapping("/failure")
		@RespondThenContinue(value = "work", on = ContinueOn.FAILURE, condition = "#go")
		ResponseEntity<String> failure(@RequestParam int status, @RequestParam boolean go) {
			if (status == 500) {
				throw new IllegalStateException("thrown");
			}
			return ResponseEntity.status(status).body("answer");
		}

		@GetMapping("/failure-later")
		@RespondThenContinue(value = "work", on = ContinueOn.FAILURE, condition = "#go and #result == null")
		CompletableFuture<String> failureLater(@RequestParam boolean go) {
			return CompletableFuture.supplyAsync(() -> {
				throw new IllegalStateException("thrown");
			});
		}

		@GetMapping("/asks")
		@RespondThenContinue(value = "work", condition = "@features.isActive(true)")
		String asks(Pet pet, BindingResult errors) {
			if (!errors.hasErrors() && pet.age() < 0) {
				throw new IllegalStateException("negative");
			}
			return "answer";
		}

		@GetMapping("/draft")
		@RespondThenContinue(value = "work", on = ContinueOn.ALWAYS, condition = "#result == 'draft'")
		String draft(Pet pet, BindingResult errors) {
			if (errors.hasErrors()) {
				return "draft";
			}
			throw new IllegalStateException("negative");
		}

	}

	@Component("features")
	public static class Features {

		final AtomicInteger asked = new AtomicInteger();

		public boolean isActive(boolean go) {
			this.asked.incrementAndGet();
			return go;
		}

		public boolean isBound() {
			return RequestContextHolder.getRequestAttributes() != null
					&& SecurityContextHolder.getContext().getAuthentication() != null;
		}

		public boolean fail() {
			throw new IllegalStateException("failed");
		}

	}

	static class Work {

		final Queue<String> results = new ConcurrentLinkedQueue<>();

		@PostPhase
		void work(String result) {
			this.results.add(String.valueOf(result));
		}

		@PostPhase
		void nothing() {
			this.results.add("nothing");
		}

	}

}
