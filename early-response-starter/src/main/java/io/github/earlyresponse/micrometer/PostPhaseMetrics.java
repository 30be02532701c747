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

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Counts and times post-phases.
 */
public final class PostPhaseMetrics implements PostPhaseListener {

	private final MeterRegistry registry;

	private final Map<String, Counter> accepted = new ConcurrentHashMap<>();

	private final Map<String, Counter> rejected = new ConcurrentHashMap<>();

	private final Map<TimerKey, Timer> timers = new ConcurrentHashMap<>();

	/**
	 * Creates the metrics and registers the gauges.
	 * @param registry where the meters are
	 * @param operations what the gauges ask
	 */
	public PostPhaseMetrics(MeterRegistry registry, PostPhaseOperations operations) {
		this.registry = registry;
		Gauge.builder("early.response.in.flight", operations, PostPhaseOperations::inFlightCount)
			.description("Post-phases that were accepted and have not ended")
			.register(registry);
		Gauge.builder("early.response.queued", operations, PostPhaseOperations::queuedCount)
			.description("Post-phases whose response is complete and that wait for a thread")
			.register(registry);
		Gauge.builder("early.response.capacity", operations, PostPhaseOperations::capacity)
			.description("Post-phases that can be in flight at once")
			.register(registry);
	}

	@Override
	public void accepted(PostPhaseExecution postPhase) {
		this.accepted
			.computeIfAbsent(postPhase.name(),
					(name) -> counter("early.response.accepted", "Post-phases for which room was reserved", name))
			.increment();
	}

	@Override
	public void rejected(String name) {
		this.rejected
			.computeIfAbsent(name,
					(key) -> counter("early.response.rejected", "Post-phases for which there was no room", key))
			.increment();
	}

	@Override
	public void finished(PostPhaseResult result) {
		this.timers.computeIfAbsent(new TimerKey(result.postPhase().name(), result.outcome()), this::timer)
			.record(result.duration());
	}

	private Counter counter(String meter, String description, String name) {
		return Counter.builder(meter).description(description).tag("name", name).register(this.registry);
	}

	private Timer timer(TimerKey key) {
		return Timer.builder("early.response.post.phase")
			.description("Time from the start of a post-phase to its end, by outcome")
			.tag("name", key.name())
			.tag("outcome", key.outcome().name().toLowerCase(Locale.ROOT))
			.register(this.registry);
	}

	private record TimerKey(String name, PostPhaseOutcome outcome) {
	}

}
