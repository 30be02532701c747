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

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;

/**
 * Describes the timers that Micrometer makes of observations, to which it gives no
 * description.
 */
public final class PostPhaseTimerDescriptions implements MeterFilter {

	@Override
	public Meter.Id map(Meter.Id id) {
		if (id.getName().equals(PostPhaseMeterDocumentation.POST_PHASE.getName())) {
			return describe(id, PostPhaseMeterDocumentation.POST_PHASE);
		}
		return (id.getName().equals(PostPhaseMeterDocumentation.ACTIVE.getName()))
				? describe(id, PostPhaseMeterDocumentation.ACTIVE) : id;
	}

	private static Meter.Id describe(Meter.Id id, PostPhaseMeterDocumentation meter) {
		return new Meter.Id(id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), meter.getDescription(),
				id.getType());
	}

}
