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

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the progress of an {@link PostPhaseExecution}, and for how its id is kept.
 */
class ProgressTests {

	private final EngineFixture fixture = EngineFixture.with(ThreadKind.PLATFORM, 1).start();

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	@Test
	void lastProgressIsKept() {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			context.progress(1, 3, "first");
			context.progress(2, 3);
		});
		assertThat(this.fixture.result(accepted).postPhase().progress()).isEqualTo(new PostPhaseProgress(2, 3, null));
	}

	@Test
	void thereIsNoneUntilItIsTold() {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
		});
		assertThat(this.fixture.result(accepted).postPhase().progress()).isNull();
	}

	@Test
	void nonsenseIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new PostPhaseProgress(-1, 3, null))
			.withMessage("Progress must not be negative: -1 of 3");
		assertThatIllegalArgumentException().isThrownBy(() -> new PostPhaseProgress(0, -3, null));
		assertThatIllegalArgumentException().isThrownBy(() -> new PostPhaseProgress(4, 3, null))
			.withMessage("There cannot be more done than there is to do: 4 of 3");
	}

	@Test
	void totalNeedNotBeKnown() {
		assertThat(new PostPhaseProgress(Long.MAX_VALUE, 0, "on")).extracting(PostPhaseProgress::total).isEqualTo(0L);
	}

	@Test
	void idOfOneThatHasEndedIsNotKept() {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
		});
		this.fixture.result(accepted);
		assertThat(this.fixture.engine.find(accepted.id())).isNull();
	}

}
