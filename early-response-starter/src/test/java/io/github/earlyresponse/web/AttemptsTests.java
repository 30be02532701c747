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

package io.github.earlyresponse.web;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.call.PostPhaseWork;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Attempts}.
 */
class AttemptsTests {

	private final Attempts attempts = new Attempts();

	private DecidedPostPhase decide() {
		DecidedPostPhase postPhase = new DecidedPostPhase(mock(PostPhaseExecution.class),
				new PostPhaseWork.Task((context) -> {
				}));
		this.attempts.add(postPhase);
		return postPhase;
	}

	@Test
	void whatIsDecidedBeforeTheFirstAttemptIsForAllOfThem() {
		DecidedPostPhase before = decide();
		assertThat(this.attempts.begin()).isEmpty();
		DecidedPostPhase first = decide();
		this.attempts.end(1, true);
		assertThat(this.attempts.begin()).containsExactly(first);
		DecidedPostPhase second = decide();
		this.attempts.end(2, false);
		assertThat(this.attempts.decided()).containsExactly(before, second);
	}

	@Test
	void whatIsDecidedBeforeTheFirstAttemptOfAnotherCallIsForAllOfItsAttempts() {
		this.attempts.begin();
		DecidedPostPhase first = decide();
		this.attempts.end(1, true);
		assertThat(this.attempts.reset()).containsExactly(first);
		DecidedPostPhase before = decide();
		assertThat(this.attempts.begin()).isEmpty();
		assertThat(this.attempts.decided()).containsExactly(before);
	}

	@Test
	void failureTakesWhatItsAttemptHasDecidedAndNotWhatCameAfterwards() {
		DecidedPostPhase before = decide();
		this.attempts.begin();
		DecidedPostPhase failed = decide();
		this.attempts.end(1, true);
		DecidedPostPhase instead = decide();
		assertThat(this.attempts.takeThoseOfFailure()).containsExactly(failed);
		assertThat(this.attempts.takeThoseOfFailure()).isEmpty();
		assertThat(this.attempts.decided()).containsExactly(before, instead);
	}

	@Test
	void rollbackThatIsToldWhenTheNextAttemptHasBegunDoesNotCount() {
		this.attempts.begin();
		this.attempts.end(1, false);
		this.attempts.begin();
		this.attempts.rolledBack(1);
		assertThat(this.attempts.isRolledBack()).isFalse();
		this.attempts.rolledBack(2);
		assertThat(this.attempts.isRolledBack()).isTrue();
	}

	@Test
	void rollbackDoesNotCountForAnotherCallAlsoIfThatMakesNoAttempt() {
		this.attempts.begin();
		this.attempts.rolledBack(1);
		this.attempts.end(1, true);
		this.attempts.reset();
		this.attempts.rolledBack(1);
		assertThat(this.attempts.isRolledBack()).isFalse();
		DecidedPostPhase instead = decide();
		assertThat(this.attempts.takeThoseOfFailure()).isEmpty();
		assertThat(this.attempts.decided()).containsExactly(instead);
	}

	@Test
	void attemptThatEndsTooLateDoesNotEndTheOneOfAnotherCall() {
		this.attempts.begin();
		this.attempts.reset();
		assertThat(this.attempts.canBegin()).isTrue();
		this.attempts.begin();
		this.attempts.end(1, true);
		assertThat(this.attempts.canBegin()).isFalse();
		this.attempts.end(this.attempts.number(), false);
		assertThat(this.attempts.canBegin()).isTrue();
	}

	@Test
	void noAttemptBeginsWithinAnotherCallOfTheMethod() {
		this.attempts.begin();
		this.attempts.end(1, false);
		this.attempts.enter();
		this.attempts.enter();
		this.attempts.leave();
		assertThat(this.attempts.canBegin()).isFalse();
		this.attempts.leave();
		assertThat(this.attempts.canBegin()).isTrue();
	}

}
