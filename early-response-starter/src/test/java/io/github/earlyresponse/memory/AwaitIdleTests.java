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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MemoryPostPhaseEngine#awaitIdle(Duration)}.
 */
class AwaitIdleTests {

	private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

	private final EngineFixture fixture = EngineFixture.with(ThreadKind.PLATFORM, 2).start();

	private final ExecutorService other = Executors.newCachedThreadPool();

	@AfterEach
	void balances() {
		this.other.shutdownNow();
		this.fixture.close();
	}

	@Test
	void idleEngineNeedsNoTime() throws Exception {
		assertThat(this.fixture.engine.awaitIdle(Duration.ZERO)).isTrue();
		assertThat(this.fixture.engine.awaitIdle(Duration.ofSeconds(-1))).isTrue();
		assertThat(this.fixture.engine.awaitIdle(FOREVER)).isTrue();
	}

	@Test
	void timeoutIsOver() throws Exception {
		PostPhaseExecution accepted = this.fixture.accept("work");
		assertThat(this.fixture.engine.awaitIdle(Duration.ofSeconds(-1))).isFalse();
		assertThat(this.fixture.engine.awaitIdle(Duration.ZERO)).isFalse();
		long start = System.nanoTime();
		assertThat(this.fixture.engine.awaitIdle(Duration.ofMillis(50))).isFalse();
		assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
		this.fixture.skip(accepted);
	}

	@Test
	void allWaitingThreadsAreTold() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		this.fixture.submit("work", (context) -> EngineFixture.await(release));
		CompletableFuture<Thread> firstThread = new CompletableFuture<>();
		CompletableFuture<Thread> secondThread = new CompletableFuture<>();
		Future<Boolean> first = this.other.submit(() -> awaitIdle(firstThread));
		Future<Boolean> second = this.other.submit(() -> awaitIdle(secondThread));
		awaitWaiting(firstThread);
		awaitWaiting(secondThread);
		release.countDown();
		assertThat(first.get(30, TimeUnit.SECONDS)).isTrue();
		assertThat(second.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void oneThatWaitsOnIsToldAfterOthersHaveGivenUp() throws Exception {
		PostPhaseExecution accepted = this.fixture.accept("work");
		CompletableFuture<Thread> patientThread = new CompletableFuture<>();
		CompletableFuture<Thread> interruptedThread = new CompletableFuture<>();
		Future<Boolean> patient = this.other.submit(() -> awaitIdle(patientThread));
		Future<Boolean> interrupted = this.other.submit(() -> awaitIdle(interruptedThread));
		awaitWaiting(patientThread);
		awaitWaiting(interruptedThread);
		assertThat(this.fixture.engine.awaitIdle(Duration.ofMillis(1))).isFalse();
		interruptedThread.get().interrupt();
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> interrupted.get(30, TimeUnit.SECONDS))
			.withCauseInstanceOf(InterruptedException.class);
		this.fixture.skip(accepted);
		assertThat(patient.get(30, TimeUnit.SECONDS)).isTrue();
	}

	private boolean awaitIdle(CompletableFuture<Thread> thread) throws InterruptedException {
		thread.complete(Thread.currentThread());
		return this.fixture.engine.awaitIdle(FOREVER);
	}

	private static void awaitWaiting(CompletableFuture<Thread> thread) {
		await().until(() -> thread.get().getState(), (state) -> state == Thread.State.TIMED_WAITING);
	}

	@RepeatedTest(3)
	void noneIsForgottenThatBeginsToWaitAtTheEnd() throws Exception {
		for (int i = 0; i < 1000; i++) {
			PostPhaseExecution accepted = this.fixture.accept("work");
			CyclicBarrier together = new CyclicBarrier(2);
			Future<Boolean> idle = this.other.submit(() -> {
				together.await();
				return this.fixture.engine.awaitIdle(FOREVER);
			});
			together.await();
			this.fixture.skip(accepted);
			assertThat(idle.get(30, TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void oneThatIsOnlyAcceptedIsInFlight() throws Exception {
		PostPhaseExecution accepted = this.fixture.accept("work");
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		Future<Boolean> idle = this.other.submit(() -> awaitIdle(thread));
		awaitWaiting(thread);
		assertThat(idle.isDone()).isFalse();
		this.fixture.skip(accepted);
		assertThat(idle.get(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void interruptEndsTheWait() {
		PostPhaseExecution accepted = this.fixture.accept("work");
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> this.fixture.engine.awaitIdle(FOREVER));
		this.fixture.skip(accepted);
	}

}
