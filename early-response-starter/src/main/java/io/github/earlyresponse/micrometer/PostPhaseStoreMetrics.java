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
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoreObserver;
import io.github.earlyresponse.engine.StoredCounts;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;

/**
 * Measures the store of durable post-phases. The gauges show what the store has counted
 * some seconds ago, and {@code NaN} if it could not count for some time.
 */
public final class PostPhaseStoreMetrics implements StoreObserver {

	private final PostPhaseMeterCache<Counter> crashed;

	private final Timer flush;

	private final DistributionSummary flushSize;

	/**
	 * Creates the metrics and registers the meters.
	 * @param registry where the meters are
	 * @param store what the gauges ask
	 */
	public PostPhaseStoreMetrics(MeterRegistry registry, PostPhaseStore store) {
		this.crashed = PostPhaseMetrics.counters(PostPhaseMeterDocumentation.CRASHED, registry);
		this.flush = Timer.builder(PostPhaseMeterDocumentation.FLUSH.getName())
			.description(PostPhaseMeterDocumentation.FLUSH.getDescription())
			.register(registry);
		this.flushSize = DistributionSummary.builder(PostPhaseMeterDocumentation.FLUSH_SIZE.getName())
			.description(PostPhaseMeterDocumentation.FLUSH_SIZE.getDescription())
			.baseUnit(PostPhaseMeterDocumentation.FLUSH_SIZE.getBaseUnit())
			.register(registry);
		stored("leased", store, StoredCounts::leased, registry);
		stored("due", store, StoredCounts::due, registry);
		stored("waiting", store, StoredCounts::waiting, registry);
		stored("dead", store, StoredCounts::dead, registry);
		TimeGauge
			.builder(PostPhaseMeterDocumentation.OLDEST_DUE.getName(), store, TimeUnit.SECONDS,
					PostPhaseStoreMetrics::oldestDue)
			.description(PostPhaseMeterDocumentation.OLDEST_DUE.getDescription())
			.register(registry);
		// So that the first scrape finds something
		store.counts();
	}

	private static void stored(String state, PostPhaseStore store, ToLongFunction<StoredCounts> count,
			MeterRegistry registry) {
		Gauge.builder(PostPhaseMeterDocumentation.STORED.getName(), store, (counted) -> {
			StoredCounts counts = counted.counts();
			return (counts != null) ? count.applyAsLong(counts) : Double.NaN;
		})
			.description(PostPhaseMeterDocumentation.STORED.getDescription())
			.baseUnit(PostPhaseMeterDocumentation.STORED.getBaseUnit())
			.tag(PostPhaseKeyNames.STATE.asString(), state)
			.register(registry);
	}

	private static double oldestDue(PostPhaseStore store) {
		StoredCounts counts = store.counts();
		if (counts == null) {
			return Double.NaN;
		}
		Instant oldestDue = counts.oldestDue();
		return (oldestDue != null) ? Math.max(0, Duration.between(oldestDue, Instant.now()).toMillis() / 1000.0) : 0;
	}

	@Override
	public void stored(int size, Duration duration) {
		this.flush.record(duration);
		this.flushSize.record(size);
	}

	@Override
	public void crashed(String name) {
		this.crashed.get(name).increment();
	}

}
