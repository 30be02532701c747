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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.ResponseDelivery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the states of an {@link Execution}, and who decides its outcome.
 */
class ExecutionTests {

	private static final Duration LATE = Duration.ofHours(1);

	private final Timers timers = new Timers("execution-test-");

	private final List<String> identified = new ArrayList<>();

	private final AtomicInteger released = new AtomicInteger();

	private final Execution execution = new Execution("work", null, (execution) -> this.identified.add(execution.id()));

	@BeforeEach
	void start() {
		this.timers.start();
	}

	@AfterEach
	void stop() {
		this.timers.stop();
		assertThat(Thread.interrupted()).as("interrupt flag of this thread").isFalse();
	}

	private void record() {
		this.execution.record(new PostPhaseRecord(this.execution, new PostPhaseWork.Task((context) -> {
		}), () -> () -> {
		}, null, null, this.released::incrementAndGet));
	}

	private void queue() {
		record();
		assertThat(this.execution.queue(ResponseDelivery.SENT)).isTrue();
	}

	private Attempt begin() {
		return this.execution.begin(this.timers, (work) -> true);
	}

	private Attempt run() {
		queue();
		Attempt attempt = begin();
		assertThat(attempt).isNotNull();
		assertThat(this.execution.state()).isEqualTo(State.RUNNING);
		return attempt;
	}

	@Test
	void goesThroughItsStates() {
		assertThat(this.execution.state()).isEqualTo(State.ACCEPTED);
		run();
		assertThat(this.execution.end(PostPhaseOutcome.FAILED, LATE)).isNull();
		assertThat(this.execution.state()).isEqualTo(State.WAITING);
		assertThat(this.execution.untilNextAttempt()).isBetween(Duration.ofMinutes(59), LATE);
		assertThat(this.execution.queueAgain()).isTrue();
		assertThat(this.execution.untilNextAttempt()).isNull();
		assertThat(begin().number()).isEqualTo(2);
		assertThat(this.execution.end(PostPhaseOutcome.COMPLETED, null)).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.execution.state()).isEqualTo(State.RUNNING);
		assertThat(this.execution.finishedAt()).isNull();
		assertThat(this.execution.finish(PostPhaseOutcome.FAILED)).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.execution.state()).isEqualTo(State.FINISHED);
		assertThat(this.execution.finishedAt()).isAfterOrEqualTo(this.execution.startedAt());
		assertThat(this.execution.finish(PostPhaseOutcome.FAILED)).isNull();
		assertThat(this.released).hasValue(1);
	}

	@Test
	void cannotBeQueuedUnrecorded() {
		assertThatIllegalStateException().isThrownBy(() -> this.execution.queue(ResponseDelivery.SENT))
			.withMessageContaining("was not recorded");
	}

	@Test
	void cancelledBetweenTwoStepsGoesNoFurther() {
		queue();
		assertThat(this.execution.cancel(LATE)).isTrue();
		assertThat(this.execution.cancel(Duration.ZERO)).isFalse();
		assertThat(begin()).isNull();
		assertThat(this.execution.abandon()).isFalse();
		assertThat(this.execution.finish(PostPhaseOutcome.SKIPPED)).isEqualTo(PostPhaseOutcome.CANCELLED);
	}

	@Test
	void cancelledBeforeItsResponseIsNotQueued() {
		record();
		assertThat(this.execution.cancel(Duration.ZERO)).isTrue();
		assertThat(this.execution.queue(ResponseDelivery.SENT)).isFalse();
		assertThat(this.execution.respond(ResponseDelivery.SENT)).isFalse();
	}

	@Test
	void skippedBecauseOfItsResponseIsNotCancelled() {
		record();
		assertThat(this.execution.respond(ResponseDelivery.UNKNOWN)).isTrue();
		assertThat(this.execution.cancel(Duration.ZERO)).isFalse();
		assertThat(this.execution.abandon()).isFalse();
		assertThat(this.execution.finish(PostPhaseOutcome.SKIPPED)).isEqualTo(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void cancelledWhileItWaitsIsNotQueuedAgain() {
		run();
		this.execution.end(PostPhaseOutcome.FAILED, LATE);
		assertThat(this.execution.cancel(LATE)).isTrue();
		assertThat(this.execution.queueAgain()).isFalse();
	}

	@Test
	void cancellationDuringTheLastStepsOfAFailedAttemptPreventsTheNext() {
		Attempt attempt = run();
		assertThat(attempt.returned()).isFalse();
		assertThat(this.execution.cancel(LATE)).isTrue();
		assertThat(this.execution.end(PostPhaseOutcome.FAILED, LATE)).isEqualTo(PostPhaseOutcome.CANCELLED);
	}

	@Test
	void threadOfAnAttemptThatHasEndedIsNotInterrupted() {
		run();
		this.execution.end(PostPhaseOutcome.COMPLETED, null);
		assertThat(this.execution.abandon()).isFalse();
		assertThat(this.execution.cancel(Duration.ZERO)).isFalse();
		assertThat(this.execution.finish(PostPhaseOutcome.ABANDONED)).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void abandonedWhileItRunsKeepsThatOutcome() {
		run();
		assertThat(this.execution.abandon()).isTrue();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.execution.finish(PostPhaseOutcome.COMPLETED)).isEqualTo(PostPhaseOutcome.ABANDONED);
		assertThat(this.execution.end(PostPhaseOutcome.COMPLETED, LATE)).isEqualTo(PostPhaseOutcome.ABANDONED);
		assertThat(this.execution.state()).isEqualTo(State.FINISHED);
	}

	@Test
	void abandonedWhileItIsCancelledWasCancelled() {
		run();
		assertThat(this.execution.cancel(LATE)).isTrue();
		assertThat(this.execution.abandon()).isTrue();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.execution.finish(PostPhaseOutcome.ABANDONED)).isEqualTo(PostPhaseOutcome.CANCELLED);
	}

	@Test
	void recordOfOneThatHasEndedIsReleasedAtOnce() {
		assertThat(this.execution.finish(PostPhaseOutcome.SKIPPED)).isEqualTo(PostPhaseOutcome.SKIPPED);
		record();
		assertThat(this.released).hasValue(1);
	}

	@Test
	void idIsMadeWhenSomebodyAsksForIt() {
		assertThat(this.execution.idIfMade()).isNull();
		String id = this.execution.id();
		assertThat(id).matches("[0-9a-f]{32}").isEqualTo(this.execution.id()).isEqualTo(this.execution.idIfMade());
		assertThat(this.identified).containsExactly(id);
	}

	@Test
	void idThatIsMadeAfterTheEndIsNotForFindingIt() {
		this.execution.finish(PostPhaseOutcome.SKIPPED);
		assertThat(this.execution.id()).isNotEmpty();
		assertThat(this.identified).isEmpty();
	}

}
