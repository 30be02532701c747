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

package io.github.earlyresponse.run;

import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.ResponseDelivery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.retry.RetryPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the application gets to see of an {@link Execution}.
 */
class ExecutionViewTests {

	private final Execution execution = new Execution("work", "ada", (execution) -> {
	});

	private final Map<String, PostPhaseExecution> seen = new LinkedHashMap<>();

	private final PostPhaseRunner runner = new PostPhaseRunner(
			new RunnerSettings(Duration.ZERO, RetryPolicy.withMaxRetries(1), 0), () -> Stream.of(new SeeingListener()),
			() -> (postPhase) -> {
				this.seen.put("observed", postPhase);
				return (outcome, failure) -> {
				};
			});

	@AfterEach
	void stop() {
		this.runner.stop();
	}

	@Test
	void listenersAndObserversCannotChangeIt() {
		this.runner.start();
		this.runner.accepted(this.execution);
		queueWorkThatFails();
		this.runner.run(this.execution, () -> true);
		this.runner.takenOver(this.execution, Instant.now());
		this.runner.handedBack(this.execution, HandBackReason.SHUTDOWN);
		this.runner.finish(this.execution, PostPhaseOutcome.FAILED, null);
		assertThat(this.seen).containsOnlyKeys("accepted", "observed", "started", "attemptFailed", "takenOver",
				"handedBack", "finished");
		assertThat(this.seen.values()).doesNotHaveAnyElementsOfTypes(Execution.class)
			.containsOnly(this.execution.view());
	}

	@Test
	void hasTheValuesOfTheMoment() throws Exception {
		this.runner.start();
		PostPhaseExecution view = this.execution.view();
		assertSameValues(view);
		queueWorkThatFails();
		this.execution.progress(new PostPhaseProgress(1, 2, "half"));
		this.runner.run(this.execution, () -> true);
		assertThat(view.state()).isEqualTo(State.WAITING);
		assertSameValues(view);
		this.runner.finish(this.execution, PostPhaseOutcome.FAILED, null);
		assertSameValues(view);
	}

	private void assertSameValues(PostPhaseExecution view) throws Exception {
		for (Method method : PostPhaseExecution.class.getMethods()) {
			assertThat(method.invoke(view)).as(method.getName()).isEqualTo(method.invoke(this.execution));
		}
		assertThat(view).hasToString(this.execution.toString());
	}

	private void queueWorkThatFails() {
		this.execution.record(new PostPhaseRecord(this.execution, new PostPhaseWork.Task((context) -> {
			throw new IllegalStateException("expected");
		}), () -> () -> {
		}, null, null, () -> {
		}));
		assertThat(this.execution.queue(ResponseDelivery.SENT)).isTrue();
	}

	private final class SeeingListener implements PostPhaseListener {

		@Override
		public void accepted(PostPhaseExecution postPhase) {
			ExecutionViewTests.this.seen.put("accepted", postPhase);
		}

		@Override
		public void started(PostPhaseExecution postPhase) {
			ExecutionViewTests.this.seen.put("started", postPhase);
		}

		@Override
		public void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
			ExecutionViewTests.this.seen.put("attemptFailed", postPhase);
		}

		@Override
		public void takenOver(PostPhaseExecution postPhase, Instant due) {
			ExecutionViewTests.this.seen.put("takenOver", postPhase);
		}

		@Override
		public void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
			ExecutionViewTests.this.seen.put("handedBack", postPhase);
		}

		@Override
		public void finished(PostPhaseResult result) {
			ExecutionViewTests.this.seen.put("finished", result.postPhase());
		}

	}

}
