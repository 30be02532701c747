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
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.RunnerSettings;
import io.github.earlyresponse.testsupport.RecordingListener;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Durable post-phases that wait in their store, because there is no capacity or because
 * this node does not work on them.
 */
class EnqueueTests {

	private static final int CAPACITY = 2;

	private final RecordingListener listener = new RecordingListener();

	private final RecordingStore store = new RecordingStore();

	private final CountDownLatch occupied = new CountDownLatch(1);

	private final MemoryPostPhaseEngine engine = new MemoryPostPhaseEngine(
			new MemoryEngineSettings(CAPACITY, WhenSaturated.ENQUEUE, Duration.ofSeconds(1), Duration.ofSeconds(30)),
			ThreadKind.PLATFORM.executor("enqueue-test-", CAPACITY),
			new PostPhaseRunner(new RunnerSettings(Duration.ZERO, RetrySettings.NONE.policy(), 1),
					() -> Stream.of(this.listener), PostPhaseObserver::none),
			this.store);

	@BeforeEach
	void start() {
		this.engine.start();
	}

	@AfterEach
	void stop() throws InterruptedException {
		this.occupied.countDown();
		assertThat(this.engine.awaitIdle(EngineFixture.LONG)).isTrue();
		assertThat(permits()).isEqualTo(CAPACITY);
		assertThat(this.store.backlog)
			.isEqualTo(this.store.events.stream().filter((event) -> event.endsWith("enqueued")).count());
		this.engine.stop();
	}

