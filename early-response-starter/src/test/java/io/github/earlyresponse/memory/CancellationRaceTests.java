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

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a cancellation that comes at the same time as something else.
 */
class CancellationRaceTests {

	private static final int ROUNDS = 4000;

	private final ExecutorService other = Executors.newSingleThreadExecutor();

	@AfterEach
	void shutDown() {
		this.other.shutdownNow();
	}

	@Test
	void cancelAgainstStartOnSubmittingThread() throws Exception {
		try (EngineFixture fixture = EngineFixture.inline().start()) {
			race(fixture);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void cancelAgainstStartOnThreadOfExecutor(ThreadKind kind) throws Exception {
		try (EngineFixture fixture = EngineFixture.with(kind, 1).start()) {
			race(fixture);
		}
	}

	private void race(EngineFixture fixture) throws Exception {
		CyclicBarrier barrier = new CyclicBarrier(2);
		AtomicInteger interruptedForNoReason = new AtomicInteger();
		for (int i = 0; i < ROUNDS; i++) {
			PostPhaseExecution accepted = fixture.accept("work");
			String id = accepted.id();
			AtomicBoolean ran = new AtomicBoolean();
			Future<Boolean> cancelled = this.other.submit(() -> {
				barrier.await(30, TimeUnit.SECONDS);
				EngineFixture.spin(ThreadLocalRandom.current().nextInt(20_000));
				return fixture.engine.cancel(id);
			});
			barrier.await(30, TimeUnit.SECONDS);
			EngineFixture.spin(ThreadLocalRandom.current().nextInt(10_000));
			fixture.submit(accepted, (context) -> {
				// In this order: whoever interrupts has decided before
				boolean interrupted = Thread.currentThread().isInterrupted();
				if (interrupted && !context.cancellationRequested()) {
					interruptedForNoReason.incrementAndGet();
				}
				EngineFixture.spin(2_000);
				ran.set(true);
			});
			boolean success = cancelled.get(30, TimeUnit.SECONDS);
			fixture.awaitIdle();
			assertThat(Thread.interrupted()).as("interrupt flag of the submitting thread").isFalse();
			assertThat(accepted.startedAt() != null).as("started").isEqualTo(ran.get());
			PostPhaseOutcome expected = (success) ? PostPhaseOutcome.CANCELLED : PostPhaseOutcome.COMPLETED;
			assertThat(fixture.listener.outcomes()).as("outcomes after round " + i).hasSize(i + 1);
			assertThat(fixture.listener.finished().get(i).outcome()).isEqualTo(expected);
		}
		assertThat(interruptedForNoReason).hasValue(0);
	}

	@Test
	void cancelAgainstSkipEndsItOnce() throws Exception {
		try (EngineFixture fixture = EngineFixture.inline().start()) {
			CyclicBarrier barrier = new CyclicBarrier(2);
			for (int i = 0; i < ROUNDS; i++) {
				PostPhaseExecution accepted = fixture.accept("work");
				String id = accepted.id();
				Future<Boolean> cancelled = this.other.submit(() -> {
					barrier.await(30, TimeUnit.SECONDS);
					return fixture.engine.cancel(id);
				});
				barrier.await(30, TimeUnit.SECONDS);
				fixture.skip(accepted);
				boolean success = cancelled.get(30, TimeUnit.SECONDS);
				PostPhaseOutcome expected = (success) ? PostPhaseOutcome.CANCELLED : PostPhaseOutcome.SKIPPED;
				fixture.awaitIdle();
				assertThat(fixture.listener.outcomes()).hasSize(i + 1).last().isEqualTo(expected);
			}
		}
	}

}
