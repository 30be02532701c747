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

import java.time.Duration;
import java.util.stream.Stream;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.context.HandlerOnlyCarrier;
import io.github.earlyresponse.context.LocaleCarrier;
import io.github.earlyresponse.context.MdcCarrier;
import io.github.earlyresponse.context.ObservationCarrier;
import io.github.earlyresponse.context.SecurityCarrier;
import io.github.earlyresponse.context.TraceRestorer;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.memory.MemoryPostPhaseEngine;
import io.github.earlyresponse.micrometer.LinkingTracingObservationHandler;
import io.github.earlyresponse.micrometer.PostPhaseMetrics;
import io.github.earlyresponse.testsupport.Reservations;
import io.github.earlyresponse.web.CompletingFilter;
import io.github.earlyresponse.web.request.EndedRequestCarrier;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EarlyResponseAutoConfiguration} and
 * {@link EarlyResponseMetricsAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class EarlyResponseAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter()
		.withUserConfiguration(Shop.class);

	private final WebApplicationContextRunner filteredRunner = WebContexts.withStarter()
		.withUserConfiguration(PublicShop.class);

	private static Stream<Class<?>> carriers(ApplicationContext context) {
		return context.getBeanProvider(ContextCarrier.class).orderedStream().map(Object::getClass);
	}

	@Test
	void handlersContinue() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(PostPhaseEngine.class).hasSingleBean(PostPhaseOperations.class);
			assertThat(AopUtils.isCglibProxy(context.getBean(Shop.class))).isTrue();
			assertThat(carriers(context)).containsExactly(EndedRequestCarrier.class, LocaleCarrier.class,
					MdcCarrier.class, ObservationCarrier.class, SecurityCarrier.class);
			assertThat(context.getBean(MemoryPostPhaseEngine.class).isRunning()).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void afterResponseOfTheApplicationWins(boolean enabled) {
		AfterResponse own = mock(AfterResponse.class);
		this.contextRunner.withBean("afterResponse", AfterResponse.class, () -> own)
			.withPropertyValues("early-response.enabled=" + enabled)
			.run((context) -> assertThat(context.getBean(AfterResponse.class)).isSameAs(own));
	}

	@Test
	void filterIsOutermost() {
		this.contextRunner.run((context) -> {
			FilterRegistrationBean<?> registration = context.getBean("earlyResponseFilter",
					FilterRegistrationBean.class);
			assertThat(registration.getFilter()).isInstanceOf(CompletingFilter.class);
			assertThat(registration.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
			assertThat(registration.isAsyncSupported()).isTrue();
		});
	}

	@Test
	void controllersWithoutTheAnnotationAreLeftAlone() {
		this.contextRunner.withUserConfiguration(Plain.class)
			.run((context) -> assertThat(AopUtils.isAopProxy(context.getBean(Plain.class))).isFalse());
	}

	@Test
	void engineOfTheApplicationReplacesOurs() {
		this.contextRunner.withBean(OwnEngine.class).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(PostPhaseEngine.class);
			assertThat(context).doesNotHaveBean(MemoryPostPhaseEngine.class);
		});
	}

	@Test
	void carrierOfTheApplicationGoesAlongWithOurs() {
		ContextCarrier own = () -> null;
		this.contextRunner.withBean("tenantCarrier", ContextCarrier.class, () -> own)
			.run((context) -> assertThat(carriers(context)).hasSize(6).contains(own.getClass()));
	}

	@Test
	void carriersCanBeSwitchedOff() {
		this.contextRunner.withPropertyValues("early-response.context.mdc=false", "early-response.context.locale=false")
			.run((context) -> assertThat(carriers(context)).containsExactly(EndedRequestCarrier.class,
					HandlerOnlyCarrier.class, HandlerOnlyCarrier.class, ObservationCarrier.class,
					SecurityCarrier.class));
		this.contextRunner
			.withPropertyValues("early-response.context.security=false", "early-response.context.observation=false")
			.run((context) -> assertThat(carriers(context)).containsExactly(EndedRequestCarrier.class,
					LocaleCarrier.class, MdcCarrier.class, HandlerOnlyCarrier.class, HandlerOnlyCarrier.class));
	}

	@Test
	void disabledHandlersArePlainAndLogSaysSo(CapturedOutput output) {
		this.contextRunner.withPropertyValues("early-response.enabled=false").run((context) -> {
			assertThat(context).hasNotFailed()
				.doesNotHaveBean("earlyResponseFilter")
				.doesNotHaveBean(PostPhaseRegistry.class);
			assertThat(AopUtils.isAopProxy(context.getBean(Shop.class))).isFalse();
			assertThat(output).containsOnlyOnce("early-response.enabled is false");
		});
	}

	@Test
	void disabledHandlerStillGetsItsAfterResponse() {
		this.contextRunner.withPropertyValues("early-response.enabled=false").run((context) -> {
			MockMvcTester mvc = MockMvcTester.from((WebApplicationContext) context.getSourceApplicationContext());
			assertThat(mvc.get().uri("/order")).hasStatusOk().hasBodyTextEqualTo("ordered");
			assertThat(context.getBean(Shop.class).ran).isFalse();
		});
	}

	@Test
	void enabledApplicationDoesNotSpeakOfBeingDisabled(CapturedOutput output) {
		this.contextRunner.run((context) -> assertThat(output).doesNotContain("early-response.enabled"));
	}

	@Test
	void beansThatAreLazyStart() {
		WebContexts.lazy(this.contextRunner)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(PostPhaseOperations.class));
	}

	@Test
	void otherApplicationsAreLeftAlone() {
		AutoConfigurations ours = AutoConfigurations.of(EarlyResponseAutoConfiguration.class,
				EarlyResponseEndpointAutoConfiguration.class, EarlyResponseHealthAutoConfiguration.class,
				EarlyResponseMetricsAutoConfiguration.class);
		new ApplicationContextRunner().withConfiguration(ours)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PostPhaseEngine.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(ours)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PostPhaseEngine.class));
	}

	@Test
	void worksWithoutMicrometer() {
		this.filteredRunner.withClassLoader(new FilteredClassLoader("io.micrometer.core", "io.micrometer.observation"))
			.run((context) -> {
				assertThat(context).hasNotFailed().hasSingleBean(PostPhaseEngine.class);
				assertThat(context).doesNotHaveBean("postPhaseMetrics");
				assertThat(carriers(context)).containsExactly(EndedRequestCarrier.class, LocaleCarrier.class,
						MdcCarrier.class, SecurityCarrier.class);
			});
		this.filteredRunner.withClassLoader(new FilteredClassLoader(MeterRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("postPhaseMetrics"));
		this.filteredRunner.withClassLoader(new FilteredClassLoader(ObservationRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("observationContextCarrier"));
	}

	@Test
	void worksWithoutSpringSecurity() {
		this.filteredRunner.withClassLoader(new FilteredClassLoader(SecurityContextHolder.class.getPackageName()))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(carriers(context)).containsExactly(EndedRequestCarrier.class, LocaleCarrier.class,
						MdcCarrier.class, ObservationCarrier.class);
			});
	}

	@Test
	void worksWithoutMdc() {
		this.filteredRunner.withClassLoader(new FilteredClassLoader(MDC.class)).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(carriers(context)).containsExactly(EndedRequestCarrier.class, LocaleCarrier.class,
					ObservationCarrier.class, SecurityCarrier.class);
		});
	}

	@Test
	void worksWithoutTransactions() {
		this.filteredRunner.withClassLoader(new FilteredClassLoader(TransactionSynchronization.class.getPackageName()))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(PostPhaseEngine.class));
	}

	@Test
	void metricsNeedRegistry() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(PostPhaseMetrics.class));
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasSingleBean(PostPhaseMetrics.class));
	}

	@Test
	void metricsOfTheApplicationReplaceOurs() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean("own", PostPhaseMetrics.class,
					() -> new PostPhaseMetrics(new SimpleMeterRegistry(), mock(PostPhaseOperations.class)))
			.run((context) -> assertThat(context).hasSingleBean(PostPhaseMetrics.class).hasBean("own"));
	}

	@Test
	void applicationWithTwoRegistriesStarts() {
		this.contextRunner.withBean("one", SimpleMeterRegistry.class)
			.withBean("two", SimpleMeterRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void metricsNeedOperations() {
		this.contextRunner.withBean(SimpleMeterRegistry.class)
			.withBean(OwnEngine.class)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(PostPhaseMetrics.class));
	}

	@Test
	void metricsListenToTheEngine() {
		this.contextRunner.withBean(SimpleMeterRegistry.class).run((context) -> {
			Reservation reservation = Reservations.reserve(context.getBean(PostPhaseEngine.class), "pack");
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("early.response.accepted").tag("name", "pack").counter().count()).isEqualTo(1);
			assertThat(registry.get("early.response.in.flight").gauge().value()).isEqualTo(1);
			context.getBean(PostPhaseOperations.class).cancel(reservation.named(0).id());
			assertThat(registry.get("early.response.finished").tag("outcome", "cancelled").counter().count())
				.isEqualTo(1);
		});
	}

	@Test
	void timersNeedNoRegistryOfObservations() {
		this.contextRunner.withBean(SimpleMeterRegistry.class).run((context) -> {
			assertThat(context).doesNotHaveBean(ObservationRegistry.class);
			Reservations.start(context.getBean(PostPhaseEngine.class), "pack", (postPhase) -> {
			});
			assertThat(context.getBean(PostPhaseOperations.class).awaitIdle(Duration.ofSeconds(30))).isTrue();
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("early.response.post.phase").tag("outcome", "completed").timer().count())
				.isEqualTo(1);
			assertThat(registry.get("early.response.wait").tag("name", "pack").timer().count()).isEqualTo(1);
		});
	}

	@Test
	void storedTracesAreRestoredWhereThereIsATracer() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(TraceRestorer.class));
		this.contextRunner.withBean(Tracer.class, () -> Tracer.NOOP)
			.run((context) -> assertThat(context).hasSingleBean(TraceRestorer.class));
	}

	@Test
	void tracesAreLinkedOnDemandOnly() {
		WebApplicationContextRunner traced = this.contextRunner.withBean(Tracer.class, () -> Tracer.NOOP);
		traced.run((context) -> assertThat(context).doesNotHaveBean(LinkingTracingObservationHandler.class));
		traced.withPropertyValues("early-response.observation.linked=true")
			.run((context) -> assertThat(context).hasSingleBean(LinkingTracingObservationHandler.class));
		this.filteredRunner.withPropertyValues("early-response.observation.linked=true")
			.withClassLoader(new FilteredClassLoader(Tracer.class))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@RestController
	static class Shop {

		volatile boolean ran;

		@GetMapping("/order")
		@RespondThenContinue
		String order(AfterResponse after) {
			assertThat(after.run("mail", (context) -> this.ran = true)).isNotBlank();
			assertThat(after.call("work")).isNotBlank();
			return "ordered";
		}

		@PostPhase
		void work() {
			this.ran = true;
		}

	}

	/**
	 * Its proxy belongs to another class loader, and so to another package.
	 */
	@RestController
	public static class PublicShop {

		@GetMapping("/order")
		@RespondThenContinue
		public String order(AfterResponse after) {
			return "ordered";
		}

	}

	@RestController
	static class Plain {

		@GetMapping("/plain")
		String plain() {
			return "plain";
		}

	}

	static class OwnEngine implements PostPhaseEngine {

		@Override
		public Reservation reserve(ReservationRequest request) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int capacity() {
			return 1;
		}

	}

}
