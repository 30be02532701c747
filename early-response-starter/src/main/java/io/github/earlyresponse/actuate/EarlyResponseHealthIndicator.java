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

package io.github.earlyresponse.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoredCounts;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} that shows how much capacity there is for post-phases, and how
 * many are stored.
 */
public class EarlyResponseHealthIndicator extends AbstractHealthIndicator {

	private final PostPhaseOperations operations;

	private final Saturation saturation;

	private final Status whenSaturated;

	private final @Nullable PostPhaseStore store;

	/**
	 * Creates the indicator.
	 * @param operations the post-phases in flight
	 * @param saturation whether there is hardly room for more
	 * @param whenSaturated the status meanwhile
	 * @param store where durable post-phases are stored, {@code null} if they are not
	 */
	public EarlyResponseHealthIndicator(PostPhaseOperations operations, Saturation saturation, Status whenSaturated,
			@Nullable PostPhaseStore store) {
		this.operations = operations;
		this.saturation = saturation;
		this.whenSaturated = whenSaturated;
		this.store = store;
		if (store != null) {
			// So that the first request finds something
			store.counts();
		}
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		boolean saturated = this.saturation.isSaturated();
		builder.status((saturated) ? this.whenSaturated : Status.UP)
			.withDetail("inFlight", this.operations.inFlightCount())
			.withDetail("queued", this.operations.queuedCount())
			.withDetail("capacity", this.operations.capacity())
			.withDetail("saturated", saturated);
		if (this.store != null) {
			builder.withDetail("stored", describe(this.store.counts()));
		}
	}

	/**
	 * A database that cannot be reached changes no status: all nodes would be out of
	 * service at once, and they can do all that needs none.
	 */
	private static Object describe(@Nullable StoredCounts counts) {
		if (counts == null) {
			return "unknown";
		}
		Map<String, Long> description = new LinkedHashMap<>();
		description.put("leased", counts.leased());
		description.put("due", counts.due());
		description.put("waiting", counts.waiting());
		description.put("dead", counts.dead());
		return description;
	}

}
