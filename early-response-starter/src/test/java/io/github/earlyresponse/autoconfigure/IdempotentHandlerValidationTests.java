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

package io.github.earlyresponse.autoconfigure;

import java.util.concurrent.CompletableFuture;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.handler.IdempotentHandlers;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is said at start-up about handlers that cannot be idempotent.
 */
class IdempotentHandlerValidationTests {

	private static final String MEMORY = "early-response.durable.engine=memory";

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter();

	@Test
	void validHandlersStart() {
		this.contextRunner.withUserConfiguration(ValueController.class, ValidController.class, Works.class)
			.withPropertyValues(MEMORY)
			.run((context) -> assertThat(context.getBean(IdempotentHandlers.class).arePresent()).isTrue());
	}

	@Test
	void nothingIsPresentWithoutIdempotentHandler() {
		this.contextRunner
			.run((context) -> assertThat(context.getBean(IdempotentHandlers.class).arePresent()).isFalse());
	}

	@Test
	void engineIsRequired() {
		assertFails(ValueController.class, "there is nowhere to store its results",
				"Set early-response.durable.engine to jdbc");
	}

	@Test
	void keepForHasToBePositive() {
		this.contextRunner.withPropertyValues("early-response.idempotency.keep-for=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("early-response.idempotency.keep-for"));
	}

	@ParameterizedTest
	@ValueSource(classes = { ViewController.class, ModelAndViewController.class, ResourceController.class })
	void resultHasToBeTheBody(Class<?> controller) {
		assertFails(controller, "its result is not the body of the response", "Return a ResponseEntity", MEMORY);
	}

	@ParameterizedTest
	@ValueSource(classes = { FutureController.class, MonoController.class, StreamController.class })
	void resultHasToBeThere(Class<?> controller) {
		assertFails(controller, "its result comes later or is a stream", "Return the value itself.", MEMORY);
	}

	@Test
	void responseMustNotBeSentInMidMethod() {
		assertFails(SendingController.class, "it sends its response in mid-method", "Return the response", MEMORY);
	}

	@Test
	void responseMustNotBeWrittenByTheHandler() {
		assertFails(WritingController.class, "it takes jakarta.servlet.http.HttpServletResponse",
				"Return a ResponseEntity", MEMORY);
	}

	@Test
	void postPhasesMustNotDependOnTheClient() {
		assertFails(SkippingController.class, "its post-phases do not run if the client is gone",
				"Remove onClientAbort.", MEMORY);
	}

	private void assertFails(Class<?> controller, String description, String action, String... properties) {
		this.contextRunner.withUserConfiguration(controller, Works.class)
			.withPropertyValues(properties)
			.run((context) -> {
				FailureAnalysis analysis = WebContexts.analyze(context, properties);
				assertThat(analysis.getDescription()).contains(controller.getName() + ".handle() cannot be idempotent")
					.contains(description);
				assertThat(analysis.getAction()).contains(action);
			});
	}

	static class Works {

		@PostPhase("work")
		void work() {
		}

	}

	@RestController
	static class ValueController {

		@PostMapping("/value")
		@RespondThenContinue(then = "work", idempotent = true)
		String handle() {
			return "";
		}

	}

	@RestController
	static class ValidController {

		@PostMapping("/nothing")
		@RespondThenContinue(then = "work", idempotent = true)
		void nothing() {
		}

		@PostMapping("/entity")
		@RespondThenContinue(then = "work", idempotent = true)
		ResponseEntity<Void> entity() {
			return ResponseEntity.noContent().build();
		}

	}

	@Controller
	static class ViewController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		String handle() {
			return "view";
		}

	}

	@RestController
	static class ModelAndViewController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		ModelAndView handle() {
			return new ModelAndView("view");
		}

	}

	@RestController
	static class ResourceController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		ResponseEntity<Resource> handle() {
			return ResponseEntity.ok().build();
		}

	}

	@RestController
	static class FutureController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		CompletableFuture<String> handle() {
			return CompletableFuture.completedFuture("");
		}

	}

	@RestController
	static class MonoController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		Mono<String> handle() {
			return Mono.empty();
		}

	}

	@RestController
	static class StreamController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		ResponseEntity<StreamingResponseBody> handle() {
			return ResponseEntity.ok().build();
		}

	}

	@Controller
	static class SendingController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		@ResponseBody
		void handle(EarlyResponse<String> response) {
			response.send("");
		}

	}

	@RestController
	static class WritingController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true)
		String handle(HttpServletResponse response) {
			return "";
		}

	}

	@RestController
	static class SkippingController {

		@GetMapping("/")
		@RespondThenContinue(then = "work", idempotent = true, onClientAbort = OnClientAbort.SKIP)
		String handle() {
			return "";
		}

	}

}
