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

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.run.Execution;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link MemoryPostPhaseEngine#cancel(String, Duration)}.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class GracefulCancellationTests {

	private static final Duration LONG = Duration.ofHours(1);

	private final EngineFixture fixture;

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicBoolean interrupted = new AtomicBoolean();

	GracefulCancellationTests(ThreadKind kind) {
		this.fixture = EngineFixture.with(kind, 1).start();
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	private boolean cancel(PostPhaseExecution accepted, Duration grace) {
		return this.fixture.engine.cancel(accepted.id(), grace);
	}

	private PostPhaseExecution submitCooperative() throws Exception {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			this.running.countDown();
			while (!context.cancellationRequested()) {
				Thread.onSpinWait();
			}
			this.interrupted.set(Thread.interrupted());
		});
		EngineFixture.await(this.running);
		return accepted;
	}

	private PostPhaseExecution submitBlocking() throws Exception {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			this.running.countDown();
			this.release.await();
		});
		EngineFixture.await(this.running);
		return accepted;
	}

	@Test
	void runningOneIsAskedAndNotInterrupted() throws Exception {
		PostPhaseExecution accepted = submitCooperative();
		assertThat(cancel(accepted, LONG)).isTrue();
		PostPhaseResult result = this.fixture.result(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.failure()).isNull();
		assertThat(this.interrupted).isFalse();
	}

	@Test
	void runningOneIsInterruptedAfterTheGrace() throws Exception {
		PostPhaseExecution accepted = submitBlocking();
		assertThat(cancel(accepted, Duration.ofMillis(50))).isTrue();
		PostPhaseResult result = this.fixture.result(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.failure()).isInstanceOf(InterruptedException.class);
	}

	@Test
	void oneThatReturnsWithinTheGraceIsCancelled() throws Exception {
		PostPhaseExecution accepted = submitBlocking();
		assertThat(cancel(accepted, LONG)).isTrue();
		assertThat(cancel(accepted, LONG)).as("second cancel").isFalse();
		assertThat(accepted.state()).isEqualTo(State.RUNNING);
		this.release.countDown();
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
	}

	@Test
	void endOfTheGraceDoesNotInterruptWhatComesNext() throws Exception {
		PostPhaseExecution accepted = submitCooperative();
		assertThat(cancel(accepted, Duration.ofMillis(20))).isTrue();
		this.fixture.result(accepted);
		AtomicBoolean next = new AtomicBoolean();
		long until = System.nanoTime() + Duration.ofMillis(60).toNanos();
		this.fixture.run("next", (context) -> {
			while (System.nanoTime() < until) {
				next.compareAndSet(false, Thread.currentThread().isInterrupted());
			}
		});
		assertThat(next).isFalse();
	}

	@Test
	void timeLimitThatComesFirstEndsTheGrace() throws Exception {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			context.restartTimeout(Duration.ofSeconds(3));
			this.running.countDown();
			this.release.await();
		});
		EngineFixture.await(this.running);
		assertThat(cancel(accepted, LONG)).isTrue();
		assertInterrupted(accepted);
	}

	@Test
	void timeLimitThatBeginsInTheGraceCountsIfItIsShorter() throws Exception {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			this.running.countDown();
			while (!context.cancellationRequested()) {
				Thread.onSpinWait();
			}
			context.restartTimeout(LONG.multipliedBy(2));
			context.restartTimeout(Duration.ofMillis(50));
			context.restartTimeout(LONG);
			this.release.await();
		});
		EngineFixture.await(this.running);
		assertThat(cancel(accepted, LONG)).isTrue();
		assertInterrupted(accepted);
	}

	@Test
	void graceThatIsOverBeforeTheTimeLimitEnds() throws Exception {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			context.restartTimeout(LONG);
			this.running.countDown();
			this.release.await();
		});
		EngineFixture.await(this.running);
		assertThat(cancel(accepted, Duration.ofMillis(50))).isTrue();
		assertInterrupted(accepted);
	}

	@Test
	void cancelWithoutGraceEndsTheGrace() throws Exception {
		PostPhaseExecution accepted = submitBlocking();
		assertThat(cancel(accepted, LONG)).isTrue();
		assertThat(this.fixture.engine.cancel(accepted.id())).isTrue();
		assertInterrupted(accepted);
	}

	@Test
	void graceCanBeMadeShorterAndNotLonger() throws Exception {
		PostPhaseExecution accepted = submitBlocking();
		assertThat(cancel(accepted, LONG)).isTrue();
		assertThat(cancel(accepted, LONG.plusMinutes(1))).isFalse();
		assertThat(cancel(accepted, Duration.ofMillis(50))).isTrue();
		assertInterrupted(accepted);
	}

	@Test
	void oneThatWasInterruptedCannotBeCancelledAgain() throws Exception {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			this.running.countDown();
			EngineFixture.awaitUninterruptibly(this.release);
		});
		EngineFixture.await(this.running);
		assertThat(cancel(accepted, LONG)).isTrue();
		assertThat(cancel(accepted, Duration.ZERO)).isTrue();
		assertThat(cancel(accepted, Duration.ZERO)).isFalse();
		assertThat(cancel(accepted, LONG)).isFalse();
		this.release.countDown();
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
	}

	private void assertInterrupted(PostPhaseExecution accepted) {
		PostPhaseResult result = this.fixture.result(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.failure()).isInstanceOf(InterruptedException.class);
	}

	@Test
	void raceWithTheEndHasOneOutcomeAndInterruptsNobodyElse() throws Exception {
		AtomicBoolean stray = new AtomicBoolean();
		for (int i = 0; i < 2000; i++) {
			long nanos = i % 50 * 1000L;
			CountDownLatch begun = new CountDownLatch(1);
			PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
				stray.compareAndSet(false, Thread.currentThread().isInterrupted());
				begun.countDown();
				EngineFixture.spin(25_000);
			});
			EngineFixture.await(begun);
			boolean cancelled = cancel(accepted, Duration.ofNanos(nanos));
			assertThat(this.fixture.result(accepted).outcome())
				.isEqualTo((cancelled) ? PostPhaseOutcome.CANCELLED : PostPhaseOutcome.COMPLETED);
		}
		assertThat(stray).isFalse();
	}

	@Test
	void queuedOneEndsAtOnce() throws Exception {
		submitBlocking();
		PostPhaseExecution queued = this.fixture.submit("queued", (context) -> this.interrupted.set(true));
		assertThat(cancel(queued, LONG)).isTrue();
		assertThat(this.fixture.told(queued).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		this.release.countDown();
	}

	@Test
	void graceMustNotBeNegative() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.fixture.engine.cancel("unknown", Duration.ofMillis(-1)))
			.withMessage("The grace period must not be negative: PT-0.001S");
	}

	@Test
	void oneInFlightIsFoundByTheIdThatWasAskedFor() throws Exception {
		PostPhaseExecution accepted = submitBlocking();
		String id = accepted.id();
		assertThat(this.fixture.engine.find(id)).isNotInstanceOf(Execution.class)
			.extracting(PostPhaseExecution::id)
			.isEqualTo(id);
		assertThat(this.fixture.engine.find("unknown")).isNull();
		this.release.countDown();
		this.fixture.result(accepted);
		assertThat(this.fixture.engine.find(id)).isNull();
	}

}
