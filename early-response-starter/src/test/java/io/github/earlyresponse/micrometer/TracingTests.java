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

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A post-phase is one span in the trace of its request, and what it logs and observes
 * belongs to that span.
 */
@ExtendWith(OutputCaptureExtension.class)
class TracingTests {

	private static final String NO_SECURITY = "spring.autoconfigure.exclude="
			+ "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,"
			+ "org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration";

	private static final String[] ALL = { RunningServer.EVERYTHING, "management.tracing.sampling.probability=1" };

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void postPhaseIsChildOfTheRequest(boolean secured) throws Exception {
		try (RunningServer server = start(secured)) {
			get(server, "/work");
			SpanData request = request(server);
			SpanData postPhase = find(server, "post-phase work");
			assertThat(find(server, "secured request") != null).isEqualTo(secured);
			assertThat(postPhase.getTraceId()).isEqualTo(request.getTraceId());
			assertThat(postPhase.getParentSpanId()).isEqualTo(request.getSpanId());
			assertThat(postPhase.getKind()).isEqualTo(SpanKind.INTERNAL);
			assertThat(attributes(postPhase)).containsEntry("name", "work")
				.containsEntry("outcome", "completed")
				.containsEntry("delivery", "sent")
				.containsEntry("id", server.listener().onlyResult().postPhase().id());
			assertThat(request.getEndEpochNanos()).as("the request does not include it")
				.isLessThanOrEqualTo(postPhase.getStartEpochNanos());
			SpanData inner = find(server, "inner");
			assertThat(inner.getTraceId()).isEqualTo(request.getTraceId());
			assertThat(inner.getParentSpanId()).isEqualTo(postPhase.getSpanId());
			assertThat(server.bean(Work.class).mdc).containsEntry("traceId", request.getTraceId())
				.containsEntry("spanId", postPhase.getSpanId());
		}
	}

	@Test
	void postPhaseBeginsATraceThatIsLinkedOnDemand() throws Exception {
		try (RunningServer server = start(true, "early-response.observation.linked=true")) {
			get(server, "/work");
			SpanData request = request(server);
			SpanData postPhase = find(server, "post-phase work");
			assertThat(postPhase.getTraceId()).isNotEqualTo(request.getTraceId());
			assertThat(postPhase.getParentSpanContext().isValid()).isFalse();
			assertThat(postPhase.getLinks()).singleElement()
				.satisfies((link) -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(request.getSpanId()));
			assertThat(find(server, "inner").getTraceId()).isEqualTo(postPhase.getTraceId());
			assertThat(server.bean(Work.class).mdc).containsEntry("traceId", postPhase.getTraceId());
		}
	}

