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
import io.micrometer.tracing.CurrentTraceContext;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;

/**
 * Makes a request whose trace was stored the current span again, of which a post-phase
 * becomes a child, or to which its own trace is linked. No span is reported for it: the
 * request reported its own.
 */
public final class TraceRestorer {

	private final Tracer tracer;

	/**
	 * Creates the restorer.
	 * @param tracer makes the spans
	 */
	public TraceRestorer(Tracer tracer) {
		this.tracer = tracer;
	}

	ContextCarrier.Context restore(String traceParent) {
		TraceContext context = TraceParent.read(traceParent, this.tracer.traceContextBuilder());
		return () -> {
			CurrentTraceContext.Scope scope = this.tracer.currentTraceContext().newScope(context);
			return scope::close;
		};
	}

}
