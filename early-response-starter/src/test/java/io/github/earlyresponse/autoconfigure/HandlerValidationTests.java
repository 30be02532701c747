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

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.handler.HandlerPlans;
import io.github.earlyresponse.testsupport.PackagePrivateHandler;
import io.github.earlyresponse.web.AttemptInterceptor;
import io.github.earlyresponse.web.RespondThenContinueInterceptor;
import jakarta.annotation.Resource;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.ProxyConfig;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.event.EventListener;
import org.springframework.core.PriorityOrdered;
import org.springframework.http.ResponseEntity;
import org.springframework.samples.clinic.ClinicController;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Controller;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
	void handlerThatAProxyOfAnotherPackageCannotOverrideIsRefused() {
		this.contextRunner.withUserConfiguration(InheritingController.class, Works.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains(PackagePrivateHandler.class.getName() + ".handle()",
					"is package-private in another package than " + InheritingController.class.getName());
			assertThat(analysis.getAction()).contains("Make it protected or public");
		});
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
		assertFails(EmptyController.class, ".handle()",
				"names no post-phase and has no AfterResponse or EarlyResponse parameter",
				"@RespondThenContinue(\"pack-export\")");
	}

	@ParameterizedTest
	@ValueSource(classes = { InjectedController.class, ProvidedController.class, SetController.class,
			InitializedController.class })
	void annotationWithoutNamesIsAcceptedIfAfterResponseIsInjected(Class<?> controller) {
		assertSpareRoom(1, controller);
	}

	@ParameterizedTest
	@ValueSource(classes = { AfterResponseService.class, AfterResponseFunction.class, ProvidedFunction.class })
	void annotationWithoutNamesIsAcceptedIfAnotherBeanTakesAfterResponse(Class<?> other) {
		assertSpareRoom(1, EmptyController.class, other);
	}

	@ParameterizedTest
	@ValueSource(classes = { InjectedNamesController.class, ProvidedNamesController.class, SetNamesController.class,
			InitializedNamesController.class, InjectNamesController.class })
	void injectedAfterResponseReservesRoomBesideNames(Class<?> controller) {
		assertSpareRoom(1, controller, Works.class);
	}

	@Test
	void afterResponseOfAnotherBeanReservesNoRoomBesideNames() {
		assertSpareRoom(0, NamesController.class, AfterResponseService.class, Works.class);
	}

	private void assertSpareRoom(int room, Class<?>... components) {
		for (WebApplicationContextRunner runner : List.of(this.contextRunner, WebContexts.lazy(this.contextRunner))) {
			runner.withUserConfiguration(components).run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(spareRoom(context)).isEqualTo(room);
			});
		}
	}

	private static int spareRoom(AssertableWebApplicationContext context) {
		HandlerMethod handler = context.getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.values()
			.stream()
			.filter((each) -> each.hasMethodAnnotation(RespondThenContinue.class))
			.findAny()
			.orElseThrow();
		return context.getBean(HandlerPlans.class).get(handler).reservation().spare();
	}

	@Test
	void afterResponseWithoutAnnotationIsRefused() {
		assertFails(NotAnnotatedController.class, ".handle()",
				"takes an AfterResponse but is not annotated with @RespondThenContinue", "Add @RespondThenContinue");
	}

	@Test
	void earlyResponseWithoutAnnotationIsRefused() {
		assertFails(NotAnnotatedSendingController.class, ".handle()",
				"takes an EarlyResponse but is not annotated with @RespondThenContinue", "Add @RespondThenContinue");
	}

	@Test
	void earlyResponseOfHandlerThatReturnsSomethingIsRefused() {
		assertFails(ReturningController.class, ".handle()", "takes an EarlyResponse and returns a String",
				"Return void: the response is what is sent");
	}

	@Test
	void conditionThatCannotBeEvaluatedIsRefused() {
		assertFails(ConditionController.class, ".handle()",
				"has the condition '#nmae != null', which names the unknown variable '#nmae'",
				"Use #name, #result, #a0");
	}

	@Test
	void conditionThatNothingDependsOnIsRefused() {
		assertFails(SendingConditionController.class, ".handle()", "has a condition but nothing that depends on it",
				"use an if after send");
	}

	@ParameterizedTest
	@ValueSource(classes = { TransactionalController.class, TransactionalClassController.class })
	void sendingInATransactionIsRefused(Class<?> controller) {
		assertFails(controller, ".handle()", "takes an EarlyResponse and is @Transactional",
				"move what it contains to a @Transactional method of another bean");
	}

	@Test
	void sendingWithoutATransactionIsAccepted() {
		this.contextRunner.withUserConfiguration(NotSupportedController.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void parameterOfAnInterfaceNamesTheRest() {
		assertFails(ImplementingController.class, ".handle()", "has the timeout 'soon'", "Use a duration such as 90s");
	}

	@Test
	void restCannotBeRetried() {
		assertFails(RetriedRestController.class, ".handle()",
				"has a @Retry, but the rest of a handler cannot be run again",
				"move the work to a @PostPhase method that can be retried");
	}

	@Test
	void twoEarlyResponsesAreRefused() {
		assertFails(TwoResponsesController.class, ".handle()", "takes 2 EarlyResponse parameters",
				"Take one: there is one response");
	}

	@Test
	void earlyResponseOfResponseEntityIsRefused() {
		assertFails(EntityController.class, ".handle()", "takes an EarlyResponse of a ResponseEntity",
				"Name the type of the body, as in EarlyResponse<Receipt>; a ResponseEntity of it can be sent too");
	}

	@ParameterizedTest
	@ValueSource(
			classes = { FutureController.class, StreamController.class, EmitterController.class, MonoController.class })
	void earlyResponseOfWhatIsAsynchronousIsRefused(Class<?> controller) {
		assertFails(controller, ".handle()", "takes an EarlyResponse of a ",
				"What is asynchronous or a stream is returned, and continued with named post-phases");
	}

	@Test
	void annotationOnParameterOfAnotherTypeIsRefused() {
		assertFails(AnnotatedParameterController.class, ".handle()",
				"has @PostPhase on a parameter of the type AfterResponse", "Put it on an EarlyResponse, or remove it");
		assertFails(AnnotatedParameterBesideController.class, ".handle()",
				"has @PostPhase on a parameter of the type String", "Put it on an EarlyResponse, or remove it");
	}

	@Test
	void restWithTheNameOfPostPhaseIsRefused() {
		assertFails(NameOfOtherController.class, ".handle()",
				"names its rest 'work', which is the name of " + Works.class.getName() + ".work()",
				"Give it a name of its own");
	}

	@Test
	void timeoutOfRestThatIsNoDurationIsRefused() {
		assertFails(BadTimeoutController.class, ".handle()", "@PostPhase parameter 1 of ", "90s, 10m or PT10M");
		assertFails(BadTimeoutController.class, ".handle()", "has the timeout 'soon'", "90s, 10m or PT10M");
		assertFails(UnknownPlaceholderController.class, ".handle()", "has the timeout '${no.such.key}'", "placeholder");
	}

	@Test
	void restTakesRoomAsWell() {
		assertFails(NamesAndRestController.class, ".handle()",
				"needs room for 3 post-phases, more than the capacity of 2", "early-response.executor.queue-capacity",
				"early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=1");
	}

	@Test
	void namedPostPhaseThatWhatIsSentDoesNotFitIsRefused() {
		assertFails(UnfitController.class, ".handle()",
				"'long result' of post-phase 'number', " + Works.class.getName() + ".number(), cannot be bound",
				"Give it the type");
	}

	@Test
	void handlersThatSendStart() {
		assertStarts(SendingController.class, Works.class);
	}

	@Test
	void annotationOnMethodThatIsNoHandlerIsRefused() {
		assertFails(NoHandler.class, ".handle()", "which is no handler method of Spring MVC", "@GetMapping");
	}

	@Test
	void annotationOnOtherMethodOfControllerIsRefused() {
		assertFails(HelperController.class, ".helper()", "which is no handler method of Spring MVC", "@GetMapping");
	}

	@ParameterizedTest
	@ValueSource(classes = { ExceptionHandlerAdvice.class, ModelAttributeController.class, InitBinderController.class,
			SendingExceptionHandlerController.class, ListenerTakesResponse.class, OtherEndpoint.class })
	void parametersOfHandlersOnOtherMethodsAreRefused(Class<?> component) {
		assertFails(component, ".other()", "takes an ", "@RespondThenContinue handler");
	}

	@ParameterizedTest
	@ValueSource(classes = { NotAnnotatedController.class, NotAnnotatedSendingController.class })
	void parametersOfHandlersInChildContextAreRefused(Class<?> controller) {
		this.contextRunner.run((context) -> {
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.register(controller);
				assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(child::refresh)
					.withMessageContaining(controller.getName() + ".handle() takes an AfterResponse or EarlyResponse")
					.withMessageContaining("@ImportAutoConfiguration(EarlyResponseAutoConfiguration.class)");
			}
		});
	}

	@Test
	void helperThatTakesParameterOfItsHandlerIsAccepted() {
		assertStarts(PassingOnController.class);
	}

	@ParameterizedTest
	@ValueSource(classes = { ListenerMethod.class, ScheduledMethod.class, ExceptionMethod.class,
			FunctionalEndpoint.class, ClinicController.Misplaced.class })
	void annotationOnMethodOfAnotherKindIsRefused(Class<?> component) {
		assertFails(component, ".work()", "which is no handler method of Spring MVC", "Put it on a method");
	}

	@Test
	void annotationOfServiceInterfaceOnAClientIsAccepted() {
		assertStarts(ClientConfiguration.class, Works.class);
		this.contextRunner.run((context) -> {
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context);
				child.register(ClientConfiguration.class);
				child.refresh();
				assertThat(child.isActive()).as("in a child context as well").isTrue();
			}
		});
	}

	@Test
	void annotationOfAnotherInterfaceIsRefused() {
		assertFails(ServiceOfInterface.class, ".work()", "which is no handler method of Spring MVC", "Put it on");
	}

	@Test
	void finalScopedControllerIsRefused() {
		this.contextRunner.withUserConfiguration(FinalScopedController.class, Works.class).run((context) -> {
			FailureAnalysis analysis = WebContexts.analyze(context);
			assertThat(analysis.getDescription()).contains(FinalScopedController.class.getName(), "is final");
		});
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
		WebContexts.lazy(this.contextRunner)
			.withUserConfiguration(UnknownNameController.class, Works.class)
			.run((context) -> assertThat(WebContexts.analyze(context).getDescription())
				.contains("names the post-phase 'wrok'"));
	}

	@ParameterizedTest
	@ValueSource(classes = { ValidController.class, LazyController.class, RequestScopedController.class })
	void adviceIsMadeAtTheStartEvenIfHandlersAreMadeLater(Class<?> controller) {
		this.contextRunner.withUserConfiguration(controller, Works.class)
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("respondThenContinueInterceptor"))
				.isTrue());
	}

	@Test
	void adviceIsNotMadeForHandlersThatDoNotContinue() {
		this.contextRunner.withUserConfiguration(PlainController.class)
			.run((context) -> assertThat(context.getBeanFactory().containsSingleton("respondThenContinueInterceptor"))
				.isFalse());
	}

	@Test
	void handlersContinueWhenProxiesAreFrozen() {
		this.contextRunner.withUserConfiguration(ValidController.class, Works.class)
			.withBean(AutoProxyUtils.DEFAULT_PROXY_CONFIG_BEAN_NAME, ProxyConfig.class, () -> {
				ProxyConfig config = new ProxyConfig();
				config.setFrozen(true);
				return config;
			})
			.run((context) -> {
				Advised proxy = (Advised) context.getBean(ValidController.class);
				assertThat(proxy.isFrozen()).isTrue();
				assertThat(proxy.getAdvisors()).extracting(Advisor::getAdvice)
					.hasExactlyElementsOfTypes(RespondThenContinueInterceptor.class, AttemptInterceptor.class);
			});
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
	static class InheritingController extends PackagePrivateHandler {

	}

	@RestController
	@Lazy
	static class LazyController {

		@GetMapping("/lazy")
		@RespondThenContinue("work")
		void lazy() {
		}

	}

	@RestController
	@Scope("request")
	static class RequestScopedController {

		@GetMapping("/scoped")
		@RespondThenContinue("work")
		void scoped() {
		}

	}

	@RestController
	static class PlainController {

		@GetMapping("/plain")
		void plain() {
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
	static class ConditionController {

		@GetMapping("/handle")
		@RespondThenContinue(value = "work", condition = "#nmae != null")
		String handle(String name) {
			return "view";
		}

	}

	@RestController
	static class SendingConditionController {

		@GetMapping("/handle")
		@RespondThenContinue(condition = "#name != null")
		void handle(String name, EarlyResponse<String> early) {
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
	static class InjectedController {

		InjectedController(AfterResponse after) {
		}

		@GetMapping("/")
		@RespondThenContinue
		void handle() {
		}

	}

	@RestController
	static class InjectedNamesController {

		InjectedNamesController(AfterResponse after) {
		}

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	@RestController
	static class NamesController {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle() {
		}

	}

	@RestController
	static class ProvidedController {

		@Autowired
		private ObjectProvider<AfterResponse> after;

		@GetMapping("/")
		@RespondThenContinue
		void handle() {
		}

	}

	abstract static class SetSuperclass {

		@Autowired
		void setAfter(AfterResponse after) {
		}

	}

	@RestController
	static class SetController extends SetSuperclass {

		@GetMapping("/")
		@RespondThenContinue
		void handle() {
		}

	}

	@RestController
	static class InitializedController {

		@Autowired
		void initialize(AfterResponse after) {
		}

		@GetMapping("/")
		@RespondThenContinue
		void handle() {
		}

	}

	static class ProvidedNamesController extends NamesController {

		@Autowired
		private ObjectProvider<AfterResponse> after;

	}

	static class SetNamesController extends NamesController {

		@Resource
		void setAfter(AfterResponse after) {
		}

	}

	static class InitializedNamesController extends NamesController {

		@Autowired
		void initialize(AfterResponse after) {
		}

	}

	static class InjectNamesController extends NamesController {

		@Inject
		void initialize(AfterResponse after) {
		}

	}

	static class AfterResponseService {

		AfterResponseService(AfterResponse after) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AfterResponseFunction {

		@Bean
		Consumer<Runnable> later(AfterResponse after) {
			return (task) -> after.run("task", (context) -> task.run());
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ProvidedFunction {

		@Bean
		Consumer<Runnable> later(ObjectProvider<AfterResponse> after) {
			return (task) -> after.getObject().run("task", (context) -> task.run());
		}

	}

	@RestController
	static class NotAnnotatedController {

		@GetMapping("/")
		void handle(AfterResponse after) {
		}

	}

	@RestController
	static class NotAnnotatedSendingController {

		@GetMapping("/")
		void handle(EarlyResponse<String> early) {
		}

	}

	@RestController
	static class ReturningController {

		@GetMapping("/")
		@RespondThenContinue
		String handle(EarlyResponse<String> early) {
			return "";
		}

	}

	@RestController
	static class TwoResponsesController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(EarlyResponse<String> one, EarlyResponse<String> two) {
		}

	}

	@RestController
	static class RetriedRestController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(@PostPhase(retry = @Retry(maxRetries = 1)) EarlyResponse<String> early) {
		}

	}

	@RestController
	static class EntityController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(EarlyResponse<ResponseEntity<String>> early) {
		}

	}

	@RestController
	static class FutureController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(EarlyResponse<CompletableFuture<String>> early) {
		}

	}

	@RestController
	static class StreamController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(EarlyResponse<StreamingResponseBody> early) {
		}

	}

	@RestController
	static class EmitterController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(EarlyResponse<SseEmitter> early) {
		}

	}

	@RestController
	static class MonoController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(EarlyResponse<Mono<String>> early) {
		}

	}

	@RestController
	static class AnnotatedParameterController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(@PostPhase AfterResponse after) {
		}

	}

	@RestController
	static class AnnotatedParameterBesideController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(@PostPhase String text, EarlyResponse<String> early) {
		}

	}

	@RestController
	static class NameOfOtherController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(@PostPhase("work") EarlyResponse<String> early) {
		}

	}

	@RestController
	static class BadTimeoutController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(String text, @PostPhase(timeout = "soon") EarlyResponse<String> early) {
		}

	}

	@RestController
	static class UnknownPlaceholderController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(@PostPhase(timeout = "${no.such.key}") EarlyResponse<String> early) {
		}

	}

	@RestController
	static class NamesAndRestController {

		@GetMapping("/")
		@RespondThenContinue({ "work", "number" })
		void handle(EarlyResponse<Long> early) {
		}

	}

	@RestController
	static class UnfitController {

		@GetMapping("/")
		@RespondThenContinue("number")
		void handle(EarlyResponse<String> early) {
		}

	}

	abstract static class SendingCrudController<T> {

		@GetMapping("/generic")
		@RespondThenContinue("number")
		void generic(EarlyResponse<T> early) {
		}

	}

	@RestController
	@SuppressWarnings("rawtypes")
	static class SendingController extends SendingCrudController<Long> {

		@GetMapping("/one")
		@RespondThenContinue
		void one(EarlyResponse<Void> early) {
		}

		@GetMapping("/several")
		@RespondThenContinue({ "work", "number" })
		void several(AfterResponse after, @PostPhase(name = "rest", timeout = "1m") EarlyResponse<Long> early) {
		}

		@GetMapping("/any")
		@RespondThenContinue("work")
		void any(EarlyResponse<?> early) {
		}

		@GetMapping("/raw")
		@RespondThenContinue("work")
		void raw(EarlyResponse early) {
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

	@ControllerAdvice
	static class ExceptionHandlerAdvice {

		@ExceptionHandler(IllegalStateException.class)
		String other(AfterResponse after) {
			return "";
		}

	}

	@RestController
	static class ModelAttributeController {

		@ModelAttribute
		String other(AfterResponse after) {
			return "";
		}

	}

	@RestController
	static class InitBinderController {

		@InitBinder
		void other(WebDataBinder binder, EarlyResponse<String> early) {
		}

	}

	abstract static class Errors {

		@ExceptionHandler
		void other(IllegalStateException ex, EarlyResponse<String> early) {
		}

	}

	@RestController
	static class SendingExceptionHandlerController extends Errors {

		@Override
		void other(IllegalStateException ex, EarlyResponse<String> early) {
		}

	}

	@Endpoint(id = "other")
	static class OtherEndpoint {

		@WriteOperation
		void other(AfterResponse after) {
		}

	}

	static class ListenerTakesResponse {

		@EventListener
		void other(AfterResponse after) {
		}

	}

	@RestController
	static class PassingOnController {

		@GetMapping("/")
		@RespondThenContinue
		void handle(AfterResponse after) {
			next(after);
		}

		@Deprecated
		void next(AfterResponse after) {
		}

	}

	static class ListenerMethod {

		@EventListener
		@RespondThenContinue("work")
		void work(ApplicationEvent event) {
		}

	}

	static class ScheduledMethod {

		@Scheduled(fixedDelay = 100000)
		@RespondThenContinue("work")
		void work() {
		}

	}

	@RestController
	static class ExceptionMethod {

		@ExceptionHandler
		@RespondThenContinue("work")
		void work(IllegalStateException ex) {
		}

	}

	static class FunctionalEndpoint implements HandlerFunction<ServerResponse> {

		@Override
		public ServerResponse handle(ServerRequest request) {
			return work(request);
		}

		@RespondThenContinue("work")
		ServerResponse work(ServerRequest request) {
			return ServerResponse.ok().build();
		}

	}

	@HttpExchange
	interface ServiceApi {

		@GetExchange("/")
		@RespondThenContinue("work")
		String handle();

	}

	@Configuration(proxyBeanMethods = false)
	static class ClientConfiguration {

		@Bean
		ServiceApi client() {
			return HttpServiceProxyFactory.builderFor(RestClientAdapter.create(RestClient.create()))
				.build()
				.createClient(ServiceApi.class);
		}

		@Bean
		HandwrittenClient handwritten() {
			return new HandwrittenClient();
		}

	}

	static final class HandwrittenClient implements ServiceApi {

		@Override
		public String handle() {
			return "";
		}

	}

	interface OtherInterface {

		@RespondThenContinue("work")
		void work();

	}

	static class ServiceOfInterface implements OtherInterface {

		@Override
		public void work() {
		}

	}

	@RestController
	interface FinalApi {

		@GetMapping("/")
		@RespondThenContinue("work")
		void handle();

	}

	@Scope(scopeName = "request", proxyMode = ScopedProxyMode.INTERFACES)
	static final class FinalScopedController implements FinalApi {

		@Override
		public void handle() {
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

	@RestController
	static class TransactionalController {

		@GetMapping("/handle")
		@Transactional
		@RespondThenContinue
		void handle(EarlyResponse<String> early) {
		}

	}

	@RestController
	@Transactional(propagation = Propagation.REQUIRES_NEW)
	static class TransactionalClassController {

		@GetMapping("/handle")
		@RespondThenContinue
		void handle(EarlyResponse<String> early) {
		}

	}

	@RestController
	@Transactional
	static class NotSupportedController {

		@GetMapping("/handle")
		@Transactional(propagation = Propagation.NOT_SUPPORTED)
		@RespondThenContinue
		void handle(EarlyResponse<String> early) {
		}

	}

	interface Sending {

		void handle(@PostPhase(timeout = "soon") EarlyResponse<String> early);

	}

	@RestController
	static class ImplementingController implements Sending {

		@Override
		@GetMapping("/handle")
		@RespondThenContinue
		public void handle(EarlyResponse<String> early) {
		}

	}

}
