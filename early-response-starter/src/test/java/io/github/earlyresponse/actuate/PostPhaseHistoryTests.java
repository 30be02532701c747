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

package io.github.earlyresponse.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.IntStream;

import io.github.earlyresponse.PostPhaseOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostPhaseHistory}.
 */
class PostPhaseHistoryTests {

	private final PostPhaseHistory history = new PostPhaseHistory();

	private void end(String id, PostPhaseOutcome outcome, Throwable failure) {
		this.history.finished(new TestPostPhase(id).ended(outcome, failure));
	}

	@Test
	void allOutcomesAreThereBeforeAnyPostPhase() {
		TotalsDescriptor totals = this.history.totals();
		assertThat(totals.accepted()).isZero();
		assertThat(totals.rejected()).isZero();
		assertThat(totals.outcomes().keySet()).containsExactly("completed", "failed", "timed_out", "cancelled",
				"abandoned", "skipped");
		assertThat(totals.outcomes().values()).containsOnly(0L);
	}

	@Test
	void counts() {
		this.history.accepted(new TestPostPhase("1"));
		this.history.accepted(new TestPostPhase("2"));
		this.history.rejected("pack");
		end("1", PostPhaseOutcome.SKIPPED, null);
		end("2", PostPhaseOutcome.TIMED_OUT, null);
		TotalsDescriptor totals = this.history.totals();
		assertThat(totals.accepted()).isEqualTo(2);
		assertThat(totals.rejected()).isEqualTo(1);
		assertThat(totals.outcomes()).containsAllEntriesOf(Map.of("skipped", 1L, "timed_out", 1L, "completed", 0L));
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.INCLUDE, names = { "FAILED", "TIMED_OUT", "ABANDONED" })
	void remembersFailures(PostPhaseOutcome outcome) {
		Instant before = Instant.now();
		end("1", outcome, new IllegalStateException("no paper"));
		FailureDescriptor failure = this.history.failure("1");
		assertThat(failure.id()).isEqualTo("1");
		assertThat(failure.name()).isEqualTo("pack");
		assertThat(failure.outcome()).isEqualToIgnoringCase(outcome.name()).isLowerCase();
		assertThat(failure.endedAt()).isBetween(before, Instant.now());
		assertThat(failure.duration()).isEqualTo(Duration.ofSeconds(2));
		assertThat(failure.failure()).isEqualTo("java.lang.IllegalStateException: no paper");
		assertThat(this.history.failures()).containsExactly(failure);
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "FAILED", "TIMED_OUT", "ABANDONED" })
	void remembersNothingElse(PostPhaseOutcome outcome) {
		end("1", outcome, new InterruptedException());
		assertThat(this.history.failures()).isEmpty();
		assertThat(this.history.failure("1")).isNull();
	}

	@Test
	void remembersTheLastTwentyNewestFirst() {
		IntStream.rangeClosed(1, 25).forEach((id) -> end(String.valueOf(id), PostPhaseOutcome.FAILED, null));
		assertThat(this.history.failures()).hasSize(20);
		assertThat(this.history.failures().get(0).id()).isEqualTo("25");
		assertThat(this.history.failures().get(19).id()).isEqualTo("6");
		assertThat(this.history.failure("5")).isNull();
	}

	@Test
	void messageIsBounded() {
		end("1", PostPhaseOutcome.FAILED, new IllegalStateException("x".repeat(100_000)));
		assertThat(this.history.failure("1").failure()).startsWith("java.lang.IllegalStateException: xxx")
			.endsWith("x\u2026")
			.hasSizeLessThan(1100);
	}

	@Test
	void nothingThrownIsNothingTold() {
		end("1", PostPhaseOutcome.ABANDONED, null);
		assertThat(this.history.failure("1").failure()).isNull();
	}

}
