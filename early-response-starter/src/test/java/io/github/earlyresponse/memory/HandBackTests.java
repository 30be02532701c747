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
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.engine.Takeover;
import io.github.earlyresponse.run.Execution;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.RunnerSettings;
import io.github.earlyresponse.testsupport.RecordingListener;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Durable post-phases that a shutdown hands back to their store.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class HandBackTests {

	private static final PostPhaseTask NOTHING = (context) -> {
	};

	private final RecordingListener listener = new RecordingListener();

	private final RecordingStore store = new RecordingStore();

	private final ExecutorService other = Executors.newCachedThreadPool();

	private final CountDownLatch release = new CountDownLatch(1);

	private final ThreadKind kind;

	private MemoryPostPhaseEngine engine;

	HandBackTests(ThreadKind kind) {
		this.kind = kind;
	}

	@AfterEach
	void stop() throws Exception {
		this.release.countDown();
		this.engine.stop();
		await().until(() -> this.engine.inFlightCount() == 0);
		this.other.shutdownNow();
		int ended = this.listener.outcomes().size() + this.listener.handedBack().size();
		assertThat(ended).as("outcomes and hand-backs")
			.isEqualTo(this.listener.acceptedIds().size() + this.store.takenOver);
	}

	@Test
	void whatWaitsForThreadIsHandedBackAtOnce() throws Exception {
		start(1, EngineFixture.LONG, EngineFixture.LONG);
		submitUntilReleased("durable-running");
		submit("durable-waiting", NOTHING);
		submit("in-memory-waiting", NOTHING);
		Future<?> stop = stopInBackground();
		await().untilAsserted(() -> assertThat(this.store.events).containsExactly("durable-waiting handed back"));
		assertThat(stop.isDone()).isFalse();
		this.release.countDown();
		stop.get(30, TimeUnit.SECONDS);
		assertThat(this.store.events).containsExactly("durable-waiting handed back", "durable-running COMPLETED");
		assertThat(this.listener.started()).containsExactly("durable-running", "in-memory-waiting");
		assertThat(this.listener.handedBack()).containsExactly(HandBackReason.SHUTDOWN);
	}

	@Test
	void whatIsQueuedDuringTheStopIsHandedBackAtOnce() throws Exception {
		start(2, EngineFixture.LONG, EngineFixture.LONG);
		Reservation durable = reserve("durable");
		record(durable, NOTHING);
		Reservation inMemory = reserve("in-memory");
		record(inMemory, NOTHING);
		Future<?> stop = stopInBackground();
		durable.start(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactly("durable handed back");
		inMemory.start(ResponseDelivery.SENT);
		stop.get(30, TimeUnit.SECONDS);
		assertThat(this.listener.started()).containsExactly("in-memory");
	}

	@Test
	void whileItDrainsRequestsAreAcceptedAndTheirDurableOnesHandedBack() throws Exception {
		start(1, EngineFixture.LONG, EngineFixture.LONG);
		submitUntilReleased("durable-running");
		submit("durable-waiting", NOTHING);
		this.engine.drain();
		assertThat(this.engine.isRunning()).isTrue();
		assertThat(this.store.events).containsExactly("durable-waiting handed back");
		submit("durable-late", NOTHING);
		assertThat(this.store.events).containsExactly("durable-waiting handed back", "durable-late handed back");
		submit("in-memory", NOTHING);
		this.release.countDown();
		await().until(() -> this.engine.inFlightCount() == 0);
		assertThat(this.listener.started()).containsExactly("durable-running", "in-memory");
	}

	@Test
	void whatWasTakenOverAtTheLastMomentIsHandedBack() {
		start(1, EngineFixture.LONG, EngineFixture.LONG);
		this.engine.drain();
		takeOver("durable");
		assertThat(this.store.events).containsExactly("durable handed back");
		assertThat(this.listener.started()).isEmpty();
	}

	@Test
	void durableOnesAreHandedBackBeforeTheTimeOfTheOthersIsOver() throws Exception {
		start(3, EngineFixture.LONG, Duration.ofMillis(100));
		CountDownLatch interrupted = new CountDownLatch(1);
		submitAndAwait("durable-long", (context) -> {
			try {
				new CountDownLatch(1).await();
			}
			finally {
				interrupted.countDown();
			}
		});
		submitUntilReleased("in-memory-long");
		Reservation accepted = reserve("durable-accepted");
		record(accepted, NOTHING);
		Future<?> stop = stopInBackground();
		EngineFixture.await(interrupted);
		await().untilAsserted(() -> assertThat(this.store.events).containsExactly("durable-long handed back"));
		assertThat(stop.isDone()).isFalse();
		accepted.start(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactly("durable-long handed back", "durable-accepted handed back");
		assertThat(this.engine.inFlightCount()).isOne();
		this.release.countDown();
		stop.get(30, TimeUnit.SECONDS);
		assertThat(this.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void durableOneThatIgnoresInterruptsDoesNotKeepItsLease() throws Exception {
		start(2, EngineFixture.LONG, Duration.ZERO);
		submitAndAwait("durable-stubborn", (context) -> EngineFixture.awaitUninterruptibly(this.release));
		this.engine.stop();
		assertThat(this.store.events).containsExactly("durable-stubborn handed back");
		this.release.countDown();
		assertThat(this.listener.handedBack()).containsExactly(HandBackReason.SHUTDOWN);
	}

	@Test
	void durableOneThatEndsInTimeIsNotHandedBack() throws Exception {
		start(1, EngineFixture.LONG, EngineFixture.LONG.dividedBy(2));
		submitUntilReleased("durable-short");
		Future<?> stop = stopInBackground();
		this.release.countDown();
		stop.get(10, TimeUnit.SECONDS);
		assertThat(this.store.events).containsExactly("durable-short COMPLETED");
	}

	@Test
	void oneThatStopsTheEngineWaitsForOtherDurableOnesAndNotForItself() throws Exception {
		start(2, EngineFixture.LONG, Duration.ofMillis(100));
		submitAndAwait("durable-long", (context) -> new CountDownLatch(1).await());
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		submitAndAwait("durable-stopping", (context) -> {
			submit("durable-waiting", NOTHING);
			this.engine.stop();
			interrupted.set(Thread.currentThread().isInterrupted() || context.cancellationRequested());
		});
		await().untilAsserted(() -> assertThat(this.store.events).containsExactly("durable-waiting handed back",
				"durable-long handed back", "durable-stopping COMPLETED"));
		assertThat(interrupted).hasValue(false);
	}

	@Test
	void interruptedStopHandsBackAndKeepsInterruptFlag() throws Exception {
		start(2, EngineFixture.LONG, EngineFixture.LONG);
		submitAndAwait("durable-long", (context) -> new CountDownLatch(1).await());
		submitAndAwait("in-memory-long", (context) -> new CountDownLatch(1).await());
		Thread.currentThread().interrupt();
		this.engine.stop();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.store.events).containsExactly("durable-long handed back");
		assertThat(this.listener.outcomes()).containsExactly(PostPhaseOutcome.ABANDONED);
	}

	@Test
	void worksAgainAfterRestart() {
		start(1, EngineFixture.LONG, EngineFixture.LONG);
		this.engine.drain();
		this.engine.stop();
		this.engine.start();
		submit("durable", NOTHING);
		takeOver("durable-other");
		await().until(() -> this.engine.inFlightCount() == 0);
		assertThat(this.store.events).containsExactlyInAnyOrder("durable COMPLETED", "durable-other COMPLETED");
	}

	private void start(int threads, Duration shutdownTimeout, Duration handBackAfter) {
		this.engine = new MemoryPostPhaseEngine(
				new MemoryEngineSettings(10, WhenSaturated.REJECT, Duration.ofSeconds(1), shutdownTimeout,
						handBackAfter),
				this.kind.executor("hand-back-test-", threads),
				new PostPhaseRunner(new RunnerSettings(Duration.ZERO, RetrySettings.NONE.policy(), 1),
						() -> Stream.of(this.listener), PostPhaseObserver::none),
				this.store);
		this.engine.start();
	}

	private Future<?> stopInBackground() {
		Future<?> stop = this.other.submit(() -> this.engine.stop());
		await().until(() -> !this.engine.isRunning());
		return stop;
	}

	private void submitUntilReleased(String name) throws InterruptedException {
		submitAndAwait(name, (context) -> EngineFixture.await(this.release));
	}

	private void submitAndAwait(String name, PostPhaseTask task) throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		submit(name, (context) -> {
			started.countDown();
			task.run(context);
		});
		EngineFixture.await(started);
	}

	private void submit(String name, PostPhaseTask task) {
		Reservation reservation = reserve(name);
		record(reservation, task);
		reservation.start(ResponseDelivery.SENT);
	}

	private Reservation reserve(String name) {
		return this.engine.reserve(new ReservationRequest(List.of(name), 0, "handler", null,
				(name.startsWith("durable")) ? Set.of(name) : Set.of()));
	}

	private static void record(Reservation reservation, PostPhaseTask task) {
		reservation.record(List.of(record(reservation.named(0), task)));
	}

	private static PostPhaseRecord record(PostPhaseExecution postPhase, PostPhaseTask task) {
		return new PostPhaseRecord(postPhase, new Work(task, postPhase.name().startsWith("durable")), () -> () -> {
		}, null, null, () -> {
		});
	}

	private void takeOver(String name) {
		PostPhaseRecord record = record(new Execution(name, null, (execution) -> {
		}), NOTHING);
		this.store.takeOver(new Takeover("id-of-" + name, name, null, Instant.now(), null, Instant.now(),
				AttemptCount.NONE, new RecordingStore.Stored(record, this.store.events)));
	}

	private record Work(PostPhaseTask task, boolean isDurable) implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Exception {
			this.task.run(context);
		}

	}

}
