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
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Post-phases that are retried, as an operator and a client see them.
 */
class RetriedPostPhaseTests {

	private static RawResponse get(RunningServer server, String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	@Test
	void annotationAndPropertiesMakeThePolicy() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(Work.class), "early-response.retry.delay=1ms",
				"early-response.retry.max-retries=1")) {
			assertThat(get(server, "/often").body()).isEqualTo("often");
			server.awaitBalance();
			assertThat(get(server, "/once").body()).isEqualTo("once");
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.COMPLETED,
					PostPhaseOutcome.FAILED);
			assertThat(server.listener().finished()).extracting((result) -> result.postPhase().attempt())
				.containsExactly(4, 2);
		}
	}

	@Test
	void waitingOneIsSeenAndCancelledByItsClientAndByOperators() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(Work.class), RunningServer.EVERYTHING,
				"early-response.retry.delay=1h", "early-response.retry.max-retries=1",
				"early-response.status.enabled=true", "early-response.status.cancellation=true",
				"management.endpoints.web.exposure.include=earlyresponse,prometheus")) {
			get(server, "/once");
			await()
				.until(() -> server.operations().inFlight().stream().allMatch((each) -> each.state() == State.WAITING));
			String id = server.operations().inFlight().iterator().next().id();
			assertThat(get(server, "/actuator/earlyresponse/" + id).body()).contains("\"state\":\"waiting\"")
				.contains("\"attempt\":1")
				.contains("\"nextAttemptAt\":\"");
			assertThat(get(server, "/actuator/earlyresponse").body()).contains("\"failedAttempts\":1");
			assertThat(get(server, "/actuator/prometheus").body())
				.contains("early_response_attempts_failed_attempts_total{name=\"once\"} 1.0")
				.contains("outcome=\"retried\"");
			assertThat(get(server, "/post-phases/" + id).body()).contains("\"state\":\"waiting\"")
				.contains("\"attempt\":1")
				.contains("\"nextAttemptAt\":\"");
			assertThat(server.operations().cancel(id)).isTrue();
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.CANCELLED);
		}
	}

	@RestController
	static class Work {

		private final AtomicInteger attempts = new AtomicInteger();

		@GetMapping("/often")
		@RespondThenContinue("often")
		String often() {
			return "often";
		}

		@PostPhase(value = "often", retry = @Retry(maxRetries = 5, multiplier = 1.5))
		void runOften(PostPhaseContext context) {
			assertThat(this.attempts.incrementAndGet()).isEqualTo(context.attempt());
			if (context.attempt() < 4) {
				throw new IllegalStateException("expected");
			}
		}

		@GetMapping("/once")
		@RespondThenContinue("once")
		String once() {
			return "once";
		}

		@PostPhase("once")
		void runOnce() {
			throw new IllegalStateException("expected");
		}

	}

}
