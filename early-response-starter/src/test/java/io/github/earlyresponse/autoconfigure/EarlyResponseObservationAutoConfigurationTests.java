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

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.micrometer.DefaultPostPhaseObservationConvention;
import io.github.earlyresponse.micrometer.PostPhaseObservationContext;
import io.github.earlyresponse.micrometer.PostPhaseObservationConvention;
import io.github.earlyresponse.micrometer.PostPhaseObservations;
import io.github.earlyresponse.micrometer.PostPhaseTimers;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.testsupport.Reservations;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationPredicate;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationTextPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationHandlerGroup;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EarlyResponseObservationAutoConfiguration}.
 */
class EarlyResponseObservationAutoConfigurationTests {

	private final WebApplicationContextRunner contextRunner = WebContexts.withStarter()
		.withConfiguration(
				SortedAutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
						CompositeMeterRegistryAutoConfiguration.class, ObservationAutoConfiguration.class));

	private static MeterRegistry run(ApplicationContext context) throws InterruptedException {
		Reservations.start(context.getBean(PostPhaseEngine.class), "pack", (postPhase) -> {
		});
		assertThat(context.getBean(PostPhaseOperations.class).awaitIdle(Duration.ofSeconds(30))).isTrue();
		return context.getBean(MeterRegistry.class);
	}

	@Test
	void metersAloneNeedNoObservation() {
		this.contextRunner.run((context) -> {
			assertThat(context).getBean(PostPhaseObserver.class).isInstanceOf(PostPhaseTimers.class);
			assertThat(run(context).get("early.response.post.phase")
				.tag("name", "pack")
				.tag("outcome", "completed")
				.tag("error", "none")
				.timer()
				.count()).isEqualTo(1);
			assertThat(context.getBean(MeterRegistry.class)
				.get("early.response.post.phase.active")
				.tag("name", "pack")
				.tag("outcome", "none")
				.longTaskTimer()
				.activeTasks()).isZero();
		});
	}

	@Test
	void observationOnDemand() {
		this.contextRunner.withPropertyValues("early-response.observation.always=true").run((context) -> {
			assertThat(context).getBean(PostPhaseObserver.class).isInstanceOf(PostPhaseObservations.class);
			ObservationRegistry registry = context.getBean(ObservationRegistry.class);
			ObservationTextPublisher publisher = new ObservationTextPublisher((text) -> {
			});
			registry.observationConfig().observationHandler(publisher);
			assertThat(run(context).get("early.response.post.phase").timer().count()).isEqualTo(1);
		});
	}

	static Stream<Class<?>> customizations() {
		return Stream.of(Customizations.class.getDeclaredClasses());
	}

	@ParameterizedTest
	@MethodSource("customizations")
	void whateverCustomizesObservationsGetsThem(Class<?> customization) {
		this.contextRunner.withUserConfiguration(customization)
			.run((context) -> assertThat(context).getBean(PostPhaseObserver.class)
				.isInstanceOf(PostPhaseObservations.class));
	}

	@Test
	void tracingGetsObservations() {
		this.contextRunner
			.withConfiguration(SortedAutoConfigurations.of(NoopTracerAutoConfiguration.class,
					MicrometerTracingAutoConfiguration.class))
			.run((context) -> assertThat(context).getBean(PostPhaseObserver.class)
				.isInstanceOf(PostPhaseObservations.class));
	}

	@Test
	void handlerOfLaterAutoConfigurationGetsObservations() {
		this.contextRunner.withConfiguration(SortedAutoConfigurations.of(LaterAutoConfiguration.class))
			.run((context) -> assertThat(context).getBean(PostPhaseObserver.class)
				.isInstanceOf(PostPhaseObservations.class));
	}

	@Test
	void handlerOfParentContextGetsObservations() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(
				Customizations.Handler.class)) {
			this.contextRunner.withParent(parent)
				.run((context) -> assertThat(context).getBean(PostPhaseObserver.class)
					.isInstanceOf(PostPhaseObservations.class));
		}
	}

	@Test
	void handlerRegisteredAsSingletonGetsObservations() {
		ObservationHandler<Observation.Context> handler = new ObservationTextPublisher((text) -> {
		});
		this.contextRunner
			.withInitializer((context) -> context.getBeanFactory().registerSingleton("publisher", handler))
			.run((context) -> assertThat(context).getBean(PostPhaseObserver.class)
				.isInstanceOf(PostPhaseObservations.class));
	}

	@Test
	void observerOfTheApplicationWins() {
		PostPhaseObserver own = (postPhase) -> (outcome, failure) -> {
		};
		this.contextRunner.withBean(PostPhaseObserver.class, () -> own)
			.run((context) -> assertThat(context).getBean(PostPhaseObserver.class).isSameAs(own));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void settingsOfSpringBootApplyBothWays(boolean observation) {
		WebApplicationContextRunner runner = this.contextRunner
			.withPropertyValues("early-response.observation.always=" + observation);
		runner.withPropertyValues("management.observations.key-values.region=berlin").run((context) -> {
			MeterRegistry meters = run(context);
			assertThat(meters.get("early.response.post.phase").timer().getId().getTag("region")).isEqualTo("berlin");
			assertThat(meters.get("early.response.post.phase.active").longTaskTimer().getId().getTag("region"))
				.isNull();
		});
		runner.withPropertyValues("management.observations.enable.early.response=false")
			.run((context) -> assertThat(run(context).getMeters())
				.noneMatch((meter) -> meter.getId().getName().startsWith("early.response.post.phase")));
		runner.withPropertyValues("management.metrics.observations.ignored-meters=long-task-timer").run((context) -> {
			MeterRegistry meters = run(context);
			assertThat(meters.find("early.response.post.phase").timer()).isNotNull();
			assertThat(meters.find("early.response.post.phase.active").longTaskTimer()).isNull();
		});
		runner.withPropertyValues("management.metrics.enable.early.response.post.phase.active=false").run((context) -> {
			MeterRegistry meters = run(context);
			assertThat(meters.find("early.response.post.phase").timer()).isNotNull();
			assertThat(meters.find("early.response.post.phase.active").longTaskTimer()).isNull();
		});
	}

	@Test
	void withoutRegistryConventionStillApplies() {
		WebContexts.withStarter()
			.withBean(SimpleMeterRegistry.class)
			.withBean(PostPhaseObservationConvention.class, BerlinConvention::new)
			.run((context) -> assertThat(run(context).get("early.response.post.phase").timer().getId().getTag("region"))
				.isEqualTo("berlin"));
	}

	/**
	 * What an application can have.
	 */
	static final class Customizations {

		@Configuration(proxyBeanMethods = false)
		static class Handler {

			@Bean
			ObservationHandler<Observation.Context> publisher() {
				return new ObservationTextPublisher((text) -> {
				});
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class MeterHandler {

			@Bean
			DefaultMeterObservationHandler ownMeterHandler(MeterRegistry registry) {
				return new DefaultMeterObservationHandler(registry);
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class HandlerGroup {

			@Bean
			ObservationHandlerGroup group() {
				return ObservationHandlerGroup.of(ObservationTextPublisher.class);
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class Predicate {

			@Bean
			ObservationPredicate predicate() {
				return (name, context) -> true;
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class Filter {

			@Bean
			ObservationFilter filter() {
				return (context) -> context;
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class Customizer {

			@Bean
			ObservationRegistryCustomizer<ObservationRegistry> customizer() {
				return (registry) -> {
				};
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class Convention {

			@Bean
			PostPhaseObservationConvention convention() {
				return new DefaultPostPhaseObservationConvention();
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class GlobalConvention {

			@Bean
			GlobalObservationConvention<PostPhaseObservationContext> convention() {
				return (context) -> true;
			}

		}

		@Configuration(proxyBeanMethods = false)
		static class Registry {

			@Bean
			ObservationRegistry ownRegistry() {
				return ObservationRegistry.create();
			}

		}

	}

	@AutoConfiguration(after = EarlyResponseObservationAutoConfiguration.class)
	static class LaterAutoConfiguration {

		@Bean
		ObservationHandler<Observation.Context> publisher() {
			return new ObservationTextPublisher((text) -> {
			});
		}

	}

	private static final class BerlinConvention extends DefaultPostPhaseObservationConvention {

		@Override
		public KeyValues getLowCardinalityKeyValues(PostPhaseObservationContext context) {
			return super.getLowCardinalityKeyValues(context).and("region", "berlin");
		}

	}

}
