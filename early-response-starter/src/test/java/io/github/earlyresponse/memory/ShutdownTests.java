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
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.testsupport.Reservations;
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
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the start and stop of the {@link MemoryPostPhaseEngine}.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
@ExtendWith(OutputCaptureExtension.class)
class ShutdownTests {

	private static final Duration SHORT = Duration.ofMillis(50);

	private final ExecutorService other = Executors.newCachedThreadPool();

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final AtomicReference<Thread> thread = new AtomicReference<>();

	private final AtomicBoolean ran = new AtomicBoolean();

	private final ThreadKind kind;

	ShutdownTests(ThreadKind kind) {
		this.kind = kind;
	}

	@AfterEach
	void shutDown() {
		this.release.countDown();
		this.other.shutdownNow();
	}

	private EngineFixture start(Duration shutdownTimeout) {
		return EngineFixture.with(this.kind, 1).shutdownTimeout(shutdownTimeout).start();
	}

	private PostPhaseExecution submitUntilReleased(EngineFixture fixture, String name) throws InterruptedException {
		PostPhaseExecution accepted = fixture.submit(name, (context) -> {
			this.thread.set(Thread.currentThread());
			this.running.countDown();
			EngineFixture.await(this.release);
		});
		EngineFixture.await(this.running);
		return accepted;
	}

	private Future<?> stopInBackground(EngineFixture fixture) {
		Future<?> stop = this.other.submit(() -> fixture.engine.stop());
		Awaitility.await().until(() -> !fixture.engine.isRunning());
		return stop;
	}

	private void awaitEnd(Thread thread) throws InterruptedException {
		thread.join(TimeUnit.SECONDS.toMillis(30));
		assertThat(thread.isAlive()).as("thread is alive").isFalse();
	}

