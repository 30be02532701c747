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
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.engine.AcceptedPostPhase;
import io.github.earlyresponse.engine.Admission;
import io.github.earlyresponse.engine.Demand;
import io.github.earlyresponse.engine.ResponseDelivery;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for the {@link Admission} of the {@link MemoryPostPhaseEngine}.
 */
class AdmissionTests {

	private final EngineFixture fixture = EngineFixture.inline().capacity(3).start();

	private static void skip(Admission admission) {
		admission.named().forEach((accepted) -> accepted.skip(ResponseDelivery.SENT));
		admission.close();
	}

	@Test
	void acceptsAllNamesInTheirOrderWithDifferentIds() {
		Admission admission = this.fixture.admit(0, "first", "second", "third");
		assertThat(admission.named()).extracting(PostPhaseExecution::name).containsExactly("first", "second", "third");
		assertThat(admission.named()).extracting(PostPhaseExecution::id).doesNotHaveDuplicates();
		assertThat(this.fixture.listener.acceptedIds())
			.containsExactlyElementsOf(admission.named().stream().map(PostPhaseExecution::id).toList());
		assertThat(this.fixture.freeRoom()).isZero();
		skip(admission);
		this.fixture.close();
	}

	@Test
	void acceptsAllNamesOrNone() {
		Admission first = this.fixture.admit(0, "a", "b");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.admit(0, "c", "d"));
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(2);
		assertThat(this.fixture.listener.acceptedIds()).hasSize(2);
		assertThat(this.fixture.listener.rejected()).containsExactly("c", "d");
		skip(first);
		this.fixture.close();
	}

	@Test
	void spareRoomCountsInAdmission() {
		Admission first = this.fixture.admit(1, "a");
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.admit(1, "b"));
		skip(first);
		this.fixture.close();
	}

	@Test
	void rejectionWithoutNamesIsToldWithNameOfHandler() {
		Admission first = this.fixture.admit(0, "a", "b", "c");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.admit(1));
		assertThat(this.fixture.listener.rejected()).containsExactly("Controller.handler");
		skip(first);
		this.fixture.close();
	}

	@Test
	void rejectionIsServiceUnavailableWithRetryAfter() {
		Admission first = this.fixture.admit(0, "a", "b", "c");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> this.fixture.admit(0, "d"))
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
		Admission admission = this.fixture.admit(2);
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		admission.close();
		assertThat(this.fixture.freeRoom()).isEqualTo(3);
		admission.close();
		assertThat(this.fixture.freeRoom()).isEqualTo(3);
		this.fixture.close();
	}

	@Test
	void usedSpareRoomIsGivenBackByItsPostPhaseOnly() {
		Admission admission = this.fixture.admit(2);
		AcceptedPostPhase accepted = admission.accept("decided");
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		admission.close();
		assertThat(this.fixture.freeRoom()).isEqualTo(2);
		accepted.skip(ResponseDelivery.SENT);
		assertThat(this.fixture.freeRoom()).isEqualTo(3);
		this.fixture.close();
	}

	@Test
	void acceptBeyondSpareRoomTakesFurtherRoom() {
		Admission admission = this.fixture.admit(1);
		AcceptedPostPhase first = admission.accept("first");
		assertThat(this.fixture.freeRoom()).isEqualTo(2);
		AcceptedPostPhase second = admission.accept("second");
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		admission.close();
		first.skip(ResponseDelivery.SENT);
		second.skip(ResponseDelivery.SENT);
		this.fixture.close();
	}

	@Test
	void acceptBeyondAllRoomIsRejectedAndHarmsNothing() {
		Admission admission = this.fixture.admit(1, "named");
		Admission other = this.fixture.admit(0, "other");
		AcceptedPostPhase first = admission.accept("first");
		assertThatExceptionOfType(PostPhaseRejectedException.class).isThrownBy(() -> admission.accept("second"));
		assertThat(this.fixture.listener.rejected()).containsExactly("second");
		assertThat(this.fixture.listener.acceptedIds()).hasSize(3);
		skip(other);
		AcceptedPostPhase second = admission.accept("second");
		first.skip(ResponseDelivery.SENT);
		second.skip(ResponseDelivery.SENT);
		skip(admission);
		this.fixture.close();
	}

	@Test
	void acceptAfterCloseIsRefused() {
		Admission admission = this.fixture.admit(1);
		admission.close();
		assertThatIllegalStateException().isThrownBy(() -> admission.accept("late"));
		assertThat(this.fixture.listener.acceptedIds()).isEmpty();
		this.fixture.close();
	}

	@Test
	void roomOfCancelledPostPhaseIsBackAtOnce() {
		Admission admission = this.fixture.admit(0, "a", "b", "c");
		assertThat(this.fixture.engine.cancel(admission.named().get(0).id())).isTrue();
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		skip(admission);
		assertThat(this.fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.CANCELLED,
				PostPhaseOutcome.SKIPPED, PostPhaseOutcome.SKIPPED);
		this.fixture.close();
	}

	@Test
	void callerRunsNeverRejectsAndReservesNothing() {
		EngineFixture callerRuns = EngineFixture.inline().capacity(1).callerRuns().start();
		Admission first = callerRuns.admit(0, "first");
		Admission second = callerRuns.admit(1, "second");
		AcceptedPostPhase decided = second.accept("decided");
		assertThat(callerRuns.freeRoom()).isZero();
		assertThat(callerRuns.engine.inFlightCount()).isEqualTo(3);
		decided.skip(ResponseDelivery.SENT);
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
	void listenersAreToldUnderNoLock() {
		MemoryPostPhaseEngine engine = mock(MemoryPostPhaseEngine.class);
		Execution execution = mock(Execution.class);
		MemoryAdmission admission = new MemoryAdmission(engine, new Demand(List.of(), 0, "handler"), null, true);
		AtomicBoolean locked = new AtomicBoolean();
		given(engine.reserveOneMore("decided")).will((reservation) -> {
			locked.compareAndSet(false, Thread.holdsLock(admission));
			return true;
		});
		given(engine.accept("decided", null, false)).will((accept) -> {
			locked.compareAndSet(false, Thread.holdsLock(admission));
			return execution;
		});
		assertThat(admission.accept("decided")).isSameAs(execution);
		assertThat(locked).isFalse();
	}

}
