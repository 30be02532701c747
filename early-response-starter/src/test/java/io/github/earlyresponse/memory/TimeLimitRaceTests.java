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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a time limit that comes at the same time as something else.
 */
class TimeLimitRaceTests {

	private static final int ROUNDS = 1500;

	private static final Duration LIMIT = Duration.ofNanos(500_000);

	@Test
	void limitThatComesWithTheEndNeverInterruptsWhatFollowsOnTheThread() {
		// On the thread of the test, because pools clear the flag by themselves
		try (EngineFixture fixture = EngineFixture.inline().timeout(LIMIT).start()) {
			for (int i = 0; i < ROUNDS; i++) {
				PostPhaseExecution accepted = fixture.submit("work", (context) -> spinAboutTheLimit());
				assertThat(Thread.interrupted()).as("interrupted after round " + i).isFalse();
				// A late interrupt would come now
				EngineFixture.spin(20_000);
				assertThat(Thread.interrupted()).as("interrupted later in round " + i).isFalse();
				assertThat(accepted.state()).isEqualTo(PostPhaseExecution.State.FINISHED);
			}
			assertThat(fixture.listener.outcomes()).hasSize(ROUNDS)
				.isSubsetOf(PostPhaseOutcome.COMPLETED, PostPhaseOutcome.TIMED_OUT);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void limitThatComesWithTheEndNeverInterruptsNextPostPhase(ThreadKind kind) {
		AtomicInteger interruptedForNoReason = new AtomicInteger();
		try (EngineFixture fixture = EngineFixture.with(kind, 1).capacity(ROUNDS).timeout(LIMIT).start()) {
			for (int i = 0; i < ROUNDS; i++) {
				fixture.submit("work", (context) -> {
					// In this order: whoever interrupts has decided before
					boolean interrupted = Thread.currentThread().isInterrupted();
					if (interrupted && !context.cancellationRequested()) {
						interruptedForNoReason.incrementAndGet();
					}
					spinAboutTheLimit();
				});
			}
			fixture.awaitBalance();
			assertThat(fixture.listener.outcomes()).isSubsetOf(PostPhaseOutcome.COMPLETED, PostPhaseOutcome.TIMED_OUT);
		}
		assertThat(interruptedForNoReason).hasValue(0);
	}

	@Test
	void restartThatComesWithTheLimitEitherTakesEffectOrNot() {
		try (EngineFixture fixture = EngineFixture.inline().timeout(LIMIT).start()) {
			for (int i = 0; i < ROUNDS; i++) {
				AtomicBoolean reached = new AtomicBoolean();
				PostPhaseResult result = fixture.told(fixture.submit("work", (context) -> {
					spinAboutTheLimit();
					context.restartTimeout(Duration.ofHours(1));
					reached.set(context.cancellationRequested());
					EngineFixture.spin(20_000);
				}));
				assertThat(result.outcome()).as("round " + i)
					.isEqualTo((reached.get()) ? PostPhaseOutcome.TIMED_OUT : PostPhaseOutcome.COMPLETED);
				assertThat(Thread.interrupted()).isFalse();
			}
		}
	}

	private static void spinAboutTheLimit() {
		EngineFixture.spin(LIMIT.toNanos() + ThreadLocalRandom.current().nextInt(-100_000, 150_000));
	}

}