	@Test
	void stopWaitsForRunningAndQueuedOnes(CapturedOutput output) throws Exception {
		EngineFixture fixture = start(EngineFixture.LONG);
		submitUntilReleased(fixture, "running");
		fixture.submit("queued", (context) -> this.ran.set(true));
		Future<?> stop = stopInBackground(fixture);
		Awaitility.await().until(() -> output.toString().contains("Waiting up to"));
		assertThat(stop.isDone()).isFalse();
		this.release.countDown();
		stop.get(30, TimeUnit.SECONDS);
		assertThat(this.ran).isTrue();
		assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED, PostPhaseOutcome.COMPLETED);
		assertThat(output).contains("Waiting up to PT30S for 2 post-phases in flight").doesNotContain("was abandoned");
		fixture.awaitBalance();
	}

	@Test
	void stopWaitsForRequestThatWasAdmittedAndItsPostPhaseRuns() throws Exception {
		EngineFixture fixture = start(EngineFixture.LONG);
		PostPhaseExecution accepted = fixture.accept("work");
		Future<?> stop = stopInBackground(fixture);
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> fixture.accept("late"));
		fixture.submit(accepted, (context) -> this.ran.set(true));
		stop.get(30, TimeUnit.SECONDS);
		assertThat(this.ran).isTrue();
		assertThat(fixture.told(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		fixture.awaitBalance();
	}

	@Test
	void afterItsTimeStopInterruptsAndAbandonsByNameAndId(CapturedOutput output) throws Exception {
		EngineFixture fixture = start(SHORT);
		AtomicBoolean requested = new AtomicBoolean();
		CountDownLatch ended = new CountDownLatch(1);
		PostPhaseExecution running = fixture.submit("running", (context) -> {
			this.thread.set(Thread.currentThread());
			this.running.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				requested.set(context.cancellationRequested());
				ended.countDown();
				EngineFixture.awaitUninterruptibly(this.release);
			}
		});
		EngineFixture.await(this.running);
		PostPhaseExecution queued = fixture.submit("queued", (context) -> this.ran.set(true));
		PostPhaseExecution accepted = fixture.accept("accepted");
		fixture.engine.stop();
		EngineFixture.await(ended);
		assertThat(requested).isTrue();
		for (PostPhaseExecution each : new PostPhaseExecution[] { running, queued, accepted }) {
			assertThat(fixture.told(each).outcome()).isEqualTo(PostPhaseOutcome.ABANDONED);
		}
		assertThat(output)
			.contains("Post-phase 'running' (" + running.id() + ") was abandoned at shutdown: it was still running")
			.contains("Post-phase 'queued' (" + queued.id() + ") was abandoned at shutdown: it had not started")
			.contains("Post-phase 'accepted' (" + accepted.id() + ") was abandoned at shutdown: it had not started");
		this.release.countDown();
		fixture.submit(accepted, (context) -> this.ran.set(true));
		awaitEnd(this.thread.get());
		assertThat(this.ran).isFalse();
		fixture.awaitBalance();
	}

	@Test
	void abandonedOnesThatEndAtOnceAreLoggedAsWell(CapturedOutput output) throws Exception {
		EngineFixture fixture = start(Duration.ZERO);
		for (int i = 0; i < 100; i++) {
			CountDownLatch started = new CountDownLatch(1);
			fixture.submit("round-" + i, (context) -> {
				started.countDown();
				new CountDownLatch(1).await();
			});
			EngineFixture.await(started);
			fixture.engine.stop();
			fixture.engine.start();
		}
		fixture.close();
		assertThat(fixture.listener.outcomes()).hasSize(100).containsOnly(PostPhaseOutcome.ABANDONED);
		for (PostPhaseResult result : fixture.listener.finished()) {
			assertThat(output).contains(
					"Post-phase '" + result.postPhase().name() + "' (" + result.postPhase().id() + ") was abandoned");
		}
	}

	@Test
	void postPhaseThatStopsTheEngineWaitsForTheOthersAndNotForItself(CapturedOutput output) throws Exception {
		EngineFixture fixture = EngineFixture.with(this.kind, 2).shutdownTimeout(EngineFixture.LONG).start();
		submitUntilReleased(fixture, "other");
		AtomicBoolean interrupted = new AtomicBoolean();
		PostPhaseExecution stopping = fixture.submit("stopping", (context) -> {
			fixture.engine.stop();
			interrupted.set(Thread.currentThread().isInterrupted());
			this.ran.set(!context.cancellationRequested());
		});
		Awaitility.await().until(() -> output.toString().contains("Waiting up to PT30S for 1 post-phase in flight"));
		assertThat(this.ran).isFalse();
		this.release.countDown();
		assertThat(fixture.result(stopping).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.ran).isTrue();
		assertThat(interrupted).isFalse();
		assertThat(fixture.listener.outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
		assertThat(output).doesNotContain("was abandoned");
		fixture.awaitBalance();
	}

	@Test
	void stopDoesNotWaitForeverForWorkThatIgnoresInterrupts() throws Exception {
		EngineFixture fixture = start(SHORT);
		AtomicReference<Thread> thread = new AtomicReference<>();
		PostPhaseExecution stubborn = fixture.submit("stubborn", (context) -> {
			thread.set(Thread.currentThread());
			this.running.countDown();
			EngineFixture.awaitUninterruptibly(this.release);
		});
		EngineFixture.await(this.running);
		fixture.engine.stop();
		assertThat(fixture.told(stubborn).outcome()).isEqualTo(PostPhaseOutcome.ABANDONED);
		fixture.awaitBalance();
		this.release.countDown();
		awaitEnd(thread.get());
		fixture.awaitBalance();
	}

	@Test
	void stopWithoutTimeAbandonsAtOnce() throws Exception {
		EngineFixture fixture = start(Duration.ZERO);
		submitUntilReleased(fixture, "running");
		fixture.engine.stop();
		assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.ABANDONED);
		fixture.awaitBalance();
	}

	@Test
	void stopKeepsOutcomeThatWasDecidedBefore() throws Exception {
		EngineFixture fixture = start(SHORT);
		PostPhaseExecution stubborn = fixture.submit("stubborn", (context) -> {
			this.running.countDown();
			EngineFixture.awaitUninterruptibly(this.release);
		});
		EngineFixture.await(this.running);
		assertThat(fixture.engine.cancel(stubborn.id())).isTrue();
		fixture.engine.stop();
		assertThat(fixture.told(stubborn).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		fixture.awaitBalance();
	}

	@Test
	void interruptedStopAbandonsAndKeepsInterruptFlag() throws Exception {
		EngineFixture fixture = start(EngineFixture.LONG);
		submitUntilReleased(fixture, "running");
		Thread.currentThread().interrupt();
		fixture.engine.stop();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.ABANDONED);
		fixture.awaitBalance();
	}

	@Test
	void submitAfterStopIsAbandonedAndLogged(CapturedOutput output) throws Exception {
		EngineFixture fixture = start(SHORT);
		Reservation reservation = fixture.reserve(1);
		fixture.engine.stop();
		PostPhaseExecution late = reservation.add("late", Reservations.NOTHING);
		reservation.record(List.of(Reservations.record(late, (context) -> this.ran.set(true))));
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.ran).isFalse();
		assertThat(fixture.told(late).outcome()).isEqualTo(PostPhaseOutcome.ABANDONED);
		assertThat(output).contains("Post-phase 'late' (" + late.id() + ") was abandoned at shutdown");
		fixture.awaitBalance();
	}

	@Test
	void skipAfterStopIsSkipped() {
		EngineFixture fixture = start(SHORT);
		Reservation reservation = fixture.reserve(1);
		fixture.engine.stop();
		PostPhaseExecution late = reservation.add("late", Reservations.NOTHING);
		reservation.skip(ResponseDelivery.SENT);
		assertThat(fixture.told(late).outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		fixture.awaitBalance();
	}

	@Test
	void stopOfIdleEngineIsQuietAndCanBeRepeated(CapturedOutput output) {
		EngineFixture fixture = start(EngineFixture.LONG);
		fixture.run("work", (context) -> {
		});
		fixture.engine.stop();
		fixture.engine.stop();
		assertThat(fixture.engine.isRunning()).isFalse();
		assertThat(output).doesNotContain("Waiting up to");
	}

	@Test
	void engineThatWasNeverStartedCanBeStopped() {
		EngineFixture fixture = EngineFixture.with(this.kind, 1).create();
		fixture.engine.stop();
		assertThat(fixture.engine.isRunning()).isFalse();
	}

	@Test
	void startsAgainAfterStop() throws Exception {
		try (EngineFixture fixture = start(SHORT).timeout(SHORT)) {
			AtomicReference<Thread> stubborn = new AtomicReference<>();
			fixture.submit("stubborn", (context) -> {
				stubborn.set(Thread.currentThread());
				this.running.countDown();
				EngineFixture.awaitUninterruptibly(this.release);
			});
			EngineFixture.await(this.running);
			fixture.engine.stop();
			fixture.engine.start();
			assertThat(fixture.engine.isRunning()).isTrue();
			assertThat(fixture.run("again", (context) -> {
			}).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(fixture.run("limited", (context) -> {
				context.restartTimeout(Duration.ofMillis(10));
				new CountDownLatch(1).await();
			}).outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
			this.release.countDown();
			awaitEnd(stubborn.get());
			assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.ABANDONED,
					PostPhaseOutcome.COMPLETED, PostPhaseOutcome.TIMED_OUT);
		}
	}

	@Test
	void threadsEndWithStop() throws Exception {
		EngineFixture fixture = start(EngineFixture.LONG);
		fixture.run("work", (context) -> {
			context.restartTimeout(Duration.ofHours(1));
			this.thread.set(Thread.currentThread());
		});
		assertThat(liveThreads("post-phase-time-limit-")).isNotZero();
		fixture.engine.stop();
		awaitEnd(this.thread.get());
		Awaitility.await()
			.untilAsserted(() -> assertThat(liveThreads(EngineFixture.PREFIX) + liveThreads("post-phase-time-limit-"))
				.isZero());
	}

	private static long liveThreads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.isAlive() && thread.getName().startsWith(prefix))
			.count();
	}

	@Test
	void applicationsExecutorIsLeftAlone() throws Exception {
		EngineFixture fixture = EngineFixture.with(PostPhaseExecutors.of(this.other)).start();
		fixture.run("work", (context) -> {
		});
		fixture.engine.stop();
		assertThat(this.other.isShutdown()).isFalse();
		assertThat(this.other.submit(() -> "alive").get(30, TimeUnit.SECONDS)).isEqualTo("alive");
	}

}
