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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The meters of one kind that are in use, by the name of the post-phase: finding them in
 * the registry each time would cost as much as all the rest of a post-phase.
 *
 * @param <M> the type of the meters
 */
final class PostPhaseMeterCache<M extends Meter> {

	private final Map<String, M> meters = new ConcurrentHashMap<>();

	private final Function<String, M> registration;

	PostPhaseMeterCache(MeterRegistry registry, Function<String, M> registration) {
		this.registration = registration;
		registry.config().onMeterRemoved((removed) -> this.meters.values().remove(removed));
	}

	M get(String name) {
		M meter = this.meters.get(name);
		if (meter == null) {
			meter = this.registration.apply(name);
			this.meters.put(name, meter);
		}
		return meter;
	}

}
