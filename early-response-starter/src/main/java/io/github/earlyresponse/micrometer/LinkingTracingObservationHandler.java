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
import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import org.jspecify.annotations.Nullable;

/**
 * Begins a trace for each post-phase that is linked to the one of its request, instead of
 * going on with that.
 */
public final class LinkingTracingObservationHandler implements TracingObservationHandler<PostPhaseObservationContext> {

	private final Tracer tracer;

	/**
	 * Creates the handler.
	 * @param tracer makes the spans
	 */
	public LinkingTracingObservationHandler(Tracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof PostPhaseObservationContext;
	}

	@Override
	public void onStart(PostPhaseObservationContext context) {
		Span parent = getParentSpan(context);
		// The trace of a request that was stored has no observation
		Span span = start((parent != null) ? parent : this.tracer.currentSpan());
		getTracingContext(context).setSpan(span);
	}

	private Span start(@Nullable Span request) {
		Span.Builder builder = this.tracer.spanBuilder().setNoParent();
		if (request != null) {
			builder.addLink(new Link(request.context()));
		}
		// Brave takes the current span for the parent all the same
		try (CurrentTraceContext.Scope scope = this.tracer.currentTraceContext().maybeScope(null)) {
			return builder.start();
		}
	}

	@Override
	public void onStop(PostPhaseObservationContext context) {
		Span span = getRequiredSpan(context);
		span.name(getSpanName(context));
		tagSpan(context, span);
		endSpan(context, span);
	}

}
