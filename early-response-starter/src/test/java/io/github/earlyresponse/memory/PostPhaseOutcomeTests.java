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

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.run.Execution;
import io.github.earlyresponse.testsupport.HarmfulFailures.Endless;
import io.github.earlyresponse.testsupport.HarmfulFailures.Unspeakable;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the outcomes of the {@link MemoryPostPhaseEngine} and what its listeners are
 * told.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
@ExtendWith(OutputCaptureExtension.class)
class PostPhaseOutcomeTests {

	private final ThreadKind kind;

	private final EngineFixture fixture;

	PostPhaseOutcomeTests(ThreadKind kind) {
		this.kind = kind;
		this.fixture = EngineFixture.with(kind, 1).start();
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	@Test
	void runsOnThreadOfItsKindWithPrefix() {
		AtomicReference<Thread> thread = new AtomicReference<>();
		this.fixture.run("work", (context) -> thread.set(Thread.currentThread()));
		assertThat(thread.get().getName()).startsWith(EngineFixture.PREFIX);
		assertThat(ThreadKind.of(thread.get())).isEqualTo(this.kind);
	}

	@Test
	void completesWhenWorkReturns() {
		Instant before = Instant.now();
		PostPhaseResult result = this.fixture.run("work", (context) -> EngineFixture.spin(1_000_000));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(result.failure()).isNull();
		assertThat(result.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(1));
		assertThat(result.postPhase().acceptedAt()).isBetween(before, Instant.now());
		assertThat(result.postPhase().startedAt()).isBetween(result.postPhase().acceptedAt(), Instant.now());
		assertThat(this.fixture.listener.started()).containsExactly("work");
	}

	@Test
	void failsWithExceptionOfWorkAndLogsItOnceByNameAndId(CapturedOutput output) {
		IOException failure = new IOException("the disk is full");
		PostPhaseResult result = this.fixture.run("pack", (context) -> {
			throw failure;
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isSameAs(failure);
		assertThat(output).containsOnlyOnce("Post-phase 'pack' (" + result.postPhase().id() + ") failed")
			.containsOnlyOnce("java.io.IOException: the disk is full");
	}

	@Test
	void failsWithExceptionThatCannotBeLogged(CapturedOutput output) {
		PostPhaseResult result = this.fixture.run("pack", (context) -> {
			throw new Unspeakable();
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isInstanceOf(Unspeakable.class);
		assertThat(output).contains("Post-phase 'pack' (" + result.postPhase().id() + ") failed",
				Unspeakable.class.getName()
						+ " (its message cannot be told because of a java.lang.StackOverflowError)");
	}

	@Test
	void failsWithErrorOfWork() {
		AssertionError failure = new AssertionError("expected");
		PostPhaseResult result = this.fixture.run("work", (context) -> {
			throw failure;
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isSameAs(failure);
	}

	@Test
	void failsWithStackOverflow() {
		PostPhaseResult result = this.fixture.run("work", (context) -> recurse(1));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isInstanceOf(StackOverflowError.class);
		assertThat(this.fixture.run("next", (context) -> {
		}).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	private static int recurse(int depth) {
		return recurse(depth + 1) + depth;
	}

	@Test
	void failsWithInterruptedExceptionThatNobodyAskedFor() {
		PostPhaseResult result = this.fixture.run("work", (context) -> {
			throw new InterruptedException("expected");
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isInstanceOf(InterruptedException.class);
	}

	@Test
	void skipsWithoutRunning() {
		PostPhaseExecution accepted = this.fixture.accept("work");
		this.fixture.skip(accepted, ResponseDelivery.aborted(new IOException("gone")));
		PostPhaseResult result = this.fixture.told(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(result.duration()).isZero();
		assertThat(result.failure()).isNull();
		assertThat(result.postPhase().startedAt()).isNull();
		assertThat(result.postPhase().delivery()).isEqualTo(Delivery.ABORTED);
		assertThat(this.fixture.listener.started()).isEmpty();
	}

	@Test
	void onlyFirstSubmitOrSkipCounts() {
		AtomicReference<String> ran = new AtomicReference<>("");
		PostPhaseExecution skipped = this.fixture.accept("skipped");
		this.fixture.skip(skipped);
		this.fixture.skip(skipped);
		this.fixture.start(skipped);
		PostPhaseExecution submitted = this.fixture.accept("submitted");
		this.fixture.submit(submitted, (context) -> ran.accumulateAndGet("first ", String::concat));
		this.fixture.start(submitted);
		this.fixture.skip(submitted);
		this.fixture.awaitBalance();
		assertThat(ran).hasValue("first ");
		assertThat(this.fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.SKIPPED,
				PostPhaseOutcome.COMPLETED);
	}

	@Test
	void goesThroughItsStates() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch running = new CountDownLatch(1);
		PostPhaseExecution first = this.fixture.accept("first");
		PostPhaseExecution second = this.fixture.accept("second");
		assertThat(first.state()).isEqualTo(State.ACCEPTED);
		assertThat(first.delivery()).isEqualTo(Delivery.NOT_SENT);
		this.fixture.submit(first, (context) -> {
			running.countDown();
			EngineFixture.await(release);
		});
		EngineFixture.await(running);
		this.fixture.submit(second, (context) -> {
		});
		assertThat(first.state()).isEqualTo(State.RUNNING);
		assertThat(second.state()).isEqualTo(State.QUEUED);
		assertThat(second.delivery()).isEqualTo(Delivery.SENT);
		assertThat(this.fixture.engine.queuedCount()).isEqualTo(1);
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(2);
		assertThat(this.fixture.engine.inFlight()).doesNotHaveAnyElementsOfTypes(Execution.class)
			.extracting(PostPhaseExecution::id)
			.containsExactlyInAnyOrder(first.id(), second.id());
		release.countDown();
		this.fixture.awaitIdle();
		assertThat(first.state()).isEqualTo(State.FINISHED);
		assertThat(second.state()).isEqualTo(State.FINISHED);
	}

	@Test
	void whatCannotBeLoggedWholeIsShortened(CapturedOutput output) {
		RuntimeException failure = new IllegalStateException("x".repeat(5_000_000), new Endless());
		PostPhaseResult result = this.fixture.run("work", (context) -> {
			throw failure;
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isSameAs(failure);
		assertThat(output.toString())
			.contains("failed", "java.lang.IllegalStateException: xxx", "Caused by: " + Endless.class.getName())
			.hasSizeLessThan(1_000_000);
	}

	@Test
	void workSeesWhatIsKnownOfIt() {
		IOException gone = new IOException("gone");
		AtomicReference<Object> failure = new AtomicReference<>();
		PostPhaseExecution accepted = this.fixture.accept("work");
		PostPhaseWork.Task task = new PostPhaseWork.Task((context) -> {
			assertThat(context.id()).isEqualTo(accepted.id());
			assertThat(context.name()).isEqualTo("work");
			assertThat(context.delivery()).isEqualTo(Delivery.ABORTED);
			assertThat(context.cancellationRequested()).isFalse();
			assertThatIllegalStateException().isThrownBy(context::request);
			failure.set(context.deliveryFailure());
		});
		this.fixture.record(accepted, task, () -> () -> {
		}, () -> {
		});
		this.fixture.start(accepted, ResponseDelivery.aborted(gone));
		assertThat(this.fixture.result(accepted).failure()).isNull();
		assertThat(failure).hasValue(gone);
	}

	@Test
	void interruptFlagThatWorkLeavesBehindDoesNotReachNextOne() {
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		this.fixture.run("first", (context) -> Thread.currentThread().interrupt());
		this.fixture.run("second", (context) -> interrupted.set(Thread.currentThread().isInterrupted()));
		assertThat(interrupted).hasValue(false);
	}

	@Test
	void roomIsBackOnlyWhenWorkHasEnded() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		int free = this.fixture.freeRoom();
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> EngineFixture.await(release));
		assertThat(this.fixture.freeRoom()).isEqualTo(free - 1);
		release.countDown();
		this.fixture.result(accepted);
		assertThat(this.fixture.freeRoom()).isEqualTo(free);
	}

}
