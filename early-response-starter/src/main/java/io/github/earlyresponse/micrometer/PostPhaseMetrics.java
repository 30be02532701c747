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
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.HandBackReason;
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

	private final PostPhaseMeterCache<Counter> accepted;

	private final PostPhaseMeterCache<Counter> rejected;

	private final PostPhaseMeterCache<Counter> failedAttempts;

	private final Map<PostPhaseOutcome, PostPhaseMeterCache<Counter>> finished;

	private final Map<Delivery, PostPhaseMeterCache<Counter>> deliveries;

	private final PostPhaseMeterCache<Timer> response;

	private final PostPhaseMeterCache<Timer> wait;

	private final PostPhaseMeterCache<Counter> takenOver;

	private final Map<HandBackReason, PostPhaseMeterCache<Counter>> handedBack;

	private final PostPhaseMeterCache<Counter> deadLetters;

	private final PostPhaseMeterCache<Timer> dueWait;

	/**
	 * Creates the metrics and registers the gauges.
	 * @param registry where the meters are
	 * @param operations what the gauges ask
	 */
	public PostPhaseMetrics(MeterRegistry registry, PostPhaseOperations operations) {
		this.accepted = counters(PostPhaseMeterDocumentation.ACCEPTED, registry);
		this.rejected = counters(PostPhaseMeterDocumentation.REJECTED, registry);
		this.failedAttempts = counters(PostPhaseMeterDocumentation.FAILED_ATTEMPTS, registry);
		this.finished = counters(PostPhaseMeterDocumentation.FINISHED, PostPhaseKeyNames.OUTCOME,
				PostPhaseOutcome.class, registry);
		this.deliveries = counters(PostPhaseMeterDocumentation.DELIVERIES, PostPhaseKeyNames.DELIVERY, Delivery.class,
				registry);
		this.response = timers(PostPhaseMeterDocumentation.RESPONSE, registry);
		this.wait = timers(PostPhaseMeterDocumentation.WAIT, registry);
		this.takenOver = counters(PostPhaseMeterDocumentation.TAKEN_OVER, registry);
		this.handedBack = counters(PostPhaseMeterDocumentation.HANDED_BACK, PostPhaseKeyNames.REASON,
				HandBackReason.class, registry);
		this.deadLetters = counters(PostPhaseMeterDocumentation.DEAD_LETTERS, registry);
		this.dueWait = timers(PostPhaseMeterDocumentation.DUE_WAIT, registry);
		gauge(PostPhaseMeterDocumentation.IN_FLIGHT, operations, PostPhaseOperations::inFlightCount, registry);
		gauge(PostPhaseMeterDocumentation.QUEUED, operations, PostPhaseOperations::queuedCount, registry);
		gauge(PostPhaseMeterDocumentation.CAPACITY, operations, PostPhaseOperations::capacity, registry);
	}

	static PostPhaseMeterCache<Counter> counters(PostPhaseMeterDocumentation meter, MeterRegistry registry) {
		return new PostPhaseMeterCache<>(registry, (name) -> counter(meter, Tags.of(nameTag(name)), registry));
	}

	/**
	 * One cache for each value of the second tag, so that a name is all that is needed to
	 * find a counter.
	 */
	private static <E extends Enum<E>> Map<E, PostPhaseMeterCache<Counter>> counters(PostPhaseMeterDocumentation meter,
			PostPhaseKeyNames key, Class<E> values, MeterRegistry registry) {
		Map<E, PostPhaseMeterCache<Counter>> counters = new EnumMap<>(values);
		for (E value : values.getEnumConstants()) {
			Tag tag = Tag.of(key.asString(), value.name().toLowerCase(Locale.ROOT));
			counters.put(value, new PostPhaseMeterCache<>(registry,
					(name) -> counter(meter, Tags.of(nameTag(name), tag), registry)));
		}
		return counters;
	}

	private static Counter counter(PostPhaseMeterDocumentation meter, Tags tags, MeterRegistry registry) {
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(tags)
			.register(registry);
	}

	private static PostPhaseMeterCache<Timer> timers(PostPhaseMeterDocumentation meter, MeterRegistry registry) {
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

	private static void record(PostPhaseMeterCache<Timer> timers, PostPhaseExecution postPhase, @Nullable Instant from,
			@Nullable Instant to) {
		if (from != null && to != null) {
			timers.get(postPhase.name()).record(nanosBetween(from, to), TimeUnit.NANOSECONDS);
		}
	}

	/**
	 * Like {@code ChronoUnit.NANOS.between}, but small enough to be inlined, so that the
	 * instants need not be allocated.
	 */
	private static long nanosBetween(Instant from, Instant to) {
		return TimeUnit.SECONDS.toNanos(to.getEpochSecond() - from.getEpochSecond()) + to.getNano() - from.getNano();
	}

	@Override
	public void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
		this.failedAttempts.get(postPhase.name()).increment();
	}

	@Override
	public void finished(PostPhaseResult result) {
		PostPhaseExecution postPhase = result.postPhase();
		increment(this.finished.get(result.outcome()), postPhase);
		increment(this.deliveries.get(postPhase.delivery()), postPhase);
	}

	@Override
	public void takenOver(PostPhaseExecution postPhase, Instant due) {
		this.takenOver.get(postPhase.name()).increment();
		// The clocks of two nodes may differ
		Duration wait = Duration.between(due, Instant.now());
		this.dueWait.get(postPhase.name()).record((wait.isNegative()) ? Duration.ZERO : wait);
	}

	@Override
	public void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
		increment(this.handedBack.get(reason), postPhase);
	}

	@Override
	public void deadLettered(DeadLetter deadLetter) {
		this.deadLetters.get(deadLetter.name()).increment();
	}

	private static void increment(@Nullable PostPhaseMeterCache<Counter> counters, PostPhaseExecution postPhase) {
		Objects.requireNonNull(counters).get(postPhase.name()).increment();
	}

}
