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

import java.util.Map;

import io.github.earlyresponse.StorableContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Carries the current observation, and with it the trace, so that what the post-phase
 * observes and logs belongs to the trace of its request. Of an observation that is
 * stored, the trace remains.
 */
public final class ObservationCarrier implements StorableContextCarrier {

	/**
	 * Asked once, so that a captured context is no larger than its observation needs.
	 */
	private static final boolean hasTracing = ClassUtils.isPresent("io.micrometer.tracing.Tracer",
			ObservationCarrier.class.getClassLoader());

	private final ObservationRegistry registry;

	private final @Nullable TraceRestorer traceRestorer;

	/**
	 * Creates the carrier.
	 * @param registry which knows the current observation
	 * @param traceRestorer restores a trace that was stored, {@code null} if there is no
	 * tracing
	 */
	public ObservationCarrier(ObservationRegistry registry, @Nullable TraceRestorer traceRestorer) {
		this.registry = registry;
		this.traceRestorer = traceRestorer;
	}

	@Override
	public String name() {
		return "trace";
	}

	@Override
	public @Nullable StorableContext capture() {
		Observation observation = this.registry.getCurrentObservation();
		return (observation != null) ? new Captured(observation) : null;
	}

	@Override
	public Context restore(Map<String, String> values) {
		String traceParent = values.get(TraceParent.NAME);
		return (this.traceRestorer != null && traceParent != null) ? this.traceRestorer.restore(traceParent)
				: () -> () -> {
				};
	}

	private record Captured(Observation observation) implements StorableContext {

		@Override
		public Scope open() {
			Observation.Scope scope = this.observation.openScope();
			return scope::close;
		}

		@Override
		public Map<String, String> values() {
			String traceParent = (hasTracing) ? TraceParent.find(this.observation) : null;
			return (traceParent != null) ? Map.of(TraceParent.NAME, traceParent) : Map.of();
		}

	}

}
