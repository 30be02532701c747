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

package io.github.earlyresponse.memory;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.task.TaskRejectedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Reservation#record}: what was made ready runs once it is submitted,
 * and what was kept for it is given back once, whatever comes in between.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class RecordingTests {

	private final EngineFixture fixture;

	private final AtomicBoolean ran = new AtomicBoolean();

	private final AtomicInteger released = new AtomicInteger();

	private final ThreadKind kind;

	RecordingTests(ThreadKind kind) {
		this.kind = kind;
		this.fixture = EngineFixture.with(kind, 1).start();
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	private PostPhaseExecution prepare(EngineFixture fixture, PostPhaseExecution accepted) {
		PostPhaseWork work = new PostPhaseWork.Task((context) -> this.ran.set(true));
		fixture.record(accepted, work, () -> () -> {
		}, this.released::incrementAndGet);
		return accepted;
	}

	private PostPhaseExecution prepared() {
		return prepare(this.fixture, this.fixture.accept("work"));
	}

	private void assertNeverRuns(PostPhaseExecution postPhase, PostPhaseOutcome outcome) {
		assertThat(this.fixture.told(postPhase).outcome()).isEqualTo(outcome);
		assertThat(this.released).hasValue(1);
		this.fixture.start(postPhase);
		this.fixture.skip(postPhase);
		this.fixture.run("next", (context) -> {
		});
		assertThat(this.ran).isFalse();
		assertThat(this.released).hasValue(1);
	}

	@Test
	void runsOnceItIsSubmittedAndNotBefore() throws Exception {
		PostPhaseExecution postPhase = prepared();
		CountDownLatch other = new CountDownLatch(1);
		this.fixture.submit("other", (context) -> other.countDown());
		EngineFixture.await(other);
		assertThat(postPhase.state()).isEqualTo(State.ACCEPTED);
		assertThat(this.ran).isFalse();
		this.fixture.start(postPhase);
		assertThat(this.fixture.result(postPhase).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.ran).isTrue();
		assertThat(this.released).hasValue(1);
	}

	@Test
	void skippedOneGivesBackWhatWasKeptForIt() {
		PostPhaseExecution postPhase = prepared();
		this.fixture.skip(postPhase);
		assertNeverRuns(postPhase, PostPhaseOutcome.SKIPPED);
	}

	@Test
	void oneThatIsCancelledBeforeItIsSubmittedGivesBackWhatWasKeptForIt() {
		PostPhaseExecution postPhase = prepared();
		assertThat(this.fixture.engine.cancel(postPhase.id())).isTrue();
		assertNeverRuns(postPhase, PostPhaseOutcome.CANCELLED);
	}

	@Test
	void oneThatWasCancelledBeforeItIsPreparedGivesBackAtOnce() {
		PostPhaseExecution postPhase = this.fixture.accept("work");
		assertThat(this.fixture.engine.cancel(postPhase.id())).isTrue();
		prepare(this.fixture, postPhase);
		assertNeverRuns(postPhase, PostPhaseOutcome.CANCELLED);
	}

	@Test
	void oneThatIsAbandonedBeforeItIsSubmittedGivesBackWhatWasKeptForIt() {
		EngineFixture impatient = EngineFixture.with(this.kind, 1).shutdownTimeout(Duration.ofMillis(1)).start();
		PostPhaseExecution postPhase = prepare(impatient, impatient.accept("work"));
		impatient.engine.stop();
		impatient.start(postPhase);
		assertThat(impatient.told(postPhase).outcome()).isEqualTo(PostPhaseOutcome.ABANDONED);
		assertThat(this.ran).isFalse();
		assertThat(this.released).hasValue(1);
		impatient.close();
	}

	@Test
	void oneThatIsRefusedWhilePreparedRunsOnItsCaller() {
		PostPhaseExecutor refusing = mock(PostPhaseExecutor.class);
		given(refusing.prepare(any())).willThrow(new TaskRejectedException("refused"));
		EngineFixture refused = EngineFixture.with(refusing).start();
		PostPhaseExecution postPhase = prepare(refused, refused.accept("work"));
		assertThat(this.ran).isFalse();
		refused.start(postPhase);
		assertThat(refused.told(postPhase).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.ran).isTrue();
		assertThat(this.released).hasValue(1);
		refused.close();
	}

	@Test
	void lastRecordCounts() {
		PostPhaseExecution postPhase = prepared();
		AtomicInteger releasedLast = new AtomicInteger();
		AtomicBoolean ranLast = new AtomicBoolean();
		this.fixture.record(postPhase, new PostPhaseWork.Task((context) -> ranLast.set(true)), () -> () -> {
		}, releasedLast::incrementAndGet);
		this.fixture.start(postPhase);
		assertThat(this.fixture.result(postPhase).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.ran).isFalse();
		assertThat(ranLast).isTrue();
		assertThat(this.released).hasValue(0);
		assertThat(releasedLast).hasValue(1);
	}

	@Test
	void oneThatWasNotRecordedIsSkipped() {
		PostPhaseExecution postPhase = this.fixture.accept("work");
		this.fixture.start(postPhase);
		assertThat(this.fixture.told(postPhase).outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
	}

}
