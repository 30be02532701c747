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

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostPhasesAssert} and {@link PostPhaseRunsAssert}.
 */
class PostPhasesAssertTests {

	private static final String RECORDED = """
			There were:
			  "mail": COMPLETED, response SENT
			  "mail": FAILED, response SENT, threw java.lang.IllegalStateException: 100% out of stamps
			  "audit": TIMED_OUT, response SENT
			  "pack": SKIPPED, did not run, response NOT_SENT
			  "print": CANCELLED, did not run, response NOT_SENT
			  "scan": rejected""";

	private final PostPhaseRecorder recorder = new PostPhaseRecorder();

	private final PostPhases postPhases = new PostPhases(this.recorder, null, null);

	@BeforeEach
	void record() {
		record(StubPostPhase.started("1", "mail"), PostPhaseOutcome.COMPLETED, null);
		record(StubPostPhase.started("2", "mail"), PostPhaseOutcome.FAILED,
				new IllegalStateException("100% out of stamps"));
		record(StubPostPhase.started("3", "audit"), PostPhaseOutcome.TIMED_OUT, null);
		record(StubPostPhase.notStarted("4", "pack"), PostPhaseOutcome.SKIPPED, null);
		record(StubPostPhase.notStarted("5", "print"), PostPhaseOutcome.CANCELLED, null);
		this.recorder.rejected("scan");
	}

	private void record(PostPhaseExecution postPhase, PostPhaseOutcome outcome, Throwable failure) {
		this.recorder.accepted(postPhase);
		this.recorder.finished(new PostPhaseResult(postPhase, outcome, Duration.ZERO, failure));
	}

	@Test
	void ran() {
		assertThat(this.postPhases).ran("mail");
		assertThat(this.postPhases).ran("audit");
	}

	@Test
	void ranFailsForWhatDidNotStart() {
		for (String name : new String[] { "pack", "print", "scan", "unheard-of" }) {
			assertFails(() -> assertThat(this.postPhases).ran(name),
					"Expecting post-phase \"%s\" to have run.".formatted(name));
		}
	}

	@Test
	void messageBeginsWithTheDescription() {
		assertFails(() -> assertThat(this.postPhases).as("50% of the mail").ran("mail").times(1),
				"[50% of the mail] Expecting post-phase \"mail\" to have run 1 times, but it ran 2 times.");
		assertFails(() -> assertThat(this.postPhases).as("the rest").ranNothing(),
				"[the rest] Expecting no post-phase to have run.");
	}

	@Test
	void times() {
		assertThat(this.postPhases).ran("mail").times(2);
		assertThat(this.postPhases).ran("audit").times(1);
		assertFails(() -> assertThat(this.postPhases).ran("mail").times(3),
				"Expecting post-phase \"mail\" to have run 3 times, but it ran 2 times.");
	}

	@Test
	void outcomeIsThatOfEachRun() {
		assertThat(this.postPhases).ran("audit").withOutcome(PostPhaseOutcome.TIMED_OUT);
		assertFails(() -> assertThat(this.postPhases).ran("audit").withOutcome(PostPhaseOutcome.FAILED),
				"Expecting post-phase \"audit\" to have ended FAILED.");
		assertFails(() -> assertThat(this.postPhases).ran("mail").withOutcome(PostPhaseOutcome.COMPLETED),
				"Expecting each run of post-phase \"mail\" to have ended COMPLETED.");
	}

	@Test
	void deliveryIsThatOfEachRun() {
		assertThat(this.postPhases).ran("mail").withDelivery(Delivery.SENT);
		assertFails(() -> assertThat(this.postPhases).ran("audit").withDelivery(Delivery.ABORTED),
				"Expecting post-phase \"audit\" to have run after a response ABORTED.");
	}

	@Test
	void failureIsThatOfEachRun() {
		this.postPhases.reset();
		record(StubPostPhase.started("6", "mail"), PostPhaseOutcome.FAILED, new IllegalStateException("no paper"));
		assertThat(this.postPhases).ran("mail").withFailureInstanceOf(RuntimeException.class);
		record(StubPostPhase.started("7", "mail"), PostPhaseOutcome.COMPLETED, null);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.postPhases).ran("mail").withFailureInstanceOf(RuntimeException.class))
			.withMessageStartingWith("Expecting each run of post-phase \"mail\" to have thrown "
					+ "java.lang.RuntimeException.%nThere were:".formatted())
			.withMessageContaining("no paper");
	}

	@Test
	void furtherAssertionsAreMadeAboutEachRun() {
		assertThat(this.postPhases).ran("mail")
			.satisfying((run) -> assertThat(run.postPhase().name()).isEqualTo("mail"));
		AssertionError cause = new AssertionError("not this one");
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.postPhases).ran("mail").satisfying((run) -> {
				if (run.failure() != null) {
					throw cause;
				}
			}))
			.withMessage("Expecting each run of post-phase \"mail\" to pass: not this one.%n%s".formatted(RECORDED))
			.withCause(cause);
	}

	@Test
	void didNotRun() {
		assertThat(this.postPhases).didNotRun("pack").didNotRun("print").didNotRun("scan").didNotRun("unheard-of");
		assertFails(() -> assertThat(this.postPhases).didNotRun("mail"),
				"Expecting post-phase \"mail\" not to have run.");
	}

	@Test
	void ranOnly() {
		assertThat(this.postPhases).ranOnly("audit", "mail");
		assertFails(() -> assertThat(this.postPhases).ranOnly("mail"),
				"Expecting only post-phases [\"mail\"] to have run, but [\"mail\", \"audit\"] did.");
		assertFails(() -> assertThat(this.postPhases).ranOnly("mail", "audit", "pack"),
				"Expecting only post-phases [\"mail\", \"audit\", \"pack\"] to have run, but [\"mail\", \"audit\"] did.");
	}

	@Test
	void ranNothing() {
		assertFails(() -> assertThat(this.postPhases).ranNothing(), "Expecting no post-phase to have run.");
		this.postPhases.reset();
		assertThat(this.postPhases).ranNothing().ranOnly();
		record(StubPostPhase.notStarted("6", "pack"), PostPhaseOutcome.SKIPPED, null);
		assertThat(this.postPhases).ranNothing();
	}

	@Test
	void rejected() {
		assertThat(this.postPhases).rejected("scan");
		assertFails(() -> assertThat(this.postPhases).rejected("mail"),
				"Expecting post-phase \"mail\" to be rejected.");
	}

	@Test
	void messageSaysThatThereWasNothing() {
		this.postPhases.reset();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(this.postPhases).ran("mail"))
			.withMessage("Expecting post-phase \"mail\" to have run.%nThere were no post-phases.".formatted());
	}

	private static void assertFails(ThrowingCallable assertion, String expectation) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion)
			.withMessage(expectation + "%n".formatted() + RECORDED);
	}

}
