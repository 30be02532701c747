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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.micrometer.observation.ObservationView;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import org.jspecify.annotations.Nullable;

/**
 * The place of a span in its trace as text, the {@code traceparent} of
 * <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace
 * Context</a>.
 */
final class TraceParent {

	static final String NAME = "traceparent";

	private static final Pattern FORM = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

	private static final int TRACE_ID_LENGTH = 32;

	/**
	 * What a tracer gives that does not trace.
	 */
	private static final Pattern NO_TRACE = Pattern.compile("0*");

	private static final String SAMPLED = "01";

	private static final String NOT_SAMPLED = "00";

	private TraceParent() {
	}

	/**
	 * Finds the span of the request that an observation is part of. With Spring Security,
	 * for instance, the current one is that of its filter chain. Outside a request, the
	 * span of the observation itself is taken.
	 */
	static @Nullable String find(ObservationView current) {
		String nearest = null;
		for (ObservationView view = current; view != null; view = view.getContextView().getParentObservation()) {
			TracingContext tracing = view.getContextView().get(TracingContext.class);
			Span span = (tracing != null) ? tracing.getSpan() : null;
			if (span != null && !NO_TRACE.matcher(span.context().traceId()).matches()) {
				if (view.getContextView() instanceof ReceiverContext) {
					return write(span.context());
				}
				nearest = (nearest != null) ? nearest : write(span.context());
			}
		}
		return nearest;
	}

	private static String write(TraceContext context) {
		// Brave may have been told to make short ones
		String traceId = "0".repeat(Math.max(0, TRACE_ID_LENGTH - context.traceId().length())) + context.traceId();
		return "00-" + traceId + "-" + context.spanId() + "-"
				+ (Boolean.TRUE.equals(context.sampled()) ? SAMPLED : NOT_SAMPLED);
	}

	static TraceContext read(String traceParent, TraceContext.Builder builder) {
		Matcher matcher = FORM.matcher(traceParent);
		if (!matcher.matches()) {
			throw new IllegalArgumentException("'" + traceParent + "' is not a traceparent");
		}
		return builder.traceId(matcher.group(1))
			.spanId(matcher.group(2))
			.sampled((Integer.parseInt(matcher.group(3), 16) & 1) == 1)
			.build();
	}

}
