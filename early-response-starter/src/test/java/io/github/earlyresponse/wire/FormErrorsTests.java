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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.validation.BindingResult;
import org.springframework.validation.Errors;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that shows its form again because of errors has not succeeded, although it
 * answers 200.
 */
class FormErrorsTests {

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Forms.class, Work.class), FollowedShop.ENABLED);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void forget() {
		server.listener().forget();
	}

	private static RawResponse get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.get(path);
			assertThat(response.status()).isEqualTo(200);
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

	@ParameterizedTest
	@CsvSource({ "/form?age=7, COMPLETED, 1", "/form?age=seven, SKIPPED, 0", "/form?age=-7, SKIPPED, 0",
			"/errors?age=seven, SKIPPED, 0", "/errors?age=7, COMPLETED, 1", "/second?age=7&weight=heavy, SKIPPED, 0",
			"/second?age=7&weight=8, COMPLETED, 1", "/callable?age=-7, SKIPPED, 0", "/callable?age=7, COMPLETED, 1",
			"/future?age=seven, SKIPPED, 0", "/future?age=7, COMPLETED, 1", "/failure?age=seven, COMPLETED, 1",
			"/failure?age=7, SKIPPED, 0", "/always?age=seven, COMPLETED, 1", "/always?age=7, COMPLETED, 1" })
	void formWithErrorsIsNoSuccess(String path, String outcome, int announced) throws Exception {
		RawResponse response = get(path);
		assertThat(outcomes()).containsExactly("book " + outcome);
		assertThat(response.head().lines().filter((line) -> line.startsWith("Post-Phase-Id"))).hasSize(announced);
	}

	@ParameterizedTest
	@CsvSource({ "/decide?age=seven, SKIPPED", "/decide?age=7, COMPLETED" })
	void norAreItsDecisions(String path, String outcome) throws Exception {
		get(path);
		assertThat(outcomes()).containsExactly("decided " + outcome);
	}

	@ParameterizedTest
	@CsvSource({ "/send?age=seven, SKIPPED, 1", "/send?age=-7, SKIPPED, 1", "/send?age=7, COMPLETED, 3" })
	void restOfAHandlerThatSendsRunsAfterWhateverItSent(String path, String outcome, int announced) throws Exception {
		RawResponse response = get(path);
		assertThat(outcomes()).containsExactly("book " + outcome, "decided " + outcome, "rest COMPLETED");
		assertThat(response.head().lines().filter((line) -> line.startsWith("Post-Phase-Id"))).hasSize(announced);
	}

	record Pet(int age) {
	}

	record Load(int weight) {
	}

	@RestController
	static class Forms {

		private static String answer(Pet pet, Errors errors) {
			if (!errors.hasErrors() && pet.age() < 0) {
				errors.reject("negative");
			}
			return errors.hasErrors() ? "again" : "booked";
		}

		@GetMapping("/form")
		@RespondThenContinue("book")
		String form(Pet pet, BindingResult result) {
			return answer(pet, result);
		}

		@GetMapping("/errors")
		@RespondThenContinue("book")
		String errors(Pet pet, Errors errors) {
			return answer(pet, errors);
		}

		@GetMapping("/second")
		@RespondThenContinue("book")
		String second(Pet pet, BindingResult petErrors, Load load, BindingResult loadErrors) {
			return answer(pet, petErrors) + answer(pet, loadErrors);
		}

		@GetMapping("/callable")
		@RespondThenContinue("book")
		Callable<String> callable(Pet pet, BindingResult result) {
			return () -> answer(pet, result);
		}

		@GetMapping("/future")
		@RespondThenContinue("book")
		CompletableFuture<String> future(Pet pet, BindingResult result) {
			return CompletableFuture.supplyAsync(() -> answer(pet, result));
		}

		@GetMapping("/failure")
		@RespondThenContinue(value = "book", on = ContinueOn.FAILURE)
		String failure(Pet pet, BindingResult result) {
			return answer(pet, result);
		}

		@GetMapping("/always")
		@RespondThenContinue(value = "book", on = ContinueOn.ALWAYS)
		String always(Pet pet, BindingResult result) {
			return answer(pet, result);
		}

		@GetMapping("/decide")
		@RespondThenContinue
		String decide(Pet pet, BindingResult result, AfterResponse after) {
			after.run("decided", (context) -> {
			});
			return answer(pet, result);
		}

		@GetMapping("/send")
		@RespondThenContinue("book")
		void send(Pet pet, BindingResult result, @PostPhase("rest") EarlyResponse<String> early, AfterResponse after) {
			after.run("decided", (context) -> {
			});
			early.send(answer(pet, result));
			result.reject("too late to matter");
		}

	}

	static class Work {

		@PostPhase
		void book() {
		}

	}

}
