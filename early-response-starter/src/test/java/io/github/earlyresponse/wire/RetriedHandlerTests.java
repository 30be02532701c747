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

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.validation.constraints.Size;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.resilience.annotation.ConcurrencyLimit;
import org.springframework.resilience.annotation.ConcurrencyLimitBeanPostProcessor;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.RetryAnnotationBeanPostProcessor;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.validation.annotation.Validated;
import org.springframework.validation.beanvalidation.MethodValidationPostProcessor;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that an advice tries again: what its last attempt decided counts, wherever
 * the advice is.
 */
class RetriedHandlerTests {

	private static final Map<Place, RunningServer> servers = new EnumMap<>(Place.class);

	@AfterAll
	static void stop() {
		servers.values().forEach(RunningServer::close);
	}

	private static RunningServer server(Place place) {
		RunningServer server = servers.computeIfAbsent(place, (ignored) -> start(place));
		server.awaitBalance();
		server.listener().forget();
		server.bean(Work.class).seen.clear();
		server.bean(Work.class).calls.set(0);
		return server;
	}

	private static RunningServer start(Place place) {
		RunningServer server = RunningServer.start(
				List.of(Attempts.class, Limited.class, Work.class, place.configuration), RunningServer.EVERYTHING,
				"spring.datasource.generate-unique-name=true");
		server.bean(JdbcTemplate.class).execute("create table orders (attempt int)");
		return server;
	}

	private static RawResponse get(RunningServer server, String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	private static List<String> seen(RunningServer server) {
		server.awaitBalance();
		return List.copyOf(server.bean(Work.class).seen);
	}

	@ParameterizedTest
	@EnumSource
	void rollbackBelongsToItsAttempt(Place place) throws Exception {
		RunningServer server = server(place);
		JdbcTemplate jdbc = server.bean(JdbcTemplate.class);
		jdbc.execute("delete from orders");
		assertThat(get(server, "/transactional?failures=1").status()).isEqualTo(200);
		assertThat(seen(server)).containsExactly("mail attempt 2");
		assertThat(jdbc.queryForList("select attempt from orders", Integer.class)).containsExactly(2);
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
	}

	@ParameterizedTest
	@EnumSource
	void rollbackOfTheLastAttemptCounts(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/transactional?failures=1&rollback-only=2").status()).isEqualTo(200);
		assertThat(seen(server)).isEmpty();
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED);
	}

