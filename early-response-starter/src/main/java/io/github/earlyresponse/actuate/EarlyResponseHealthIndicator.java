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

import io.github.earlyresponse.PostPhaseOperations;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} that tells how much room there is for post-phases.
 */
public class EarlyResponseHealthIndicator extends AbstractHealthIndicator {

	private final PostPhaseOperations operations;

	private final Saturation saturation;

	private final Status whenSaturated;

	/**
	 * Creates the indicator.
	 * @param operations the post-phases in flight
	 * @param saturation whether there is hardly room for more
	 * @param whenSaturated the status meanwhile
	 */
	public EarlyResponseHealthIndicator(PostPhaseOperations operations, Saturation saturation, Status whenSaturated) {
		this.operations = operations;
		this.saturation = saturation;
		this.whenSaturated = whenSaturated;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		boolean saturated = this.saturation.isSaturated();
		builder.status((saturated) ? this.whenSaturated : Status.UP)
			.withDetail("inFlight", this.operations.inFlightCount())
			.withDetail("queued", this.operations.queuedCount())
			.withDetail("capacity", this.operations.capacity())
			.withDetail("saturated", saturated);
	}

}
