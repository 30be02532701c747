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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.context.ObservationCarrier;
import io.github.earlyresponse.context.TraceRestorer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * A post-phase whose context was stored belongs to the trace of its request, or to one
 * that is linked to it, on another node, too.
 */
class RestoredTraceTests {

	private final Node first = new Node(false);

	private SpanData runOn(Node node, Map<String, String> stored) {
		PostPhaseExecution postPhase = mock(PostPhaseExecution.class);
		given(postPhase.name()).willReturn("work");
		given(postPhase.id()).willReturn("1");
		given(postPhase.delivery()).willReturn(Delivery.UNKNOWN);
		ContextCarrier.Context context = new ObservationCarrier(node.registry, new TraceRestorer(node.tracer))
			.restore(stored);
		ContextCarrier.Scope scope = context.open();
		try {
			new PostPhaseObservations(node.registry, null).started(postPhase).ended(PostPhaseOutcome.COMPLETED, null);
		}
		finally {
			scope.close();
		}
		assertThat(node.tracer.currentSpan()).isNull();
		return node.onlySpan();
	}

	private Map<String, String> store(Observation request) {
		try (Observation.Scope scope = request.openScope()) {
			return new ObservationCarrier(this.first.registry, null).capture().values();
		}
	}

	@Test
	void attemptOnAnotherNodeIsChildOfTheRequest() {
		Observation request = Observation.start("request", this.first.registry);
		Map<String, String> stored = store(request);
		request.stop();
		SpanData attempt = runOn(new Node(false), stored);
		assertThat(attempt.getTraceId()).isEqualTo(this.first.onlySpan().getTraceId());
		assertThat(attempt.getParentSpanId()).isEqualTo(this.first.onlySpan().getSpanId());
	}

	@Test
	void traceOfAnAttemptOnAnotherNodeIsLinkedToTheRequest() {
		Observation request = Observation.start("request", this.first.registry);
		Map<String, String> stored = store(request);
		request.stop();
		SpanData attempt = runOn(new Node(true), stored);
		assertThat(attempt.getTraceId()).isNotEqualTo(this.first.onlySpan().getTraceId());
		assertThat(attempt.getLinks()).singleElement()
			.satisfies((link) -> assertThat(link.getSpanContext().getSpanId())
				.isEqualTo(this.first.onlySpan().getSpanId()));
	}

	private static final class Node {

		private final ObservationRegistry registry = ObservationRegistry.create();

		private final InMemorySpanExporter spans = InMemorySpanExporter.create();

		private final OtelTracer tracer;

		Node(boolean linked) {
			SdkTracerProvider provider = SdkTracerProvider.builder()
				.addSpanProcessor(SimpleSpanProcessor.create(this.spans))
				.build();
			this.tracer = new OtelTracer(provider.get("test"), new OtelCurrentTraceContext(), (event) -> {
			});
			DefaultTracingObservationHandler handler = new DefaultTracingObservationHandler(this.tracer);
			this.registry.observationConfig()
				.observationHandler((linked) ? new ObservationHandler.FirstMatchingCompositeObservationHandler(
						new LinkingTracingObservationHandler(this.tracer), handler) : handler);
		}

		SpanData onlySpan() {
			assertThat(this.spans.getFinishedSpanItems()).hasSize(1);
			return this.spans.getFinishedSpanItems().get(0);
		}

	}

}