	@ParameterizedTest
	@EnumSource
	void decisionsOfTheLastAttemptCount(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/decide?failures=2").body()).isEqualTo("attempt 3");
		assertThat(seen(server)).containsExactlyInAnyOrder("task 3 /decide", "mail call 3");
		assertThat(server.listener().outcomes()).hasSize(6).filteredOn(PostPhaseOutcome.COMPLETED::equals).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void subscriptionsAreAttempts(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/mono?failures=2").body()).isEqualTo("attempt 3");
		assertThat(seen(server)).containsExactlyInAnyOrder("task 0 /mono", "task 3 /mono", "mail attempt 3");
		assertThat(server.listener().outcomes()).hasSize(5).filteredOn(PostPhaseOutcome.COMPLETED::equals).hasSize(3);
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatFailsInEachAttemptContinuesWithTheDecisionsAndTheExceptionOfTheLast(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/always?failures=9").status()).isEqualTo(500);
		assertThat(seen(server)).containsExactlyInAnyOrder("task 3 /always", "blame attempt 3 fails");
		assertThat(get(server, "/decide?failures=9").status()).isEqualTo(500);
		assertThat(seen(server)).as("only a success is continued").hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void attemptsUseTheRoomOfTheRequestAgain(Place place) throws Exception {
		try (RunningServer one = RunningServer.start(List.of(One.class, Work.class, place.configuration),
				"early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=0")) {
			assertThat(get(one, "/one?failures=2").body()).isEqualTo("attempt 3");
			assertThat(seen(one)).containsExactly("task 3 /one");
			assertThat(one.listener().rejected()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void callsThatTheHandlerMakesAreNoAttempts(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/recursive?depth=2").status()).isEqualTo(200);
		assertThat(seen(server)).containsExactlyInAnyOrder("depth 2", "depth 1", "depth 0");
		assertThat(server.listener().outcomes()).hasSize(3).containsOnly(PostPhaseOutcome.COMPLETED);
		server(place);
		assertThat(get(server, "/recursive?depth=1&failures=1").status()).isEqualTo(200);
		assertThat(seen(server)).as("those of the last attempt").containsExactlyInAnyOrder("depth 1", "depth 0");
	}

	@ParameterizedTest
	@EnumSource
	void uploadsSurviveAttempts(Place place) throws Exception {
		RunningServer server = server(place);
		String body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nCONTENT\r\n--b--\r\n";
		try (RawHttpClient client = server.client()) {
			client.sendRaw("POST /upload?failures=1 HTTP/1.1\r\nHost: localhost\r\n"
					+ "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length() + "\r\n\r\n"
					+ body);
			assertThat(client.read("POST").status()).isEqualTo(200);
		}
		assertThat(seen(server)).containsExactlyInAnyOrder("packed CONTENT", "packed CONTENT");
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatFailsBeforeItSendsMayBeTriedAgain(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/send?before=2").body()).isEqualTo("attempt 3");
		assertThat(seen(server)).containsExactlyInAnyOrder("rest 3", "task 3 /send");
		assertThat(server.listener().finished())
			.filteredOn((result) -> result.postPhase().name().endsWith("Attempts.send"))
			.singleElement()
			.satisfies((result) -> assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED));
		assertThat(get(server, "/send?before=9").status()).isEqualTo(500);
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatHasSentIsNotTriedAgain(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/send?before=0&after=9").body()).isEqualTo("attempt 1");
		assertThat(seen(server)).contains("rest 1");
		assertThat(server.bean(Work.class).calls).hasValue(1);
		PostPhaseResult rest = server.listener()
			.finished()
			.stream()
			.filter((result) -> result.postPhase().name().endsWith("Attempts.send"))
			.findAny()
			.orElseThrow();
		assertThat(rest.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(rest.failure()).isInstanceOf(IllegalStateException.class).hasMessage("rest of attempt 1 fails");
	}

	@ParameterizedTest
	@EnumSource
	void limitedHandlersContinue(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/limited").status()).isEqualTo(200);
		assertThat(seen(server)).containsExactly("mail limited");
	}

	@ParameterizedTest
	@EnumSource
	void callThatIsNotValidIsAFailureOfItsHandler(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/validated?name=toolong").status()).isEqualTo(500);
		assertThat(seen(server)).containsExactly("blame ConstraintViolationException");
		assertThat(get(server, "/validated?name=ok").body()).isEqualTo("ok");
		assertThat(seen(server)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void resultMayBeTriedAgainInsideOfOneTransaction(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/repeat?kind=result").body()).isEqualTo("attempt 3");
		assertThat(seen(server)).containsExactlyInAnyOrder("mail attempt 3", "task 3 /repeat");
	}

	@Test
	void adviceThatProceedsTwiceWithTheSameInvocationLosesNothing() throws Exception {
		RunningServer server = server(Place.INSIDE);
		assertThat(get(server, "/careless?failures=1").body()).isEqualTo("attempt 2");
		assertThat(seen(server)).containsExactlyInAnyOrder("mail attempt 2", "task 2 /careless");
	}

	@Test
	void adviceThatProceedsTwiceAfterSendingDoesNotHideTheException() throws Exception {
		RunningServer server = server(Place.INSIDE);
		assertThat(get(server, "/careless-send").body()).isEqualTo("attempt 1");
		assertThat(seen(server)).contains("rest 1");
		assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(server.listener().onlyResult().failure()).hasMessage("rest of attempt 1 fails");
	}

	@ParameterizedTest
	@EnumSource
	void adviceThatAnswersInPlaceOfTheHandlerContinuesWithoutItsDecisions(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/fallback").body()).isEqualTo("fallback");
		assertThat(seen(server)).containsExactly("mail fallback");
		assertThat(get(server, "/fallback-always").body()).isEqualTo("fallback");
		assertThat(seen(server)).as("that may follow a failure").contains("result fallback", "task 1 /fallback-always");
	}

	@Test
	void callThatComesWhenSpringMvcHasTheExceptionIsNoAttempt() throws Exception {
		RunningServer server = server(Place.INSIDE);
		assertThat(get(server, "/handed-over").body()).isEqualTo("attempt 2");
		assertThat(seen(server)).containsExactly("result null");
	}

	@ParameterizedTest
	@EnumSource
	void conditionOfTheLastAttemptCounts(Place place) throws Exception {
		RunningServer server = server(place);
		assertThat(get(server, "/conditional?failures=1").body()).isEqualTo("attempt 2");
		assertThat(seen(server)).containsExactly("mail attempt 2");
	}

	@Test
	void resultOfAnEarlierAttemptIsNotThatOfOneThatFails() throws Exception {
		RunningServer server = server(Place.OUTSIDE);
		assertThat(get(server, "/changing").status()).isEqualTo(500);
		assertThat(seen(server)).containsExactly("result null");
	}

	@Test
	void handlerThatHasSentIsNotCalledAgainForWhatItReturns() throws Exception {
		RunningServer server = server(Place.OUTSIDE);
		assertThat(get(server, "/send-twice").body()).isEqualTo("attempt 1");
		assertThat(seen(server)).containsExactly("rest 1");
		assertThat(server.bean(Work.class).calls).hasValue(1);
		assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void attemptsAtTheSameTimeKeepTheBalance() throws Exception {
		RunningServer server = server(Place.INSIDE);
		for (int i = 0; i < 20; i++) {
			assertThat(get(server, "/hedge").status()).isEqualTo(200);
		}
		assertThat(seen(server)).hasSizeGreaterThanOrEqualTo(20);
	}

	enum Place {

		/** Registered before the library. */
		INSIDE(RetryInside.class),

		/** Registered after the library. */
		LATE(RetryLate.class),

		/** Outside of all that the library brings. */
		OUTSIDE(RetryOutside.class);

		private final Class<?> configuration;

		Place(Class<?> configuration) {
			this.configuration = configuration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class RetryInside {

		@Bean
		static AdvicePostProcessor advice() {
			return new AdvicePostProcessor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RetryLate {

		@Bean
		static BeanFactoryPostProcessor late() {
			return (beanFactory) -> {
				register(beanFactory, RetryAnnotationBeanPostProcessor.class, RetryAnnotationBeanPostProcessor::new);
				register(beanFactory, ConcurrencyLimitBeanPostProcessor.class, ConcurrencyLimitBeanPostProcessor::new);
				register(beanFactory, AdvicePostProcessor.class, AdvicePostProcessor::new);
				register(beanFactory, MethodValidationPostProcessor.class, () -> {
					MethodValidationPostProcessor validation = new MethodValidationPostProcessor();
					validation.setBeforeExistingAdvisors(true);
					return validation;
				});
			};
		}

		static <T> void register(ConfigurableListableBeanFactory beanFactory, Class<T> type, Supplier<T> supplier) {
			((BeanDefinitionRegistry) beanFactory).registerBeanDefinition("late" + type.getSimpleName(),
					new RootBeanDefinition(type, supplier));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RetryOutside {

		@Bean
		static BeanFactoryPostProcessor outside() {
			return (beanFactory) -> {
				RetryLate.register(beanFactory, LastRetryPostProcessor.class, LastRetryPostProcessor::new);
				RetryLate.register(beanFactory, TwicePostProcessor.class, TwicePostProcessor::new);
			};
		}

		@Bean
		static AdvicePostProcessor advice() {
			return new AdvicePostProcessor();
		}

	}

	/**
	 * Is called after all others, and so puts its advice outside that of all others.
	 */
	static class LastRetryPostProcessor extends RetryAnnotationBeanPostProcessor
			implements MergedBeanDefinitionPostProcessor {

		@Override
		public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType,
				String beanName) {
		}

	}

	/**
	 * Calls a handler twice, outside of all others as well.
	 */
	static class TwicePostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
			implements MergedBeanDefinitionPostProcessor {

		TwicePostProcessor() {
			MethodInterceptor advice = (invocation) -> {
				((ProxyMethodInvocation) invocation).invocableClone().proceed();
				return invocation.proceed();
			};
			this.advisor = new DefaultPointcutAdvisor(AnnotationMatchingPointcut.forMethodAnnotation(Twice.class),
					advice);
			setBeforeExistingAdvisors(true);
		}

		@Override
		public void postProcessMergedBeanDefinition(RootBeanDefinition beanDefinition, Class<?> beanType,
				String beanName) {
		}

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Twice {

	}

	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@interface Advised {

		How value();

	}

	enum How {

		BY_RESULT, CARELESS, FALLBACK, HEDGE

	}

	/**
	 * Puts its advice inside all others that are there by then, the transaction among
	 * them.
	 */
	static class AdvicePostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

		AdvicePostProcessor() {
			MethodInterceptor advice = AdvicePostProcessor::advise;
			this.advisor = new DefaultPointcutAdvisor(AnnotationMatchingPointcut.forMethodAnnotation(Advised.class),
					advice);
		}

		private static Object advise(MethodInvocation invocation) throws Throwable {
			return switch (invocation.getMethod().getAnnotation(Advised.class).value()) {
				case BY_RESULT -> {
					Object result;
					do {
						result = again(invocation);
					}
					while (!"attempt 3".equals(result));
					yield result;
				}
				case CARELESS -> {
					try {
						yield invocation.proceed();
					}
					catch (IllegalStateException ex) {
						yield invocation.proceed();
					}
				}
				case FALLBACK -> {
					try {
						yield again(invocation);
					}
					catch (IllegalStateException ex) {
						yield "fallback";
					}
				}
				case HEDGE -> {
					CompletableFuture<Object> one = CompletableFuture.supplyAsync(() -> hedge(invocation));
					Object two = hedge(invocation);
					one.get(30, TimeUnit.SECONDS);
					yield two;
				}
			};
		}

		private static Object again(MethodInvocation invocation) throws Throwable {
			return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
		}

		private static Object hedge(MethodInvocation invocation) {
			try {
				return again(invocation);
			}
			catch (Throwable ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@RestController
	static class Attempts {

		private final CyclicBarrier both = new CyclicBarrier(2);

		private final JdbcTemplate jdbc;

		private final Work work;

		private final ObjectProvider<Attempts> self;

		Attempts(JdbcTemplate jdbc, Work work, ObjectProvider<Attempts> self) {
			this.jdbc = jdbc;
			this.work = work;
			this.self = self;
		}

		private int attempt(int failures) {
			return this.work.attempt(failures);
		}

		private void run(AfterResponse after, int attempt) {
			this.work.run(after, attempt);
		}

		@GetMapping("/transactional")
		@Retryable(maxRetries = 2, delay = 0)
		@Transactional
		@RespondThenContinue("mail")
		String transactional(@RequestParam int failures,
				@RequestParam(name = "rollback-only", defaultValue = "0") int rollbackOnly) {
			this.jdbc.update("insert into orders values (?)", this.work.calls.get() + 1);
			int attempt = attempt(failures);
			if (attempt == rollbackOnly) {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			}
			return "attempt " + attempt;
		}

		@GetMapping("/decide")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue
		String decide(@RequestParam int failures, AfterResponse after) {
			int next = this.work.calls.get() + 1;
			run(after, next);
			after.call("mail", "call " + next);
			return "attempt " + attempt(failures);
		}

		@GetMapping("/mono")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue("mail")
		Mono<String> mono(@RequestParam int failures, AfterResponse after) {
			run(after, 0);
			return Mono.fromCallable(() -> {
				run(after, this.work.calls.get() + 1);
				return "attempt " + attempt(failures);
			});
		}

		@GetMapping("/always")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue(then = "blame", on = ContinueOn.ALWAYS)
		String always(@RequestParam int failures, AfterResponse after) {
			run(after, this.work.calls.get() + 1);
			return "attempt " + attempt(failures);
		}

		@GetMapping("/recursive")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue
		String recursive(@RequestParam int depth, @RequestParam(defaultValue = "0") int failures, AfterResponse after) {
			after.run("task", (context) -> this.work.seen.add("depth " + depth));
			if (depth > 0) {
				this.self.getObject().recursive(depth - 1, 0, after);
				attempt(failures);
			}
			return "done";
		}

		@PostMapping("/upload")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue("pack")
		String upload(@RequestParam int failures, @RequestParam MultipartFile file, AfterResponse after) {
			after.call("pack", file);
			return "attempt " + attempt(failures);
		}

		@GetMapping("/send")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue
		void send(@RequestParam int before, @RequestParam(defaultValue = "0") int after, AfterResponse decisions,
				EarlyResponse<String> early) {
			run(decisions, this.work.calls.get() + 1);
			int attempt = attempt(before);
			early.send("attempt " + attempt);
			this.work.seen.add("rest " + attempt);
			if (attempt <= after) {
				throw new IllegalStateException("rest of attempt " + attempt + " fails");
			}
		}

		@GetMapping("/conditional")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue(then = "mail", on = ContinueOn.ALWAYS, condition = "#result != null")
		String conditional(@RequestParam int failures) {
			return "attempt " + attempt(failures);
		}

		@GetMapping("/handed-over")
		@RespondThenContinue(then = "tell", on = ContinueOn.ALWAYS)
		String handedOver() {
			int attempt = this.work.calls.incrementAndGet();
			if (attempt == 1) {
				throw new UnsupportedOperationException("fails");
			}
			return "attempt " + attempt;
		}

		@ExceptionHandler
		String failed(UnsupportedOperationException ex) {
			return this.self.getObject().handedOver();
		}

		@GetMapping("/changing")
		@Twice
		@RespondThenContinue(then = "tell", on = ContinueOn.ALWAYS)
		String changing() {
			int attempt = attempt(0);
			if (attempt == 2) {
				throw new IllegalStateException("fails");
			}
			return "attempt " + attempt;
		}

		@GetMapping("/send-twice")
		@Twice
		@RespondThenContinue
		void sendTwice(EarlyResponse<String> early) {
			int attempt = attempt(0);
			early.send("attempt " + attempt);
			this.work.seen.add("rest " + attempt);
		}

		@GetMapping("/limited")
		@ConcurrencyLimit(1)
		@RespondThenContinue("mail")
		String limited() {
			return "limited";
		}

		@GetMapping("/repeat")
		@Advised(How.BY_RESULT)
		@Transactional
		@RespondThenContinue("mail")
		String repeat(AfterResponse after) {
			int attempt = attempt(0);
			run(after, attempt);
			return "attempt " + attempt;
		}

		@GetMapping("/careless")
		@Advised(How.CARELESS)
		@RespondThenContinue("mail")
		String careless(@RequestParam int failures, AfterResponse after) {
			run(after, this.work.calls.get() + 1);
			return "attempt " + attempt(failures);
		}

		@GetMapping("/careless-send")
		@Advised(How.CARELESS)
		@RespondThenContinue
		void carelessSend(EarlyResponse<String> early) {
			int attempt = attempt(0);
			early.send("attempt " + attempt);
			this.work.seen.add("rest " + attempt);
			throw new IllegalStateException("rest of attempt " + attempt + " fails");
		}

		@GetMapping("/fallback")
		@Advised(How.FALLBACK)
		@RespondThenContinue("mail")
		String fallback(AfterResponse after) {
			run(after, 1);
			throw new IllegalStateException("fails");
		}

		@GetMapping("/fallback-always")
		@Advised(How.FALLBACK)
		@RespondThenContinue(then = "tell", on = ContinueOn.ALWAYS)
		String fallbackAlways(AfterResponse after) {
			run(after, 1);
			throw new IllegalStateException("fails");
		}

		@GetMapping("/hedge")
		@Advised(How.HEDGE)
		@RespondThenContinue
		String hedge(AfterResponse after) throws Exception {
			this.both.await(30, TimeUnit.SECONDS);
			run(after, this.work.calls.incrementAndGet());
			return "done";
		}

	}

	@RestController
	@Validated
	static class Limited {

		@GetMapping("/validated")
		@RespondThenContinue(then = "blameType", on = ContinueOn.FAILURE)
		String validated(@RequestParam @Size(max = 3) String name) {
			return name;
		}

	}

	@RestController
	static class One {

		private final Work work;

		One(Work work) {
			this.work = work;
		}

		@GetMapping("/one")
		@Retryable(maxRetries = 2, delay = 0)
		@RespondThenContinue
		String one(@RequestParam int failures, AfterResponse after) {
			this.work.run(after, this.work.calls.get() + 1);
			return "attempt " + this.work.attempt(failures);
		}

	}

	static class Work {

		final Queue<String> seen = new ConcurrentLinkedQueue<>();

		final AtomicInteger calls = new AtomicInteger();

		int attempt(int failures) {
			int attempt = this.calls.incrementAndGet();
			if (attempt <= failures) {
				throw new IllegalStateException("attempt " + attempt + " fails");
			}
			return attempt;
		}

		void run(AfterResponse after, int attempt) {
			after.run("task", (context) -> this.seen.add("task " + attempt + " " + context.request().uri()));
		}

		@PostPhase
		void mail(String result) {
			this.seen.add("mail " + result);
		}

		@PostPhase
		void tell(String result) {
			this.seen.add("result " + result);
		}

		@PostPhase
		void blame(Throwable failure) {
			this.seen.add("blame " + failure.getMessage());
		}

		@PostPhase
		void blameType(Throwable failure) {
			this.seen.add("blame " + failure.getClass().getSimpleName());
		}

		@PostPhase
		void pack(MultipartFile file) throws Exception {
			this.seen.add("packed " + new String(file.getBytes(), StandardCharsets.UTF_8));
		}

	}

}
