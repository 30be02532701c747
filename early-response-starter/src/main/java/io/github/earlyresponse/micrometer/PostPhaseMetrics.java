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

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts post-phases, and times what comes before they run. How long they run is timed by
 * their {@linkplain PostPhaseObservations observation}.
 */
public final class PostPhaseMetrics implements PostPhaseListener {

	private final MeterProvider<Counter> accepted;

	private final MeterProvider<Counter> rejected;

	private final MeterProvider<Counter> finished;

	private final MeterProvider<Counter> deliveries;

	private final MeterProvider<Timer> response;

	private final MeterProvider<Timer> wait;

	/**
	 * Creates the metrics and registers the gauges.
	 * @param registry where the meters are
	 * @param operations what the gauges ask
	 */
	public PostPhaseMetrics(MeterRegistry registry, PostPhaseOperations operations) {
		this.accepted = counter(PostPhaseMeterDocumentation.ACCEPTED, registry);
		this.rejected = counter(PostPhaseMeterDocumentation.REJECTED, registry);
		this.finished = counter(PostPhaseMeterDocumentation.FINISHED, registry);
		this.deliveries = counter(PostPhaseMeterDocumentation.DELIVERIES, registry);
		this.response = timer(PostPhaseMeterDocumentation.RESPONSE, registry);
		this.wait = timer(PostPhaseMeterDocumentation.WAIT, registry);
		gauge(PostPhaseMeterDocumentation.IN_FLIGHT, operations, PostPhaseOperations::inFlightCount, registry);
		gauge(PostPhaseMeterDocumentation.QUEUED, operations, PostPhaseOperations::queuedCount, registry);
		gauge(PostPhaseMeterDocumentation.CAPACITY, operations, PostPhaseOperations::capacity, registry);
	}

	private static MeterProvider<Counter> counter(PostPhaseMeterDocumentation meter, MeterRegistry registry) {
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.withRegistry(registry);
	}

	private static MeterProvider<Timer> timer(PostPhaseMeterDocumentation meter, MeterRegistry registry) {
		return Timer.builder(meter.getName()).description(meter.getDescription()).withRegistry(registry);
	}

	private static void gauge(PostPhaseMeterDocumentation meter, PostPhaseOperations operations,
			ToDoubleFunction<PostPhaseOperations> value, MeterRegistry registry) {
		Gauge.builder(meter.getName(), operations, value)
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.register(registry);
	}

	@Override
	public void accepted(PostPhaseExecution postPhase) {
		this.accepted.withTag(PostPhaseKeyNames.NAME.asString(), postPhase.name()).increment();
	}

	@Override
	public void rejected(String name) {
		this.rejected.withTag(PostPhaseKeyNames.NAME.asString(), name).increment();
	}

	@Override
	public void started(PostPhaseExecution postPhase) {
		Instant responded = postPhase.respondedAt();
		record(this.response, postPhase, postPhase.acceptedAt(), responded);
		record(this.wait, postPhase, responded, postPhase.startedAt());
	}

	private static void record(MeterProvider<Timer> timer, PostPhaseExecution postPhase, @Nullable Instant from,
			@Nullable Instant to) {
		if (from != null && to != null) {
			timer.withTag(PostPhaseKeyNames.NAME.asString(), postPhase.name()).record(Duration.between(from, to));
		}
	}

	@Override
	public void finished(PostPhaseResult result) {
		PostPhaseExecution postPhase = result.postPhase();
		this.finished
			.withTags(PostPhaseKeyNames.NAME.asString(), postPhase.name(), PostPhaseKeyNames.OUTCOME.asString(),
					value(result.outcome()))
			.increment();
		this.deliveries
			.withTags(PostPhaseKeyNames.NAME.asString(), postPhase.name(), PostPhaseKeyNames.DELIVERY.asString(),
					value(postPhase.delivery()))
			.increment();
	}

	private static String value(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

}
