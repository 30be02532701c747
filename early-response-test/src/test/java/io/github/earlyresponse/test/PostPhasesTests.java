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

package io.github.earlyresponse.test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PostPhases}.
 */
class PostPhasesTests {

	private final StubPostPhase postPhase = StubPostPhase.started("1", "mail");

	private final PostPhaseOperations operations = mock();

	private final PostPhaseRecorder recorder = new PostPhaseRecorder();

	private final PostPhases postPhases = new PostPhases(this.recorder, this.operations, null);

	@Test
	void waitsForTenSecondsUnlessToldOtherwise() throws InterruptedException {
		given(this.operations.awaitIdle(any())).willReturn(true);
		this.postPhases.awaitIdle();
		then(this.operations).should().awaitIdle(Duration.ofSeconds(10));
		this.postPhases.awaitIdle(Duration.ofMinutes(1));
		then(this.operations).should().awaitIdle(Duration.ofMinutes(1));
	}

	@Test
	void saysWhatIsStillInFlight() {
		given(this.operations.inFlight())
			.willReturn(List.of(StubPostPhase.notStarted("2", "pack"), StubPostPhase.started("1", "mail")));
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.postPhases.awaitIdle(Duration.ofSeconds(2)))
			.withMessage("""
					Still in flight after PT2S:
					  "mail": it runs
					  "pack": its response is not complete""");
	}

	@Test
	void assertionsFailWhileSomethingIsInFlight() {
		given(this.operations.inFlight()).willReturn(List.of(this.postPhase));
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(this.postPhases).didNotRun("pack"))
			.withMessageStartingWith("Still in flight after PT10S:");
	}

	@Test
	void whatEndsAtTheLastMomentIsNotReported() {
		given(this.operations.inFlight()).willReturn(List.of());
		assertThatCode(this.postPhases::awaitIdle).doesNotThrowAnyException();
	}

	@Test
	void waitsForWhatIsOnNoNode() throws InterruptedException {
		given(this.operations.awaitIdle(any())).willReturn(true);
		this.recorder.accepted(this.postPhase);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> this.postPhases.awaitIdle(Duration.ofMillis(200)))
			.withMessage("""
					Still in flight after PT0.2S:
					  "mail": it waits in its store""");
		this.recorder.finished(result());
		assertThatCode(this.postPhases::awaitIdle).doesNotThrowAnyException();
	}

	@Test
	void doesNotWaitForDeadLetters() throws InterruptedException {
		given(this.operations.awaitIdle(any())).willReturn(true);
		given(this.operations.deadLetters(anyInt())).willReturn(List
			.of(new DeadLetter(this.postPhase.id(), "mail", null, Instant.now(), Instant.now(), 3, "3 crashes")));
		this.recorder.accepted(this.postPhase);
		assertThat(this.postPhases).deadLettered("mail").didNotRun("mail");
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(this.postPhases).ran("mail"))
			.withMessageEndingWith("\"mail\": dead letter after attempt 3, 3 crashes");
	}

	@Test
	void crashNeedsAStore() {
		assertThatIllegalStateException().isThrownBy(this.postPhases::crashAndTakeOver)
			.withMessageContaining("early-response.durable.engine");
	}

	@Test
	void interruptedThreadStaysInterrupted() throws InterruptedException {
		given(this.operations.awaitIdle(any())).willThrow(InterruptedException.class);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(this.postPhases::awaitIdle);
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void resultsAreThereWithoutWaiting() {
		PostPhaseResult result = result();
		this.recorder.accepted(this.postPhase);
		assertThat(this.postPhases.results()).isEmpty();
		this.recorder.finished(result);
		this.recorder.rejected("pack");
		assertThat(this.postPhases.results()).containsExactly(result);
		assertThat(this.postPhases.rejected()).containsExactly("pack");
		then(this.operations).shouldHaveNoInteractions();
	}

	@Test
	void resetForgetsWhatEndedAndWhatWillEnd() {
		this.recorder.accepted(StubPostPhase.started("2", "mail"));
		this.recorder.rejected("pack");
		this.recorder.accepted(this.postPhase);
		this.postPhases.reset();
		this.recorder.finished(result());
		assertThat(this.postPhases.results()).isEmpty();
		assertThat(this.postPhases.rejected()).isEmpty();
	}

	private PostPhaseResult result() {
		return new PostPhaseResult(this.postPhase, PostPhaseOutcome.COMPLETED, Duration.ZERO, null);
	}

}