	@Test
	void runsAtOnceWithCapacity() throws Exception {
		Reservation reservation = reserve(0, "durable");
		record(reservation, true);
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.engine.awaitIdle(EngineFixture.LONG)).isTrue();
		assertThat(this.store.events).containsExactly("durable COMPLETED");
	}

	@Test
	void isHandedToTheStoreAfterTheResponse() {
		occupy(CAPACITY);
		Reservation reservation = reserve(0, "durable");
		record(reservation, true);
		assertThat(this.store.events).isEmpty();
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactly("durable enqueued");
		assertThat(this.listener.handedBack()).containsExactly(HandBackReason.ENQUEUED);
		assertThat(this.listener.started()).doesNotContain("durable");
		assertThat(this.engine.inFlightCount()).isEqualTo(CAPACITY);
	}

	@Test
	void endsInTheStoreIfItIsSkipped() {
		occupy(CAPACITY);
		Reservation reservation = reserve(0, "durable");
		record(reservation, true);
		reservation.skip(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactly("durable SKIPPED");
		assertThat(this.listener.outcomes()).containsExactly(PostPhaseOutcome.SKIPPED);
	}

	@Test
	void othersOfTheRequestNeedCapacity() throws Exception {
		occupy(CAPACITY - 1);
		Reservation reservation = reserve(0, "durable", "in-memory");
		record(reservation, true, false);
		assertThat(permits()).isZero();
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactly("durable enqueued");
		this.occupied.countDown();
		assertThat(this.engine.awaitIdle(EngineFixture.LONG)).isTrue();
		assertThat(this.listener.started()).contains("in-memory");
		assertThatRejected("durable", "a", "b", "c");
	}

	@Test
	void spareOneNeedsCapacityWhenItIsAdded() {
		occupy(CAPACITY);
		Reservation reservation = reserve(1, "durable");
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> reservation.add("in-memory", work(false)));
		PostPhaseExecution added = reservation.add("durable-2", work(true));
		reservation.record(List.of(record(reservation.named(0), true), record(added, true)));
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactlyInAnyOrder("durable enqueued", "durable-2 enqueued");
	}

	@Test
	void isRejectedIfTooManyWait() {
		occupy(CAPACITY);
		this.store.limit = 1;
		Reservation reservation = reserve(0, "durable");
		assertThatRejected("durable");
		reservation.skip(ResponseDelivery.SENT);
	}

	@Test
	void isRejectedIfItIsNotDurable() {
		occupy(CAPACITY);
		assertThatRejected("in-memory");
		assertThat(this.store.backlog).isZero();
	}

	@Test
	void oneThatIsAddedIsHandedToTheStore() {
		Reservation reservation = reserve(1);
		occupy(CAPACITY - 1);
		PostPhaseExecution first = reservation.add("durable-1", work(true));
		PostPhaseExecution second = reservation.add("durable-2", work(true));
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> reservation.add("in-memory", work(false)));
		reservation.record(List.of(record(first, true), record(second, true)));
		reservation.remove(second);
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.listener.rejected()).containsExactly("in-memory");
		assertThat(this.store.events).contains("durable-2 SKIPPED").doesNotContain("durable-1 enqueued");
	}

	@Test
	void handlerThatMayAddDurableOnesIsAdmittedWithoutCapacity() {
		occupy(CAPACITY);
		Reservation reservation = reserve(1);
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> reservation.add("in-memory", work(false)))
			.satisfies((ex) -> assertThat(ex.getRetryAfter()).isEqualTo(Duration.ofSeconds(1)));
		PostPhaseExecution added = reservation.add("durable", work(true));
		reservation.record(List.of(record(added, true)));
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.listener.rejected()).containsExactly("in-memory");
		assertThat(this.store.events).containsExactly("durable enqueued");
		assertThat(this.listener.started()).doesNotContain("durable");
	}

	@Test
	void firstDurableOneThatIsAddedIsSureToBeAccepted() {
		occupy(CAPACITY);
		this.store.limit = 1;
		Reservation reservation = reserve(1);
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> reserve(1));
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> reserve(0, "durable"));
		PostPhaseExecution dropped = reservation.add("durable-1", work(true));
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> reservation.add("durable-2", work(true)));
		reservation.remove(dropped);
		reservation.add("durable-3", work(true));
		reservation.skip(ResponseDelivery.SENT);
	}

	@Test
	void othersOfHandlerThatMayAddDurableOnesNeedCapacity() {
		occupy(CAPACITY);
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> reserve(1, "in-memory"));
		assertThat(this.store.backlog).isZero();
	}

	@Test
	void othersOfHandlerThatMayAddDurableOnesKeepTheirPermitAndDoNotRunOnTheCaller() throws Exception {
		occupy(CAPACITY - 1);
		Reservation reservation = reserve(1, "in-memory");
		assertThat(this.store.backlog).isOne();
		AtomicReference<Thread> thread = new AtomicReference<>();
		reservation.record(List.of(new PostPhaseRecord(reservation.named(0),
				new PostPhaseWork.Task((context) -> thread.set(Thread.currentThread())), () -> () -> {
				}, null, null, () -> {
				})));
		reservation.start(ResponseDelivery.SENT);
		this.occupied.countDown();
		assertThat(this.engine.awaitIdle(EngineFixture.LONG)).isTrue();
		assertThat(thread.get()).isNotNull().isNotSameAs(Thread.currentThread());
		assertThat(permits()).isEqualTo(CAPACITY);
	}

	@Test
	void nothingIsEnqueuedByOneThatStops() {
		this.engine.stop();
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> reserve(0, "durable"));
		this.engine.start();
	}

	@Test
	void oneThatIsLeftToOthersNeedsNoCapacityHere() {
		this.store.leftToOthers = Set.of("durable-left");
		occupy(CAPACITY);
		Reservation reservation = reserve(0, "durable-left");
		record(reservation, true);
		assertThat(this.store.events).isEmpty();
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.store.events).containsExactly("durable-left enqueued");
		assertThat(this.listener.handedBack()).containsExactly(HandBackReason.ENQUEUED);
	}

	@Test
	void oneThatIsLeftToOthersDoesNotRunHereWithCapacity() throws Exception {
		this.store.leftToOthers = Set.of("durable-left");
		Reservation reservation = reserve(0, "durable-left", "durable", "in-memory");
		record(reservation, true, true, false);
		assertThat(permits()).isZero();
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.engine.awaitIdle(EngineFixture.LONG)).isTrue();
		assertThat(this.store.events).containsExactlyInAnyOrder("durable-left enqueued", "durable COMPLETED");
		assertThat(this.listener.started()).containsExactlyInAnyOrder("durable", "in-memory");
	}

	@Test
	void isRejectedIfTooManyAreLeftToOthers() {
		this.store.leftToOthers = Set.of("durable-left");
		this.store.limit = 0;
		assertThatRejected("durable-left", "in-memory");
		assertThat(permits()).isEqualTo(CAPACITY);
	}

	@Test
	void releasesWhatWasLeftToOthersIfTheRestIsRejected() {
		this.store.leftToOthers = Set.of("durable-left");
		occupy(CAPACITY);
		assertThatRejected("durable-left", "in-memory");
		assertThat(this.store.backlog).isZero();
	}

	@Test
	void oneThatIsAddedAndLeftToOthersTakesNoPermitOfThisNode() throws Exception {
		this.store.leftToOthers = Set.of("durable-left");
		this.store.limit = 1;
		Reservation reservation = reserve(1);
		PostPhaseExecution left = reservation.add("durable-left", work(true));
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> reservation.add("durable-left", work(true)));
		// The spare permit is still there for it
		PostPhaseExecution here = reservation.add("in-memory", work(false));
		assertThat(permits()).isEqualTo(CAPACITY - 1);
		reservation.record(List.of(record(left, true), record(here, false)));
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.engine.awaitIdle(EngineFixture.LONG)).isTrue();
		assertThat(this.store.events).containsExactly("durable-left enqueued");
		assertThat(this.listener.started()).containsExactly("in-memory");
	}

	private void assertThatRejected(String... names) {
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> reserve(0, names));
		assertThat(this.listener.rejected()).endsWith(names);
	}

	private int permits() {
		Object ledger = ReflectionTestUtils.getField(this.engine, "ledger");
		return ((Semaphore) ReflectionTestUtils.getField(ledger, "permits")).availablePermits();
	}

	private void occupy(int number) {
		for (int i = 0; i < number; i++) {
			Reservation reservation = this.engine.reserve(new ReservationRequest(List.of("occupier"), 0, "handler"));
			reservation.record(List.of(new PostPhaseRecord(reservation.named(0),
					new PostPhaseWork.Task((context) -> EngineFixture.await(this.occupied)), () -> () -> {
					}, null, null, () -> {
					})));
			reservation.start(ResponseDelivery.SENT);
		}
	}

	private Reservation reserve(int spare, String... names) {
		return this.engine.reserve(new ReservationRequest(List.of(names), spare, "handler", null,
				Set.copyOf(Stream.of(names).filter((name) -> name.startsWith("durable")).toList())));
	}

	private static void record(Reservation reservation, boolean... durable) {
		List<PostPhaseRecord> records = new ArrayList<>();
		for (int i = 0; i < durable.length; i++) {
			records.add(record(reservation.named(i), durable[i]));
		}
		reservation.record(records);
	}

	private static PostPhaseRecord record(PostPhaseExecution postPhase, boolean durable) {
		return new PostPhaseRecord(postPhase, work(durable), () -> () -> {
		}, null, null, () -> {
		});
	}

	private static PostPhaseWork work(boolean durable) {
		return new PostPhaseWork() {

			@Override
			public boolean isRepeatable() {
				return true;
			}

			@Override
			public boolean isDurable() {
				return durable;
			}

			@Override
			public void run(PostPhaseContext context, @Nullable Throwable failure) {
			}

		};
	}

}
