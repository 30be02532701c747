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

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.PriorityOrdered;
import org.springframework.scheduling.annotation.Async;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is said at start-up about handlers that cannot work.
 */
class HandlerValidationTests {

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter();

	private void assertStarts(Class<?>... components) {
		this.contextRunner.withUserConfiguration(components).run((context) -> assertThat(context).hasNotFailed());
	}

	private void assertFails(Class<?> controller, String method, String description, String action,
			String... properties) {
		this.contextRunner.withUserConfiguration(controller, Works.class)
			.withPropertyValues(properties)
			.run((context) -> {
				FailureAnalysis analysis = WebContexts.analyze(context, properties);
				assertThat(analysis.getDescription()).contains(controller.getName() + method).contains(description);
				assertThat(analysis.getAction()).contains(action);
			});
	}

	@Test
	void validHandlersStart() {
		assertStarts(ValidController.class, Works.class);
	}

	@Test
	void nameThatNoPostPhaseHasIsRefused() {
		assertFails(UnknownNameController.class, ".handle()", "names the post-phase 'wrok', which does not exist",
				"or use one of those that exist: [number, work]");
	}

	@Test
	void emptyNameIsRefused() {
		assertFails(EmptyNameController.class, ".handle()", "names the post-phase '', which does not exist", "work");
	}

	@Test
	void nameThatIsNamedTwiceIsRefused() {
		assertFails(TwiceController.class, ".handle()", "names the post-phase 'work' twice", "Name it once");
	}

	@Test
	void annotationWithoutNamesAndWithoutAfterResponseIsRefused() {
		assertFails(EmptyController.class, ".handle()", "names no post-phase and has no AfterResponse or EarlyResponse",
				"@RespondThenContinue(\"pack-export\")");
	}

	@Test
	void afterResponseWithoutAnnotationIsRefused() {
		assertFails(NotAnnotatedController.class, ".handle()",
				"takes an AfterResponse but is not annotated with @RespondThenContinue", "Add @RespondThenContinue");
	}

	@Test
	void annotationOnMethodThatIsNoHandlerIsRefused() {
		assertFails(NoHandler.class, ".handle()", "which is no handler method of Spring MVC", "@GetMapping");
	}

	@Test
	void annotationOnOtherMethodOfControllerIsRefused() {
		assertFails(HelperController.class, ".helper()", "which is no handler method of Spring MVC", "@GetMapping");
	}

	@Test
	void finalHandlerIsRefused() {
		assertFails(FinalMethodController.class, ".handle()", "is final", "Remove that modifier");
	}

	@Test
	void privateHandlerIsRefused() {
		assertFails(PrivateMethodController.class, ".handle()", "is private", "Remove that modifier");
	}

	@Test
	void staticHandlerIsRefused() {
		assertFails(StaticMethodController.class, ".handle()", "is static", "Remove that modifier");
	}

	@Test
	void handlerOfFinalClassIsRefused() {
		assertFails(FinalController.class, "", "is final", "Remove that modifier");
	}

	@Test
	void handlerOfRecordIsRefused() {
		assertFails(RecordController.class, "", "is final", "a proxy has to extend the class");
	}

	@Test
	void asyncHandlerIsRefused() {
		assertFails(AsyncController.class, ".handle()", "is @Async", "Remove @Async");
	}

	@Test
	void handlerOfAsyncClassIsRefused() {
		assertFails(AsyncClassController.class, ".handle()", "is @Async", "Remove @Async");
	}

	@Test
	void demandAboveCapacityIsRefused() {
		assertFails(TwoNamesController.class, ".handle()", "needs room for 3 post-phases, more than the capacity of 2",
				"Raise early-response.executor.max-concurrency or early-response.executor.queue-capacity",
				"early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=1");
	}

