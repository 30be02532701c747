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

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;

/**
 * Begins a trace for each post-phase that is linked to the one of its request, instead of
 * going on with that.
 */
public final class LinkingTracingObservationHandler extends DefaultTracingObservationHandler {

	/**
	 * Creates the handler.
	 * @param tracer makes the spans
	 */
	public LinkingTracingObservationHandler(Tracer tracer) {
		super(tracer);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof PostPhaseObservationContext;
	}

	@Override
	public void onStart(Observation.Context context) {
		Span request = getParentSpan(context);
		Span.Builder builder = getTracer().spanBuilder().setNoParent();
		if (request != null) {
			builder.addLink(new Link(request.context()));
		}
		getTracingContext(context).setSpan(builder.start());
	}

}
