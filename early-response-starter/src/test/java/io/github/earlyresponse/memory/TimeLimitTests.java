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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseMethods;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for the time limit of post-phases.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
@ExtendWith(OutputCaptureExtension.class)
class TimeLimitTests {

	private static final Duration SHORT = Duration.ofMillis(20);

	private final ThreadKind kind;

	private EngineFixture fixture;

	TimeLimitTests(ThreadKind kind) {
		this.kind = kind;
	}

	private EngineFixture start(Duration timeout) {
		this.fixture = EngineFixture.with(this.kind, 1).timeout(timeout).start();
		return this.fixture;
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	@Test
	void interruptsWorkAtItsLimitAndLogsItByNameAndId(CapturedOutput output) {
		AtomicBoolean seen = new AtomicBoolean();
		PostPhaseResult result = start(SHORT).run("slow", (context) -> {
			try {
				new CountDownLatch(1).await();
			}
			finally {
				seen.set(context.cancellationRequested());
			}
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
		assertThat(result.failure()).isInstanceOf(InterruptedException.class);
		assertThat(result.duration()).isGreaterThanOrEqualTo(SHORT);
		assertThat(seen).isTrue();
		// Written by the clock's own thread, right after the interrupt
		Awaitility.await()
			.untilAsserted(() -> assertThat(output)
				.contains("Post-phase 'slow' (" + result.postPhase().id() + ") reached its time limit of PT0.02S"));
	}

	@Test
	void workThatHasStoppedTheEngineCanRestartItsLimit() {
		PostPhaseResult result = start(EngineFixture.LONG).run("closing", (context) -> {
			this.fixture.engine.stop();
			context.restartTimeout(SHORT);
			assertThat(this.fixture.engine.cancel(context.id(), EngineFixture.LONG)).isTrue();
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.failure()).isNull();
	}

	@Test
	void isTimedOutAlsoWhenWorkSwallowsInterruptAndReturns() {
		PostPhaseResult result = start(SHORT).run("slow", TimeLimitTests::awaitLimit);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
		assertThat(result.failure()).isNull();
	}

	@Test
	void isTimedOutAlsoWhenWorkThrowsSomethingElseLater() {
		IllegalStateException failure = new IllegalStateException("expected");
		PostPhaseResult result = start(SHORT).run("slow", (context) -> {
			awaitLimit(context);
			throw failure;
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
		assertThat(result.failure()).isSameAs(failure);
	}

	@Test
	void isToldOnlyWhenWorkHasEnded() throws Exception {
		CountDownLatch limitReached = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		PostPhaseExecution accepted = start(SHORT).submit("slow", (context) -> {
			awaitLimit(context);
			limitReached.countDown();
			EngineFixture.await(release);
		});
		EngineFixture.await(limitReached);
		assertThat(this.fixture.listener.finished()).isEmpty();
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(1);
		release.countDown();
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void cancelAfterLimitChangesNothing() {
		AtomicBoolean cancelled = new AtomicBoolean(true);
		PostPhaseResult result = start(SHORT).run("slow", (context) -> {
			awaitLimit(context);
			cancelled.set(this.fixture.engine.cancel(context.id()));
		});
		assertThat(cancelled).isFalse();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void limitCountsFromStartAndNotFromAdmission() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch queueTime = new CountDownLatch(1);
		PostPhaseExecution first = start(Duration.ofSeconds(1)).submit("first", (context) -> {
			context.restartTimeout(Duration.ZERO);
			EngineFixture.await(release);
		});
		PostPhaseExecution second = this.fixture.submit("second", (context) -> {
		});
		assertThat(queueTime.await(1200, TimeUnit.MILLISECONDS)).isFalse();
		release.countDown();
		assertThat(this.fixture.result(first).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.fixture.told(second).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void restartBeforeLimitGivesTheTimeAnew() {
		PostPhaseResult result = start(Duration.ofSeconds(1)).run("slow", (context) -> {
			context.restartTimeout(Duration.ofSeconds(60));
			assertThat(new CountDownLatch(1).await(1200, TimeUnit.MILLISECONDS)).isFalse();
		});
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void restartCanShortenTheLimit() {
		PostPhaseResult result = start(Duration.ofHours(1)).run("slow", (context) -> {
			context.restartTimeout(SHORT);
			awaitLimit(context);
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void restartSetsLimitWhereThereWasNone() {
		PostPhaseResult result = start(Duration.ZERO).run("slow", (context) -> {
			context.restartTimeout(SHORT);
			awaitLimit(context);
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void restartWithZeroTakesLimitAway() {
		PostPhaseResult result = start(Duration.ofSeconds(1)).run("slow", (context) -> {
			context.restartTimeout(Duration.ZERO);
			assertThat(new CountDownLatch(1).await(1200, TimeUnit.MILLISECONDS)).isFalse();
		});
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void restartAfterLimitIsWithoutEffect() {
		AtomicBoolean requested = new AtomicBoolean();
		PostPhaseResult result = start(SHORT).run("slow", (context) -> {
			awaitLimit(context);
			context.restartTimeout(Duration.ofHours(1));
			requested.set(context.cancellationRequested());
		});
		assertThat(requested).isTrue();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void restartAfterEndIsWithoutEffect() {
		AtomicReference<PostPhaseContext> kept = new AtomicReference<>();
		PostPhaseExecution accepted = start(Duration.ZERO).submit("work", kept::set);
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		kept.get().restartTimeout(Duration.ofNanos(1));
		this.fixture.run("next", (context) -> EngineFixture.spin(5_000_000));
		assertThat(this.fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED,
				PostPhaseOutcome.COMPLETED);
		assertThat(kept.get().cancellationRequested()).isTrue();
	}

	@Test
	void negativeRestartIsRefusedAndLeavesLimitAsItWas() {
		PostPhaseResult result = start(SHORT).run("slow", (context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.restartTimeout(Duration.ofNanos(-1)))
				.withMessageContaining("PT-0.000000001S");
			awaitLimit(context);
		});
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void restartWorksFromAnotherThread() {
		PostPhaseResult result = start(Duration.ZERO).run("slow", (context) -> {
			Thread helper = new Thread(() -> context.restartTimeout(SHORT));
			helper.start();
			helper.join();
			awaitLimit(context);
		});
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void veryLongLimitIsNoProblem() {
		Queue<Duration> limits = new ConcurrentLinkedQueue<>();
		PostPhaseResult result = start(Duration.ofSeconds(Long.MAX_VALUE)).run("work", (context) -> {
			context.restartTimeout(Duration.ofDays(365_000));
			limits.add(Duration.ofDays(365_000));
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(limits).hasSize(1);
	}

	@Test
	void limitOfMethodComesBeforeThatOfEngine() throws Exception {
		EngineFixture fixture = start(Duration.ofHours(1));
		PostPhaseExecution limited = submitMethod(fixture, SHORT, "untilInterrupted");
		assertThat(fixture.result(limited).outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void zeroLimitOfMethodMeansNoneAlthoughEngineHasOne() throws Exception {
		EngineFixture fixture = start(Duration.ofMillis(200));
		PostPhaseExecution unlimited = submitMethod(fixture, Duration.ZERO, "forMoreThanTheLimit");
		assertThat(fixture.result(unlimited).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void limitOfEngineHoldsForMethodThatNamesNone() throws Exception {
		EngineFixture fixture = start(SHORT);
		PostPhaseExecution limited = submitMethod(fixture, null, "untilInterrupted");
		assertThat(fixture.result(limited).outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
	}

	private static PostPhaseExecution submitMethod(EngineFixture fixture, Duration timeout, String method)
			throws Exception {
		PostPhaseMethod postPhase = PostPhaseMethods.of(new Works(), timeout, Works.class.getDeclaredMethod(method));
		return fixture.submit(fixture.accept("method"), new PostPhaseWork.Call(postPhase, new Object[0]), () -> () -> {
		});
	}

	/**
	 * Swallows the interrupt of the limit.
	 */
	private static void awaitLimit(PostPhaseContext context) {
		assertThatThrownBy(() -> new CountDownLatch(1).await(30, TimeUnit.SECONDS))
			.isInstanceOf(InterruptedException.class);
		assertThat(context.cancellationRequested()).isTrue();
	}

	static class Works {

		void untilInterrupted() throws InterruptedException {
			new CountDownLatch(1).await();
		}

		void forMoreThanTheLimit() throws InterruptedException {
			assertThat(new CountDownLatch(1).await(400, TimeUnit.MILLISECONDS)).isFalse();
		}

	}

}