	@Test
	void failureIsAnErrorOfTheSpanAndItsLogLineNamesTheTrace(CapturedOutput output) throws Exception {
		try (RunningServer server = start(true, "logging.pattern.correlation=<%X{traceId}-%X{spanId}>")) {
			get(server, "/fail");
			SpanData postPhase = find(server, "post-phase fail");
			assertThat(attributes(postPhase)).containsEntry("outcome", "failed");
			assertThat(postPhase.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
			assertThat(output.getAll().lines().filter((line) -> line.contains("Post-phase 'fail'"))).singleElement()
				.satisfies((line) -> assertThat(line)
					.contains("<" + postPhase.getTraceId() + "-" + postPhase.getSpanId() + ">"));
		}
	}

	@Test
	void restOfAHandlerThatSendsIsTheSpan() throws Exception {
		try (RunningServer server = start(true)) {
			get(server, "/send");
			SpanData request = request(server);
			SpanData postPhase = find(server, "post-phase TracingTests.Handlers.send");
			assertThat(postPhase.getParentSpanId()).isEqualTo(request.getSpanId());
			assertThat(find(server, "before").getTraceId()).isEqualTo(request.getTraceId());
			assertThat(find(server, "before").getEndEpochNanos()).isLessThanOrEqualTo(request.getEndEpochNanos());
			assertThat(find(server, "inner").getParentSpanId()).isEqualTo(postPhase.getSpanId());
			assertThat(server.bean(Work.class).mdc).containsEntry("spanId", postPhase.getSpanId());
		}
	}

	@Test
	void spanThatAHandlerHasMadeItselfIsNotTheParentOfItsRest() throws Exception {
		try (RunningServer server = start(false)) {
			get(server, "/send-in-span");
			SpanData postPhase = find(server, "post-phase TracingTests.Handlers.sendInSpan");
			assertThat(postPhase.getParentSpanId()).isEqualTo(request(server).getSpanId());
		}
	}

	@Test
	void conventionOfTheApplicationReplacesTheDefault() throws Exception {
		try (RunningServer server = RunningServer
			.start(List.of(Handlers.class, Work.class, Tracing.class, OwnConvention.class), ALL)) {
			get(server, "/work");
			assertThat(attributes(find(server, "own work"))).containsEntry("tenant", "north")
				.doesNotContainKey("outcome");
		}
	}

	@Test
	void observationCanBeSwitchedOff() throws Exception {
		try (RunningServer server = start(true, "management.observations.enable.early.response=false")) {
			get(server, "/work");
			request(server);
			assertThat(find(server, "post-phase work")).isNull();
		}
	}

	private static RunningServer start(boolean secured, String... properties) {
		List<Class<?>> components = List.of(Handlers.class, Work.class, Tracing.class);
		String[] all = Stream.concat(Stream.of(ALL), Stream.of(properties)).toArray(String[]::new);
		return (secured) ? RunningServer.start(components, all) : RunningServer.startSecured(components,
				Stream.concat(Stream.of(ALL), Stream.of(NO_SECURITY)).toArray(String[]::new));
	}

	private static void get(RunningServer server, String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get(path).status()).isEqualTo(200);
		}
		server.awaitBalance();
	}

	private static SpanData request(RunningServer server) {
		await().until(() -> spans(server).stream().anyMatch((span) -> span.getKind() == SpanKind.SERVER));
		return spans(server).stream().filter((span) -> span.getKind() == SpanKind.SERVER).findFirst().orElseThrow();
	}

	private static SpanData find(RunningServer server, String name) {
		return spans(server).stream().filter((span) -> span.getName().equals(name)).findFirst().orElse(null);
	}

	private static List<SpanData> spans(RunningServer server) {
		return server.bean(InMemorySpanExporter.class).getFinishedSpanItems();
	}

	private static Map<String, String> attributes(SpanData span) {
		Map<String, String> attributes = new ConcurrentHashMap<>();
		span.getAttributes().forEach((AttributeKey<?> key, Object value) -> attributes.put(key.getKey(), "" + value));
		return attributes;
	}

	@RestController
	static class Handlers {

		private final Work work;

		private final Tracer tracer;

		Handlers(Work work, Tracer tracer) {
			this.work = work;
			this.tracer = tracer;
		}

		@GetMapping("/work")
		@RespondThenContinue("work")
		String work() {
			return "early";
		}

		@GetMapping("/fail")
		@RespondThenContinue("fail")
		String fail() {
			return "early";
		}

		@GetMapping("/send")
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			this.work.observe("before");
			early.send("early");
			this.work.work();
		}

		@GetMapping("/send-in-span")
		@RespondThenContinue
		void sendInSpan(EarlyResponse<String> early) {
			Span span = this.tracer.nextSpan().name("own");
			try (Tracer.SpanInScope scope = this.tracer.withSpan(span.start())) {
				early.send("early");
			}
			finally {
				span.end();
			}
		}

	}

	static class Work {

		private final ObservationRegistry observations;

		volatile Map<String, String> mdc = Map.of();

		Work(ObservationRegistry observations) {
			this.observations = observations;
		}

		@PostPhase
		void work() {
			this.mdc = MDC.getCopyOfContextMap();
			observe("inner");
		}

		@PostPhase
		void fail() {
			throw new IllegalArgumentException("expected");
		}

		void observe(String name) {
			Observation.createNotStarted(name, this.observations).observe(() -> {
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Tracing {

		@Bean
		InMemorySpanExporter spans() {
			return InMemorySpanExporter.create();
		}

		@Bean
		SpanProcessor spanProcessor(InMemorySpanExporter spans) {
			return SimpleSpanProcessor.create(spans);
		}

	}

	static class OwnConvention implements PostPhaseObservationConvention {

		@Override
		public String getName() {
			return "own";
		}

		@Override
		public String getContextualName(PostPhaseObservationContext context) {
			return "own " + context.getPostPhase().name();
		}

		@Override
		public KeyValues getLowCardinalityKeyValues(PostPhaseObservationContext context) {
			return KeyValues.of("tenant", "north");
		}

	}

}
