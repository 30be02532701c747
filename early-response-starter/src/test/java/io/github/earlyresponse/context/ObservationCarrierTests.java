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

import io.github.earlyresponse.ContextCarrier;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler.TracingContext;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link ObservationCarrier}.
 */
class ObservationCarrierTests {

	private final ObservationRegistry registry = ObservationRegistry.create();

	private final ObservationCarrier carrier = new ObservationCarrier(this.registry, null);

	@BeforeEach
	void observe() {
		this.registry.observationConfig().observationHandler((context) -> true);
	}

	@AfterEach
	void threadIsClean() {
		assertThat(this.registry.getCurrentObservation()).isNull();
		assertThat(this.registry.getCurrentObservationScope()).isNull();
	}

	@Test
	void putsObservationOnAndTakesItOff() {
		Observation request = Observation.start("request", this.registry);
		ContextCarrier.Context context;
		try (Observation.Scope scope = request.openScope()) {
			context = this.carrier.capture();
		}
		assertThat(context).isNotNull();
		ContextCarrier.Scope scope = context.open();
		assertThat(this.registry.getCurrentObservation()).isSameAs(request);
		scope.close();
		assertThat(this.registry.getCurrentObservation()).isNull();
		request.stop();
	}

	@Test
	void worksAfterTheObservationOfTheRequestHasStopped() {
		Observation request = Observation.start("request", this.registry);
		ContextCarrier.Context context;
		try (Observation.Scope scope = request.openScope()) {
			context = this.carrier.capture();
		}
		request.stop();
		ContextCarrier.Scope scope = context.open();
		Observation child = Observation.start("child", this.registry);
		assertThat(child.getContextView().getParentObservation()).isSameAs(request);
		child.stop();
		scope.close();
	}

	@Test
	void nothingCapturedMeansNothingToPutOn() {
		assertThat(this.carrier.capture()).isNull();
		assertThat(new ObservationCarrier(ObservationRegistry.NOOP, null).capture()).isNull();
	}

	@Test
	void restoresWhatWasThereBefore() {
		Observation request = Observation.start("request", this.registry);
		ContextCarrier.Context context;
		try (Observation.Scope scope = request.openScope()) {
			context = this.carrier.capture();
		}
		Observation other = Observation.start("other", this.registry);
		try (Observation.Scope scope = other.openScope()) {
			context.open().close();
			assertThat(this.registry.getCurrentObservation()).isSameAs(other);
		}
	}

	@Test
	void storesNothingWithoutTracing() {
		Observation request = Observation.start("request", this.registry);
		try (Observation.Scope scope = request.openScope()) {
			assertThat(this.carrier.capture().values()).isEmpty();
		}
		this.carrier.restore(Map.of()).open().close();
	}

	@Test
	void traceOfAnotherNodeIsIgnoredWithoutTracing() {
		this.carrier.restore(Map.of("traceparent", "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01"))
			.open()
			.close();
	}

	@Nested
	class Traced {

		private final OtelCurrentTraceContext current = new OtelCurrentTraceContext();

		private final OtelTracer tracer = new OtelTracer(SdkTracerProvider.builder().build().get("test"), this.current,
				(event) -> {
				});

		private final ObservationRegistry node = tracedRegistry();

		private ObservationRegistry tracedRegistry() {
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(this.tracer));
			return registry;
		}

		private Map<String, String> store(Observation observation) {
			try (Observation.Scope scope = observation.openScope()) {
				return new ObservationCarrier(this.node, new TraceRestorer(this.tracer)).capture().values();
			}
		}

		private TraceContext span(Observation observation) {
			TracingContext context = observation.getContext().get(TracingContext.class);
			return context.getSpan().context();
		}

		@Test
		void storesTheTraceOfTheRequestAndRestoresItOnAnotherNode() {
			ReceiverContext<Object> received = new ReceiverContext<>((carrier, key) -> null);
			Observation request = Observation.start("request", () -> received, this.node);
			Observation filter = Observation.createNotStarted("filter", this.node).parentObservation(request).start();
			Map<String, String> stored = store(filter);
			assertThat(stored).containsOnly(
					entry("traceparent", "00-" + span(request).traceId() + "-" + span(request).spanId() + "-01"));
			ObservationRegistry otherNode = tracedRegistry();
			ContextCarrier.Context context = new ObservationCarrier(otherNode, new TraceRestorer(this.tracer))
				.restore(stored);
			for (int attempt = 0; attempt < 2; attempt++) {
				ContextCarrier.Scope scope = context.open();
				Observation postPhase = Observation.start("post-phase", otherNode);
				assertThat(span(postPhase).traceId()).isEqualTo(span(request).traceId());
				assertThat(span(postPhase).parentId()).isEqualTo(span(request).spanId());
				scope.close();
				assertThat(this.tracer.currentSpan()).isNull();
			}
		}

		@Test
		void storesTheTraceOfWhatIsObservedOutsideARequest() {
			Observation outer = Observation.start("outer", this.node);
			Observation inner = Observation.createNotStarted("inner", this.node).parentObservation(outer).start();
			assertThat(store(inner).get("traceparent")).contains(span(inner).spanId());
		}

		@Test
		void keepsThatTheRequestIsNotSampled() {
			OtelTracer unsampled = new OtelTracer(
					SdkTracerProvider.builder().setSampler(Sampler.alwaysOff()).build().get("test"), this.current,
					(event) -> {
					});
			ObservationRegistry registry = ObservationRegistry.create();
			registry.observationConfig().observationHandler(new DefaultTracingObservationHandler(unsampled));
			Observation request = Observation.start("request", registry);
			Map<String, String> stored;
			try (Observation.Scope scope = request.openScope()) {
				stored = new ObservationCarrier(registry, null).capture().values();
			}
			assertThat(stored.get("traceparent")).contains(span(request).traceId()).endsWith("-00");
			ContextCarrier.Scope scope = new ObservationCarrier(this.node, new TraceRestorer(this.tracer))
				.restore(stored)
				.open();
			assertThat(span(Observation.start("post-phase", this.node)).sampled()).isFalse();
			scope.close();
		}

		@Test
		void malformedTraceCannotBeRestored() {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new ObservationCarrier(this.node, new TraceRestorer(this.tracer))
					.restore(Map.of("traceparent", "00-1-2-3")))
				.withMessageContaining("00-1-2-3");
		}

	}

}
