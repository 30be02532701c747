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

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts post-phases, and times what comes before they run. How long they run is timed by
 * their {@linkplain PostPhaseObservations observation}.
 */
public final class PostPhaseMetrics implements PostPhaseListener {

	private final PostPhaseMeterCache<String, Counter> accepted;

	private final PostPhaseMeterCache<String, Counter> rejected;

	private final PostPhaseMeterCache<String, Counter> failedAttempts;

	private final PostPhaseMeterCache<Ending<PostPhaseOutcome>, Counter> finished;

	private final PostPhaseMeterCache<Ending<Delivery>, Counter> deliveries;

	private final PostPhaseMeterCache<String, Timer> response;

	private final PostPhaseMeterCache<String, Timer> wait;

	/**
	 * Creates the metrics and registers the gauges.
	 * @param registry where the meters are
	 * @param operations what the gauges ask
	 */
	public PostPhaseMetrics(MeterRegistry registry, PostPhaseOperations operations) {
		this.accepted = counters(PostPhaseMeterDocumentation.ACCEPTED, registry);
		this.rejected = counters(PostPhaseMeterDocumentation.REJECTED, registry);
		this.failedAttempts = counters(PostPhaseMeterDocumentation.FAILED_ATTEMPTS, registry);
		this.finished = counters(PostPhaseMeterDocumentation.FINISHED, PostPhaseKeyNames.OUTCOME, registry);
		this.deliveries = counters(PostPhaseMeterDocumentation.DELIVERIES, PostPhaseKeyNames.DELIVERY, registry);
		this.response = timers(PostPhaseMeterDocumentation.RESPONSE, registry);
		this.wait = timers(PostPhaseMeterDocumentation.WAIT, registry);
		gauge(PostPhaseMeterDocumentation.IN_FLIGHT, operations, PostPhaseOperations::inFlightCount, registry);
		gauge(PostPhaseMeterDocumentation.QUEUED, operations, PostPhaseOperations::queuedCount, registry);
		gauge(PostPhaseMeterDocumentation.CAPACITY, operations, PostPhaseOperations::capacity, registry);
	}

	private static PostPhaseMeterCache<String, Counter> counters(PostPhaseMeterDocumentation meter,
			MeterRegistry registry) {
		return new PostPhaseMeterCache<>(registry, (name) -> counter(meter, Tags.of(nameTag(name)), registry));
	}

	private static <E extends Enum<E>> PostPhaseMeterCache<Ending<E>, Counter> counters(
			PostPhaseMeterDocumentation meter, PostPhaseKeyNames key, MeterRegistry registry) {
		return new PostPhaseMeterCache<>(registry, (ending) -> counter(meter,
				Tags.of(nameTag(ending.name()), Tag.of(key.asString(), ending.tagValue())), registry));
	}

	private static Counter counter(PostPhaseMeterDocumentation meter, Tags tags, MeterRegistry registry) {
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(tags)
			.register(registry);
	}

	private static PostPhaseMeterCache<String, Timer> timers(PostPhaseMeterDocumentation meter,
			MeterRegistry registry) {
		return new PostPhaseMeterCache<>(registry,
				(name) -> Timer.builder(meter.getName())
					.description(meter.getDescription())
					.tags(Tags.of(nameTag(name)))
					.register(registry));
	}

	private static Tag nameTag(String name) {
		return Tag.of(PostPhaseKeyNames.NAME.asString(), name);
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
		this.accepted.get(postPhase.name()).increment();
	}

	@Override
	public void rejected(String name) {
		this.rejected.get(name).increment();
	}

	@Override
	public void started(PostPhaseExecution postPhase) {
		if (postPhase.attempt() > 1) {
			return;
		}
		Instant responded = postPhase.respondedAt();
		record(this.response, postPhase, postPhase.acceptedAt(), responded);
		record(this.wait, postPhase, responded, postPhase.startedAt());
	}

	private static void record(PostPhaseMeterCache<String, Timer> timers, PostPhaseExecution postPhase,
			@Nullable Instant from, @Nullable Instant to) {
		if (from != null && to != null) {
			timers.get(postPhase.name()).record(Duration.between(from, to));
		}
	}

	@Override
	public void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
		this.failedAttempts.get(postPhase.name()).increment();
	}

	@Override
	public void finished(PostPhaseResult result) {
		PostPhaseExecution postPhase = result.postPhase();
		this.finished.get(new Ending<>(postPhase.name(), result.outcome())).increment();
		this.deliveries.get(new Ending<>(postPhase.name(), postPhase.delivery())).increment();
	}

	/**
	 * How post-phases of one name have ended.
	 */
	private record Ending<E extends Enum<E>>(String name, E value) {

		String tagValue() {
			return this.value.name().toLowerCase(Locale.ROOT);
		}

	}

}