	@Test
	void demandThatEqualsCapacityStarts() {
		this.contextRunner.withUserConfiguration(TwoNamesController.class, Works.class)
			.withPropertyValues("early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=2")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void primitiveThatTakesResultOfFailureIsRefused() {
		assertFails(PrimitiveOnFailureController.class, ".handle()", "a failure has none", "wrapper type");
	}

	@Test
	void controllerThatWasCreatedTooEarlyForItsProxyIsRefused() {
		this.contextRunner.withUserConfiguration(ValidController.class, Works.class, EarlyPostProcessor.class)
			.run((context) -> {
				FailureAnalysis analysis = WebContexts.analyze(context);
				assertThat(analysis.getDescription()).contains(ValidController.class.getName(),
						"its object is not a bean with a proxy");
				assertThat(analysis.getAction()).contains("BeanPostProcessor");
			});
	}

	@Test
	void controllerThatIsConfigurationStarts() {
		assertStarts(ConfigurationController.class, Works.class);
	}

	@Test
	void controllerWithGenericSuperclassStarts() {
		assertStarts(GenericController.class, Works.class);
	}

	@Test
	void controllerWithAnnotatedInterfaceStarts() {
		assertStarts(InterfaceController.class, Works.class);
	}

	@Test
	void handlersAreCheckedWhenBeansAreLazy() {
		assertFails(UnknownNameController.class, ".handle()", "names the post-phase 'wrok'", "work",
				"spring.main.lazy-initialization=true");
	}

	static class EarlyPostProcessor implements BeanPostProcessor, BeanFactoryAware, PriorityOrdered {

		@Override
		public void setBeanFactory(BeanFactory beanFactory) {
			beanFactory.getBean(ValidController.class);
		}

		@Override
		public int getOrder() {
			return 0;
		}

	}

	static class Works {

		@PostPhase
		void work() {
		}

		@PostPhase
		void number(long result) {
		}

	}

	@RestController
	static class ValidController {

		@GetMapping("/one")
		@RespondThenContinue("work")
		void one() {
		}

		@GetMapping("/after")
		@RespondThenContinue
		CompletableFuture<String> after(AfterResponse after) {
			return new CompletableFuture<>();
		}

		@GetMapping("/number")
		@RespondThenContinue({ "work", "number" })
		long number() {
			return 1;
		}

	}

	@RestController
	static class UnknownNameController {

		@GetMapping("/")
		@RespondThenContinue("wrok")
		void handle() {
		}

	}

	@RestController
	static class EmptyNameController {

		@GetMapping("/")
		@RespondThenContinue("")
		void handle() {
		}

	}

	@RestController
	static class TwiceController {

		@GetMapping("/")
		@RespondThenContinue({ "work", "work" })
		void handle() {
		}

	}

	@RestController
	static class EmptyController {

		@GetMapping("/")
		@RespondThenContinue
		void handle() {
		}

	}

	@RestController
	static class NotAnnotatedController {

		@GetMapping("/")
		void handle(AfterResponse after) {
		}

	}

	static class NoHandler {

		@RespondThenContinue("work")
		void handle() {
		}

	}

	@Controller
	static class HelperController {

		@GetMapping("/")
		void handle() {
			helper();
		}

		@RespondThenContinue("work")
		void helper() {
		}

	}

	@RestController
	static class FinalMethodController {

		@GetMapping("/")
		@RespondThenContinue("work")
		final void handle() {
		}

	}

	@RestController
	static class PrivateMethodController {

		@GetMapping("/")
		@RespondThenContinue("work")
		private void handle() {
		}

	}

	@RestController
	static class StaticMethodController {

		@GetMapping("/")
		@RespondThenContinue("work")
		static void handle() {
		}

	}

	@RestController
	static final class FinalController {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	@RestController
	record RecordController() {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	@RestController
	static class AsyncController {

		@Async
		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	@Async
	@RestController
	static class AsyncClassController {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	@RestController
	static class TwoNamesController {

		@GetMapping("/")
		@RespondThenContinue({ "work", "number" })
		long handle(AfterResponse after) {
			return 1;
		}

	}

	@RestController
	static class PrimitiveOnFailureController {

		@GetMapping("/")
		@RespondThenContinue(value = "number", on = ContinueOn.ALWAYS)
		long handle() {
			return 1;
		}

	}

	@RestController
	@Configuration
	static class ConfigurationController {

		@Bean
		String bean() {
			return "makes the configuration a CGLIB subclass";
		}

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	abstract static class CrudController<T> {

		@GetMapping("/")
		@RespondThenContinue("number")
		T handle() {
			return null;
		}

	}

	@RestController
	static class GenericController extends CrudController<Long> {

	}

	interface Api {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle();

	}

	@RestController
	static class InterfaceController implements Api {

		@Override
		public void handle() {
		}

	}

}
