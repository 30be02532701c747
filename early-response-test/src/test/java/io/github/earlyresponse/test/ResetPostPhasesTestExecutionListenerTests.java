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
import java.util.List;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.junit.jupiter.api.Test;

import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.context.TestContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;

/**
 * Tests for {@link ResetPostPhasesTestExecutionListener}.
 */
class ResetPostPhasesTestExecutionListenerTests {

	private final ResetPostPhasesTestExecutionListener listener = new ResetPostPhasesTestExecutionListener();

	private final TestContext testContext = mock();

	@Test
	void startsNoContext() {
		this.listener.beforeTestMethod(this.testContext);
		then(this.testContext).should(never()).getApplicationContext();
	}

	@Test
	void contextWithoutPostPhasesIsLeftAlone() {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.refresh();
			use(context);
			assertThatCode(() -> this.listener.beforeTestMethod(this.testContext)).doesNotThrowAnyException();
		}
	}

	@Test
	void whatATestLeftRunningIsReportedAndForgotten() {
		StubPostPhase left = StubPostPhase.started("1", "mail");
		PostPhaseOperations operations = mock();
		given(operations.inFlight()).willReturn(List.of(left));
		PostPhaseRecorder recorder = new PostPhaseRecorder();
		recorder.accepted(left);
		recorder.rejected("pack");
		PostPhases postPhases = new PostPhases(recorder, operations, null);
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			context.registerBean(PostPhases.class, () -> postPhases);
			context.refresh();
			use(context);
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> this.listener.afterTestMethod(this.testContext))
				.withMessage("""
						Still in flight after PT10S:
						  "mail": it runs""");
			this.listener.beforeTestMethod(this.testContext);
		}
		recorder.finished(new PostPhaseResult(left, PostPhaseOutcome.COMPLETED, Duration.ZERO, null));
		assertThat(postPhases.results()).isEmpty();
		assertThat(postPhases.rejected()).isEmpty();
	}

	private void use(GenericApplicationContext context) {
		given(this.testContext.hasApplicationContext()).willReturn(true);
		given(this.testContext.getApplicationContext()).willReturn(context);
	}

}
