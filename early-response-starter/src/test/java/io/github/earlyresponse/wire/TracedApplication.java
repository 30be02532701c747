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

package io.github.earlyresponse.wire;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import io.opentelemetry.api.trace.Span;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application that tells the trace of its handlers and of their post-phases, as an
 * agent shows it.
 */
public final class TracedApplication {

	static final String TRACES = "traces ";

	private TracedApplication() {
	}

	public static void main(String[] args) throws Exception {
		try (RunningServer server = RunningServer.start(List.of(Handlers.class, Work.class),
				"early-response.executor.virtual-threads=" + args[0], "early-response.executor.max-concurrency=1");
				RawHttpClient client = server.client()) {
			Work work = server.bean(Work.class);
			for (String path : List.of("named", "decided", "sent")) {
				String handler = client.get("/" + path).body();
				System.out.println(TRACES + path + " " + handler + " " + work.trace.get());
				work.trace = new CompletableFuture<>();
			}
		}
		System.exit(0);
	}

	private static String trace() {
		return Span.current().getSpanContext().getTraceId();
	}

	@RestController
	static class Handlers {

		private final Work work;

		Handlers(Work work) {
			this.work = work;
		}

		@GetMapping("/named")
		@RespondThenContinue("work")
		String named() {
			return trace();
		}

		@GetMapping("/decided")
		@RespondThenContinue
		String decided(AfterResponse after) {
			after.run("decided", (context) -> this.work.work());
			return trace();
		}

		@GetMapping("/sent")
		@RespondThenContinue
		void sent(EarlyResponse<String> early) {
			early.send(trace());
			this.work.work();
		}

	}

	static class Work {

		volatile CompletableFuture<String> trace = new CompletableFuture<>();

		@PostPhase
		void work() {
			this.trace.complete(trace());
		}

	}

}
