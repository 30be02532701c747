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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import io.github.earlyresponse.run.Execution;
import io.github.earlyresponse.testsupport.Reservations;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for the {@link Reservation} of the {@link MemoryPostPhaseEngine}.
 */
class ReservationTests {

	private final EngineFixture fixture = EngineFixture.inline().capacity(3).start();

	private final List<String> ran = new ArrayList<>();

	private final List<String> released = new ArrayList<>();

	private static void skip(Reservation reservation) {
		reservation.skip(ResponseDelivery.SENT);
	}

	@Test
	void acceptsAllNamesInTheirOrderWithDifferentIds() {
		Reservation reservation = this.fixture.reserve(0, "first", "second", "third");
		List<PostPhaseExecution> named = IntStream.range(0, 3).mapToObj(reservation::named).toList();
		assertThat(named).extracting(PostPhaseExecution::name).containsExactly("first", "second", "third");
		assertThat(named).extracting(PostPhaseExecution::id).doesNotHaveDuplicates();
		assertThat(this.fixture.listener.acceptedIds())
			.containsExactlyElementsOf(named.stream().map(PostPhaseExecution::id).toList());
		assertThat(this.fixture.freeRoom()).isZero();
		skip(reservation);
		this.fixture.close();
	}

	@Test
	void acceptsAllNamesOrNone() {
		Reservation first = this.fixture.reserve(0, "a", "b");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.reserve(0, "c", "d"));
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(2);
		assertThat(this.fixture.listener.acceptedIds()).hasSize(2);
		assertThat(this.fixture.listener.rejected()).containsExactly("c", "d");
		skip(first);
		this.fixture.close();
	}

	@Test
	void spareRoomCountsInReservation() {
		Reservation first = this.fixture.reserve(1, "a");
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.reserve(1, "b"));
		skip(first);
		this.fixture.close();
	}

	@Test
	void rejectionWithoutNamesIsToldWithNameOfHandler() {
		Reservation first = this.fixture.reserve(0, "a", "b", "c");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.reserve(1));
		assertThat(this.fixture.listener.rejected()).containsExactly("Controller.handler");
		skip(first);
		this.fixture.close();
	}

	@Test
	void rejectionIsServiceUnavailableWithRetryAfter() {
		Reservation first = this.fixture.reserve(0, "a", "b", "c");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.reserve(0, "d"))
			.satisfies((ex) -> {
				assertThat(ex.getStatusCode().value()).isEqualTo(503);
				assertThat(ex.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isEqualTo("1");
				assertThat(ex.getRetryAfter()).isEqualTo(Duration.ofSeconds(1));
				assertThat(ex.getBody().getDetail()).isNotBlank();
			});
		skip(first);
		this.fixture.close();
	}

	@Test
	void retryAfterIsSentInSecondsRoundedUp() {
		assertThat(retryAfter(Duration.ZERO)).isEqualTo("0");
		assertThat(retryAfter(Duration.ofMillis(1))).isEqualTo("1");
		assertThat(retryAfter(Duration.ofMillis(1500))).isEqualTo("2");
		assertThat(retryAfter(Duration.ofSeconds(2))).isEqualTo("2");
		assertThat(retryAfter(Duration.ofSeconds(2).plusNanos(1))).isEqualTo("3");
	}

	private static String retryAfter(Duration retryAfter) {
		return new PostPhaseRejectedException("full", retryAfter).getHeaders().getFirst(HttpHeaders.RETRY_AFTER);
	}

	@Test
	void unusedSpareRoomIsGivenBackOnce() {
		Reservation reservation = this.fixture.reserve(2);
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		skip(reservation);
		assertThat(this.fixture.freeRoom()).isEqualTo(3);
		skip(reservation);
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.fixture.freeRoom()).isEqualTo(3);
		this.fixture.close();
	}

	@Test
	void addTakesSpareRoomFirstAndFurtherRoomThen() {
		Reservation reservation = this.fixture.reserve(1);
		reservation.add("first", Reservations.NOTHING);
		assertThat(this.fixture.freeRoom()).isEqualTo(2);
		reservation.add("second", Reservations.NOTHING);
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		skip(reservation);
		assertThat(this.fixture.freeRoom()).isEqualTo(3);
		this.fixture.close();
	}

	@Test
	void roomOfARemovedPostPhaseIsSpareAgain() {
		Reservation reservation = this.fixture.reserve(1);
		PostPhaseExecution first = reservation.add("first", Reservations.NOTHING);
		PostPhaseExecution second = reservation.add("second", Reservations.NOTHING);
		reservation.remove(first);
		reservation.remove(second);
		assertThat(this.fixture.freeRoom()).isEqualTo(2);
		assertThat(this.fixture.told(first).outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		reservation.add("third", Reservations.NOTHING);
		assertThat(this.fixture.freeRoom()).isEqualTo(2);
		skip(reservation);
		this.fixture.close();
	}

	@Test
	void addBeyondAllRoomIsRejectedAndHarmsNothing() {
		Reservation reservation = this.fixture.reserve(1, "named");
		Reservation other = this.fixture.reserve(0, "other");
		reservation.add("first", Reservations.NOTHING);
		assertThatExceptionOfType(PostPhaseRejectedException.class)
			.isThrownBy(() -> reservation.add("second", Reservations.NOTHING));
		assertThat(this.fixture.listener.rejected()).containsExactly("second");
		assertThat(this.fixture.listener.acceptedIds()).hasSize(3);
		skip(other);
		reservation.add("second", Reservations.NOTHING);
		skip(reservation);
		this.fixture.close();
	}

	@Test
	void nothingIsAddedOnceAllHaveBeenStartedOrSkipped() {
		Reservation reservation = this.fixture.reserve(1);
		skip(reservation);
		assertThatIllegalStateException().isThrownBy(() -> reservation.add("late", Reservations.NOTHING))
			.withMessageContaining("too late");
		assertThat(this.fixture.listener.acceptedIds()).isEmpty();
		assertThatIllegalStateException().isThrownBy(() -> reservation.record(List.of()));
		this.fixture.close();
	}

	@Test
	void startsWhatIsRecordedInThatOrderAndSkipsTheRest() {
		Reservation reservation = this.fixture.reserve(1, "first", "second");
		PostPhaseExecution third = reservation.add("third", Reservations.NOTHING);
		reservation.record(List.of(record(third), record(reservation.named(0))));
		assertThat(this.ran).isEmpty();
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.ran).containsExactly("third", "first");
		assertThat(this.fixture.told(reservation.named(1)).outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(this.released).containsExactly("third", "first");
		this.fixture.close();
	}

	@Test
	void whatIsRecordedReplacesWhatWasRecordedBefore() {
		Reservation reservation = this.fixture.reserve(0, "first", "second");
		PostPhaseRecord first = record(reservation.named(0));
		PostPhaseRecord second = record(reservation.named(1));
		reservation.record(List.of(first));
		reservation.record(List.of(first, second));
		reservation.record(List.of(second));
		reservation.start(ResponseDelivery.SENT);
		assertThat(this.ran).containsExactly("second");
		assertThat(this.fixture.told(first.postPhase()).outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(this.released).containsExactlyInAnyOrder("first", "second");
		this.fixture.close();
	}

	@Test
	void skipsAlsoWhatIsRecorded() {
		Reservation reservation = this.fixture.reserve(0, "first", "second");
		reservation.record(List.of(record(reservation.named(0)), record(reservation.named(1))));
		skip(reservation);
		assertThat(this.ran).isEmpty();
		assertThat(this.released).containsExactly("first", "second");
		this.fixture.close();
	}

	@Test
	void oneThatCannotBeStartedOrSkippedStrandsNoOther() {
		PostPhaseExecutor executor = mock(PostPhaseExecutor.class);
		given(executor.prepare(any())).will((prepare) -> {
			Runnable task = prepare.getArgument(0);
			return (PreparedTask) task::run;
		});
		PostPhaseListener failing = mock(PostPhaseListener.class, (call) -> {
			throw new StackOverflowError("expected");
		});
		try (EngineFixture fixture = EngineFixture.with(executor).listeners(failing).start()) {
			Reservation started = fixture.reserve(1, "first", "second", "skipped");
			started.record(List.of(failingRecord(started.named(0)), record(started.named(1))));
			started.start(ResponseDelivery.SENT);
			assertThat(this.ran).containsExactly("second");
			Reservation skipped = fixture.reserve(1, "first", "second");
			skipped.record(List.of(failingRecord(skipped.named(0)), record(skipped.named(1))));
			skip(skipped);
			assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.FAILED, PostPhaseOutcome.COMPLETED,
					PostPhaseOutcome.SKIPPED, PostPhaseOutcome.SKIPPED, PostPhaseOutcome.SKIPPED);
		}
	}

	private PostPhaseRecord record(PostPhaseExecution postPhase) {
		return new PostPhaseRecord(postPhase, new PostPhaseWork.Task((context) -> this.ran.add(postPhase.name())),
				() -> () -> {
				}, null, null, () -> this.released.add(postPhase.name()));
	}

	private static PostPhaseRecord failingRecord(PostPhaseExecution postPhase) {
		return new PostPhaseRecord(postPhase, new PostPhaseWork.Task((context) -> {
			throw new StackOverflowError("expected");
		}), () -> {
			throw new StackOverflowError("expected");
		}, null, null, () -> {
			throw new StackOverflowError("expected");
		});
	}

	@Test
	void oneThatRunsOnTheCallerKeepsNoOtherWaiting() throws Exception {
		CountDownLatch other = new CountDownLatch(1);
		try (EngineFixture fixture = EngineFixture.with(ThreadKind.PLATFORM, 1).capacity(1).callerRuns().start()) {
			Reservation reservation = fixture.reserve(1);
			PostPhaseExecution inRoom = reservation.add("in-room", Reservations.NOTHING);
			PostPhaseExecution onCaller = reservation.add("on-caller", Reservations.NOTHING);
			reservation.record(List.of(new PostPhaseRecord(onCaller,
					new PostPhaseWork.Task((context) -> EngineFixture.await(other)), () -> () -> {
					}, null, null, () -> {
					}),
					new PostPhaseRecord(inRoom, new PostPhaseWork.Task((context) -> other.countDown()), () -> () -> {
					}, null, null, () -> {
					})));
			reservation.start(ResponseDelivery.SENT);
			fixture.awaitIdle();
			assertThat(fixture.listener.outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void roomOfCancelledPostPhaseIsBackAtOnce() {
		Reservation reservation = this.fixture.reserve(0, "a", "b", "c");
		assertThat(this.fixture.engine.cancel(reservation.named(0).id())).isTrue();
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		skip(reservation);
		assertThat(this.fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.CANCELLED,
				PostPhaseOutcome.SKIPPED, PostPhaseOutcome.SKIPPED);
		this.fixture.close();
	}

	@Test
	void callerRunsNeverRejectsAndReservesNothing() {
		EngineFixture callerRuns = EngineFixture.inline().capacity(1).callerRuns().start();
		Reservation first = callerRuns.reserve(0, "first");
		Reservation second = callerRuns.reserve(1, "second");
		second.add("decided", Reservations.NOTHING);
		assertThat(callerRuns.freeRoom()).isZero();
		assertThat(callerRuns.engine.inFlightCount()).isEqualTo(3);
		skip(second);
		assertThat(callerRuns.freeRoom()).isZero();
		skip(first);
		callerRuns.close();
	}

	@Test
	void engineThatHasNotStartedRejects() {
		EngineFixture idle = EngineFixture.inline().create();
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> idle.accept("early"));
		assertThat(idle.freeRoom()).isEqualTo(100);
	}

	@Test
	void engineThatHasStoppedRejectsAlsoWhereTheCallerWouldRun() {
		EngineFixture stopped = EngineFixture.inline().callerRuns().start();
		stopped.engine.stop();
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> stopped.accept("late"));
		assertThat(stopped.freeRoom()).isEqualTo(100);
	}

	@Test
	void capacityIsThatOfItsSettings() {
		assertThat(this.fixture.engine.capacity()).isEqualTo(3);
	}

	@Test
	void oneThatIsRemovedAfterItWasRecordedDoesNotRun() {
		Reservation reservation = this.fixture.reserve(1, "named");
		PostPhaseExecution removed = reservation.add("removed", Reservations.NOTHING);
		reservation.record(List.of(record(reservation.named(0)), record(removed)));
		reservation.remove(removed);
		reservation.start(ResponseDelivery.SENT);
		this.fixture.awaitBalance();
		assertThat(this.ran).containsExactly("named");
		assertThat(this.released).containsExactlyInAnyOrder("named", "removed");
		this.fixture.close();
	}

	@Test
	void listenersAreToldUnderNoLock() {
		Admission admission = mock(Admission.class);
		Execution execution = new Execution("decided", null, (identified) -> {
		});
		MemoryReservation reservation = new MemoryReservation(admission, mock(), null,
				new ReservationRequest(List.of(), 0, "handler"), Route.EXECUTOR);
		AtomicBoolean locked = new AtomicBoolean();
		given(admission.admitOneMore("decided", false)).will((reserve) -> {
			locked.compareAndSet(false, Thread.holdsLock(reservation));
			return Route.EXECUTOR;
		});
		given(admission.accept("decided", null, Route.EXECUTOR)).will((accept) -> {
			locked.compareAndSet(false, Thread.holdsLock(reservation));
			return new MemoryPostPhase(execution, Route.EXECUTOR);
		});
		assertThat(reservation.add("decided", Reservations.NOTHING)).isSameAs(execution);
		assertThat(locked).isFalse();
	}

}
