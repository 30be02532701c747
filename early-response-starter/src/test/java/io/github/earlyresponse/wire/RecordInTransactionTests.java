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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What follows a handler is recorded inside its transaction, before the commit: both are
 * there or neither is.
 */
class RecordInTransactionTests {

	private static RunningServer server;

	private static Journal journal;

	private static JdbcTemplate jdbc;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Orders.class, Work.class, Journal.class, Wiring.class),
				RunningServer.EVERYTHING, "spring.datasource.generate-unique-name=true");
		journal = server.bean(Journal.class);
		jdbc = server.bean(JdbcTemplate.class);
		jdbc.execute("create table orders (name varchar(40))");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void begin() {
		server.awaitBalance();
		server.listener().forget();
		journal.reset();
		jdbc.update("delete from orders");
	}

	private static int get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path).status();
		}
	}

	private static List<String> entries() {
		server.awaitBalance();
		return List.copyOf(journal.entries);
	}

	private static int orders() {
		return jdbc.queryForObject("select count(*) from orders", Integer.class);
	}

	private static void assertAllFailWith(String message) {
		assertThat(server.listener().finished()).isNotEmpty().allSatisfy((result) -> {
			assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
			assertThat(result.failure()).hasMessageContaining(message);
		});
	}

	@Test
	void isRecordedOnceAndInTheTransactionOfTheHandler() throws Exception {
		assertThat(get("/order")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail in transaction", "start SENT", "mail order");
	}

	@Test
	void isRolledBackIfItCannotBeRecorded() throws Exception {
		journal.failures = 1;
		assertThat(get("/order")).isEqualTo(500);
		assertThat(orders()).isZero();
		server.awaitBalance();
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void isNotRolledBackIfItFollowsAFailureAndCannotBeRecorded() throws Exception {
		journal.failures = 9;
		assertThat(get("/fails")).isEqualTo(500);
		server.awaitBalance();
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void isTriedAgainIfItCannotBeRecorded() throws Exception {
		journal.failures = 1;
		assertThat(get("/retry")).isEqualTo(200);
		assertThat(orders()).isEqualTo(1);
		assertThat(entries()).contains("record mail in transaction", "start SENT", "mail retry");
	}

	@Test
	void isWithdrawnIfTheCommitFails() throws Exception {
		assertThat(get("/commit-fails")).isEqualTo(500);
		assertThat(entries()).containsExactly("record mail in transaction", "record", "skip NOT_SENT");
		assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void isRecordedOnceMoreAfterARollbackIfItAlwaysFollows() throws Exception {
		assertThat(get("/rollback-only")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail in transaction", "record mail", "start SENT",
				"mail rollback-only");
	}

	@Test
	void isWithdrawnInTheTransactionOfTheNextAttempt() throws Exception {
		assertThat(get("/commit-fails-once")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail in transaction", "record in transaction",
				"record mail in transaction", "start SENT", "mail attempt 2");
		assertThat(orders()).isEqualTo(1);
	}

	@Test
	void isRecordedOnceMoreForAnotherResult() throws Exception {
		assertThat(get("/replaced")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail in transaction", "record mail", "start SENT",
				"mail replaced");
	}

	@Test
	void isRecordedOutsideForAnAdviceThatAnswersInPlaceOfTheHandler() throws Exception {
		assertThat(get("/fallback")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail", "start SENT", "mail fallback");
	}

	@Test
	void isRecordedOutsideOfAnAttemptOnAnotherThread() throws Exception {
		assertThat(get("/elsewhere")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail", "start SENT", "mail elsewhere");
	}

	@ParameterizedTest
	@ValueSource(strings = { "entity", "annotated" })
	void isNotRecordedForAnExpectedError(String path) throws Exception {
		assertThat(get("/" + path)).isEqualTo(409);
		assertThat(entries()).containsExactly("skip SENT");
	}

	@Test
	void isRecordedForAnExpectedErrorThatItFollows() throws Exception {
		assertThat(get("/on-failure")).isEqualTo(409);
		assertThat(entries()).containsExactly("record mail in transaction", "start SENT", "mail on-failure");
	}

	@Test
	void isRecordedWhenAnAsynchronousResultIsThere() throws Exception {
		assertThat(get("/deferred")).isEqualTo(200);
		assertThat(entries()).containsExactly("resolve", "record mail", "start SENT", "mail deferred");
	}

	@Test
	void isRecordedWhenTheHandlerSends() throws Exception {
		assertThat(get("/send")).isEqualTo(200);
		assertThat(entries()).containsExactly("record mail,Orders.send", "start SENT", "mail sent");
	}

	@ParameterizedTest
	@ValueSource(strings = { "order", "plain", "decide", "always", "fails", "deferred" })
	void carrierThatThrowsFailsThePostPhasesAndNotTheRequest(String path) throws Exception {
		journal.carrierFailure = new UnsupportedOperationException("carrier");
		assertThat(get("/" + path)).isEqualTo(path.equals("fails") ? 500 : 200);
		server.awaitBalance();
		assertThat(orders()).isEqualTo(path.equals("fails") ? 0 : 1);
		assertAllFailWith("carrier");
	}

	@Test
	void conditionThatThrowsFailsThePostPhasesAndNotTheRequest() throws Exception {
		assertThat(get("/condition")).isEqualTo(200);
		server.awaitBalance();
		assertThat(orders()).isEqualTo(1);
		assertAllFailWith("condition");
	}

	@Test
	void resultThatDoesNotFitFailsThePostPhaseAndNotTheRequest() throws Exception {
		assertThat(get("/unfit")).isEqualTo(200);
		server.awaitBalance();
		assertThat(orders()).isEqualTo(1);
		assertAllFailWith("cannot take");
	}

	/**
	 * What the engine was asked for, and what ran.
	 */
	static class Journal {

		final Queue<String> entries = new ConcurrentLinkedQueue<>();

		volatile int failures;

		volatile RuntimeException carrierFailure;

		void reset() {
			this.entries.clear();
			this.failures = 0;
			this.carrierFailure = null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableResilientMethods
	static class Wiring {

		@Bean
		static BeanFactoryPostProcessor journalingEngine() {
			return (beanFactory) -> ((BeanDefinitionRegistry) beanFactory).registerBeanDefinition("primaryEngine",
					BeanDefinitionBuilder
						.genericBeanDefinition(JournalingEngine.class,
								() -> new JournalingEngine(
										beanFactory.getBean("postPhaseEngine", PostPhaseEngine.class),
										beanFactory.getBean(Journal.class)))
						.setPrimary(true)
						.getBeanDefinition());
		}

		@Bean
		ContextCarrier failingCarrier(Journal journal) {
			return () -> {
				RuntimeException failure = journal.carrierFailure;
				if (failure != null) {
					throw failure;
				}
				return null;
			};
		}

		@Bean
		static AdvicePostProcessor advicePostProcessor() {
			return new AdvicePostProcessor();
		}

	}

	record JournalingEngine(PostPhaseEngine delegate, Journal journal) implements PostPhaseEngine {

		@Override
		public Reservation reserve(ReservationRequest request) {
			return new JournalingReservation(this.delegate.reserve(request), this.journal);
		}

		@Override
		public int capacity() {
			return this.delegate.capacity();
		}

	}

	record JournalingReservation(Reservation delegate, Journal journal) implements Reservation {

		@Override
		public PostPhaseExecution named(int index) {
			return this.delegate.named(index);
		}

		@Override
		public PostPhaseExecution add(String name, PostPhaseWork work) {
			return this.delegate.add(name, work);
		}

		@Override
		public void remove(PostPhaseExecution postPhase) {
			this.delegate.remove(postPhase);
		}

		@Override
		public void record(List<PostPhaseRecord> records) {
			String names = String.join(",", records.stream().map((record) -> shortName(record)).toList());
			this.journal.entries.add("record" + ((names.isEmpty()) ? "" : " " + names)
					+ (TransactionSynchronizationManager.isActualTransactionActive() ? " in transaction" : ""));
			if (this.journal.failures > 0) {
				this.journal.failures--;
				throw new IllegalStateException("cannot be recorded");
			}
			this.delegate.record(records);
		}

		private static String shortName(PostPhaseRecord record) {
			String name = record.postPhase().name();
			return name.substring(name.indexOf('.') + 1);
		}

		@Override
		public void start(ResponseDelivery delivery) {
			this.journal.entries.add("start " + delivery.delivery());
			this.delegate.start(delivery);
		}

		@Override
		public void skip(ResponseDelivery delivery) {
			this.journal.entries.add("skip " + delivery.delivery());
			this.delegate.skip(delivery);
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Advised {

		How value();

	}

	enum How {

		ELSEWHERE, FALLBACK, REPLACE

	}

	/**
	 * Puts its advice between the two interceptors, outside the transaction.
	 */
	static class AdvicePostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

		AdvicePostProcessor() {
			this.advisor = new DefaultPointcutAdvisor(AnnotationMatchingPointcut.forMethodAnnotation(Advised.class),
					(MethodInterceptor) AdvicePostProcessor::advise);
			setBeforeExistingAdvisors(true);
		}

		private static Object advise(MethodInvocation invocation) throws Throwable {
			return switch (invocation.getMethod().getAnnotation(Advised.class).value()) {
				case ELSEWHERE -> CompletableFuture.supplyAsync(() -> {
					try {
						return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
					}
					catch (Throwable ex) {
						throw new IllegalStateException(ex);
					}
				}).get(30, TimeUnit.SECONDS);
				case FALLBACK -> {
					try {
						yield invocation.proceed();
					}
					catch (IllegalStateException ex) {
						yield "fallback";
					}
				}
				case REPLACE -> {
					invocation.proceed();
					yield "replaced";
				}
			};
		}

	}

	@RestController
	static class Orders {

		private final JdbcTemplate jdbc;

		private final Journal journal;

		Orders(JdbcTemplate jdbc, Journal journal) {
			this.jdbc = jdbc;
			this.journal = journal;
		}

		private String insert(String name) {
			this.jdbc.update("insert into orders values (?)", name);
			return name;
		}

		private static void failAtCommit() {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
				@Override
				public void beforeCommit(boolean readOnly) {
					throw new IllegalStateException("commit fails");
				}
			});
		}

		@GetMapping("/order")
		@Transactional
		@RespondThenContinue("mail")
		String order() {
			return insert("order");
		}

		@GetMapping("/plain")
		@RespondThenContinue("mail")
		String plain() {
			return insert("plain");
		}

		@GetMapping("/decide")
		@Transactional
		@RespondThenContinue
		String decide(AfterResponse after) {
			after.call("mail", "decided");
			return insert("decide");
		}

		@GetMapping("/always")
		@Transactional
		@RespondThenContinue(then = "mail", on = ContinueOn.ALWAYS)
		String always() {
			return insert("always");
		}

		@GetMapping("/fails")
		@Transactional
		@RespondThenContinue(then = "mail", on = ContinueOn.ALWAYS)
		String fails() {
			insert("fails");
			throw new IllegalStateException("handler fails");
		}

		@GetMapping("/retry")
		@Retryable(maxRetries = 1, delay = 0)
		@Transactional
		@RespondThenContinue("mail")
		String retry() {
			return insert("retry");
		}

		@GetMapping("/commit-fails")
		@Transactional
		@RespondThenContinue("mail")
		String commitFails() {
			failAtCommit();
			return insert("commit-fails");
		}

		@GetMapping("/commit-fails-once")
		@Retryable(maxRetries = 1, delay = 0)
		@Transactional
		@RespondThenContinue("mail")
		String commitFailsOnce() {
			boolean again = this.journal.entries.contains("record in transaction");
			if (!again) {
				failAtCommit();
			}
			insert("commit-fails-once");
			return (again) ? "attempt 2" : "attempt 1";
		}

		@GetMapping("/rollback-only")
		@Transactional
		@RespondThenContinue(then = "mail", on = ContinueOn.ALWAYS)
		String rollbackOnly() {
			TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			return insert("rollback-only");
		}

		@GetMapping("/replaced")
		@Advised(How.REPLACE)
		@Transactional
		@RespondThenContinue("mail")
		String replaced() {
			return insert("replaced by the advice");
		}

		@GetMapping("/fallback")
		@Advised(How.FALLBACK)
		@RespondThenContinue("mail")
		String fallback() {
			throw new IllegalStateException("handler fails");
		}

		@GetMapping("/elsewhere")
		@Advised(How.ELSEWHERE)
		@Transactional
		@RespondThenContinue("mail")
		String elsewhere(AfterResponse after) {
			return insert("elsewhere");
		}

		@GetMapping("/entity")
		@Transactional
		@RespondThenContinue("mail")
		ResponseEntity<String> entity() {
			return ResponseEntity.status(409).body(insert("entity"));
		}

		@GetMapping("/annotated")
		@Transactional
		@ResponseStatus(HttpStatus.CONFLICT)
		@RespondThenContinue("mail")
		String annotated() {
			return insert("annotated");
		}

		@GetMapping("/on-failure")
		@Transactional
		@RespondThenContinue(then = "mail", on = ContinueOn.FAILURE)
		ResponseEntity<String> onFailure() {
			return ResponseEntity.status(409).body(insert("on-failure"));
		}

		@GetMapping("/deferred")
		@Transactional
		@RespondThenContinue("mail")
		DeferredResult<String> deferred() {
			insert("deferred");
			DeferredResult<String> result = new DeferredResult<>();
			CompletableFuture.runAsync(() -> {
				this.journal.entries.add("resolve");
				result.setResult("deferred");
			});
			return result;
		}

		@GetMapping("/send")
		@RespondThenContinue("mail")
		void send(EarlyResponse<String> early) {
			insert("send");
			early.send("sent");
		}

		@GetMapping("/condition")
		@Transactional
		@RespondThenContinue(then = "mail", condition = "#result.length() / 0 == 1")
		String condition() {
			return insert("condition");
		}

		@GetMapping("/unfit")
		@Transactional
		@RespondThenContinue("mail")
		Object unfit() {
			insert("unfit");
			return 5;
		}

	}

	static class Work {

		private final Journal journal;

		Work(Journal journal) {
			this.journal = journal;
		}

		@PostPhase
		void mail(String result) {
			this.journal.entries.add("mail " + result);
		}

	}

}
