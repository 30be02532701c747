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

package io.github.earlyresponse.context;

import io.github.earlyresponse.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Carries the current observation, and with it the trace, so that what the post-phase
 * observes and logs belongs to the trace of its request.
 */
public final class ObservationCarrier implements ContextCarrier {

	private final ObservationRegistry registry;

	/**
	 * Creates the carrier.
	 * @param registry which knows the current observation
	 */
	public ObservationCarrier(ObservationRegistry registry) {
		this.registry = registry;
	}

	@Override
	public @Nullable Context capture() {
		Observation observation = this.registry.getCurrentObservation();
		if (observation == null) {
			return null;
		}
		return () -> {
			Observation.Scope scope = observation.openScope();
			return scope::close;
		};
	}

}
