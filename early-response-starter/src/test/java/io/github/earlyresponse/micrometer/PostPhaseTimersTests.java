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

package io.github.earlyresponse.micrometer;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler.IgnoredMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * {@link PostPhaseTimers} are the meters of {@link PostPhaseObservations}.
 */
class PostPhaseTimersTests {

	private static final Tags EXTRA_TAGS = Tags.of("region", "berlin");

	static List<Consumer<MeterRegistry.Config>> settings() {
		return List.of((config) -> {
		}, (config) -> config.commonTags("application", "shop"),
				(config) -> config.meterFilter(MeterFilter.denyNameStartsWith("early.response.post.phase.active")),
				(config) -> config.meterFilter(MeterFilter.deny()),
				(config) -> config.meterFilter(MeterFilter.ignoreTags("error", "region")),
				(config) -> config.meterFilter(
						MeterFilter.maximumAllowableTags("early.response.post.phase", "name", 1, MeterFilter.deny())),
				(config) -> config.meterFilter(new Histograms()));
	}

	@ParameterizedTest
	@MethodSource("settings")
	void scrapeIsThatOfObservations(Consumer<MeterRegistry.Config> settings) {
		Registry timed = new Registry(settings);
		Registry observed = new Registry(settings);
		for (boolean active : new boolean[] { true, false }) {
			PostPhaseObserver.Run running = run(new PostPhaseTimers(timed.meters, EXTRA_TAGS, active), timed);
			PostPhaseObserver.Run observedRunning = run(observations(observed.meters, active), observed);
			assertThat(timed.prometheus.scrape()).isEqualTo(observed.prometheus.scrape());
			assertThat(timed.description()).containsExactlyInAnyOrderElementsOf(observed.description());
			running.ended(PostPhaseOutcome.CANCELLED, null);
			observedRunning.ended(PostPhaseOutcome.CANCELLED, null);
			assertThat(timed.prometheus.scrape()).isEqualTo(observed.prometheus.scrape());
		}
	}

	@Test
	void scrapeHasEachOutcome() {
		Registry registry = new Registry((config) -> {
		});
		run(new PostPhaseTimers(registry.meters, EXTRA_TAGS, true), registry);
		assertThat(registry.prometheus.scrape())
			.contains("early_response_post_phase_seconds_count{error=\"IOException\",name=\"mail\","
					+ "outcome=\"failed\",region=\"berlin\"} 1")
			.contains("early_response_post_phase_seconds_sum{error=\"none\",name=\"pack\",outcome=\"completed\","
					+ "region=\"berlin\"} 2.0")
			.contains("early_response_post_phase_active_seconds_count{name=\"pack\",outcome=\"none\"} 1")
			.contains("early_response_post_phase_active_seconds_sum{name=\"pack\",outcome=\"none\"} 3.0");
	}

	@Test
	void goesOnWhenItsMetersAreRemoved() {
		Registry registry = new Registry((config) -> {
		});
		PostPhaseObserver timers = new PostPhaseTimers(registry.meters, Tags.empty(), true);
		PostPhaseObserver.Run before = timers.started(postPhase("pack"));
		registry.meters.clear();
		before.ended(PostPhaseOutcome.COMPLETED, null);
		registry.meters.clear();
		timers.started(postPhase("pack"));
		timers.started(postPhase("pack")).ended(PostPhaseOutcome.COMPLETED, null);
		assertThat(registry.meters.get("early.response.post.phase").timer().count()).isEqualTo(1);
		assertThat(registry.meters.get("early.response.post.phase.active").longTaskTimer().activeTasks()).isEqualTo(1);
	}

	private static PostPhaseObserver observations(MeterRegistry meters, boolean active) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig()
			.observationHandler((active) ? new DefaultMeterObservationHandler(meters)
					: new DefaultMeterObservationHandler(meters, IgnoredMeters.LONG_TASK_TIMER))
			.observationFilter((context) -> {
				KeyValues extra = KeyValues.of(EXTRA_TAGS, Tag::getKey, Tag::getValue);
				return context.addLowCardinalityKeyValues(extra);
			});
		return new PostPhaseObservations(registry, null);
	}

	/**
	 * Each outcome of two names.
	 * @return one that still runs
	 */
	private static PostPhaseObserver.Run run(PostPhaseObserver observer, Registry registry) {
		for (String name : List.of("pack", "mail")) {
			for (PostPhaseOutcome outcome : PostPhaseOutcome.values()) {
				observe(observer, registry, name, outcome, null);
				observe(observer, registry, name, outcome, new IOException("expected"));
				observe(observer, registry, name, outcome, new IOException("expected") {

				});
			}
			observe(observer, registry, name, null, null);
			observe(observer, registry, name, null, new IllegalStateException("expected"));
		}
		observe(observer, registry, "pack", PostPhaseOutcome.COMPLETED, null);
		PostPhaseObserver.Run running = observer.started(postPhase("pack"));
		registry.clock.add(Duration.ofSeconds(3));
		return running;
	}

	private static void observe(PostPhaseObserver observer, Registry registry, String name, PostPhaseOutcome outcome,
			Throwable failure) {
		PostPhaseObserver.Run run = observer.started(postPhase(name));
		registry.clock.add(Duration.ofSeconds(1));
		run.ended(outcome, failure);
	}

	private static PostPhaseExecution postPhase(String name) {
		PostPhaseExecution postPhase = mock(PostPhaseExecution.class);
		given(postPhase.name()).willReturn(name);
		given(postPhase.id()).willReturn("1");
		given(postPhase.delivery()).willReturn(Delivery.UNKNOWN);
		return postPhase;
	}

	/**
	 * Two registries in one, as many applications have.
	 */
	private static final class Registry {

		private final MockClock clock = new MockClock();

		private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT,
				new PrometheusRegistry(), this.clock);

		private final CompositeMeterRegistry meters = new CompositeMeterRegistry(this.clock);

		Registry(Consumer<MeterRegistry.Config> settings) {
			this.meters.config().meterFilter(new PostPhaseTimerDescriptions());
			settings.accept(this.meters.config());
			settings.accept(this.prometheus.config());
			this.meters.add(this.prometheus);
			this.meters.add(new SimpleMeterRegistry());
		}

		private Stream<Meter> all() {
			return Stream.concat(this.meters.getMeters().stream(),
					this.meters.getRegistries().stream().flatMap((registry) -> registry.getMeters().stream()));
		}

		private List<String> description() {
			return all().map((meter) -> meter.getId() + meter.getId().getDescription() + meter.getId().getType())
				.toList();
		}

	}

	private static final class Histograms implements MeterFilter {

		@Override
		public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
			return DistributionStatisticConfig.builder()
				.percentilesHistogram(true)
				.serviceLevelObjectives(Duration.ofSeconds(1).toNanos())
				.build()
				.merge(config);
		}

	}

}
