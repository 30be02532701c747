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

import io.github.earlyresponse.web.CompletionState.ObjectsEnd;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CompletionState}.
 */
class CompletionStateTests {

	private static final int OK = 200;

	private static final int ERROR = 500;

	private final CompletionState state = new CompletionState();

	@Test
	void isCompleteAtOnceIfNobodyHoldsTheResponseBack() {
		this.state.expectRequestEnd();
		assertThat(this.state.completed(false, false)).isTrue();
		assertThat(this.state.isHeldBackUntilEnd()).isFalse();
		assertThat(this.state.isHeldBackBeyondEnd()).isFalse();
	}

	@Test
	void isCompleteAtOnceIfNoEndWillBeReported() {
		assertThat(this.state.expectsEnd()).isFalse();
		assertThat(this.state.completed(true, true)).isTrue();
	}

	@Test
	void isHeldBackUntilTheEndOfTheRequestByTheContainer() {
		this.state.expectRequestEnd();
		assertThat(this.state.completed(true, false)).isFalse();
		assertThat(this.state.isHeldBackUntilEnd()).isTrue();
		assertThat(this.state.isHeldBackBeyondEnd()).isFalse();
	}

	@Test
	void isHeldBackUntilTheEndOfTheRequestByFilters() {
		this.state.expectRequestEnd();
		assertThat(this.state.completed(false, true)).isFalse();
		assertThat(this.state.isHeldBackUntilEnd()).isTrue();
	}

	@Test
	void isHeldBackBeyondTheEndByTheContainerIfItWasAsynchronous() {
		this.state.expectRequestEnd();
		this.state.suspended(OK);
		this.state.resumed();
		assertThat(this.state.completed(true, false)).isFalse();
		assertThat(this.state.isHeldBackUntilEnd()).isFalse();
		assertThat(this.state.isHeldBackBeyondEnd()).isTrue();
	}

	@Test
	void isNotHeldBackByFiltersIfItWasAsynchronous() {
		this.state.expectRequestEnd();
		this.state.suspended(OK);
		this.state.resumed();
		assertThat(this.state.completed(false, true)).isTrue();
		assertThat(this.state.isHeldBackBeyondEnd()).isFalse();
	}

	@Test
	void awaitsTheEndOfTheResponseOnlyIfOthersFinishIt() {
		this.state.expectResponseEnd();
		assertThat(this.state.expectsEnd()).isTrue();
		assertThat(this.state.expectsRequestEnd()).isFalse();
		assertThat(this.state.completed(false, true)).isFalse();
		assertThat(this.state.completed(true, false)).as("what Tomcat holds back").isTrue();
		assertThat(this.state.isHeldBackUntilEnd()).isFalse();
	}

	@Test
	void isUnattendedWhileItIsSuspendedAndNotStreaming() {
		assertThat(this.state.isUnattended()).as("in its dispatch").isFalse();
		this.state.streaming(true);
		this.state.suspended(OK);
		assertThat(this.state.isUnattended()).as("while it streams").isFalse();
		this.state.streaming(false);
		assertThat(this.state.isUnattended()).as("when the stream has ended").isTrue();
		this.state.resumed();
		assertThat(this.state.isUnattended()).as("in its second dispatch").isFalse();
	}

	@Test
	void statusIsThatOfTheSuspensionWhileItIsSuspended() {
		assertThat(this.state.status(ERROR)).isEqualTo(ERROR);
		this.state.suspended(OK);
		assertThat(this.state.status(ERROR)).as("the container has aborted it").isEqualTo(OK);
		this.state.resumed();
		assertThat(this.state.status(ERROR)).isEqualTo(ERROR);
	}

	@Test
	void objectsEndAtOnceAfterASynchronousRequest() {
		this.state.expectRequestEnd();
		assertThat(this.state.objectsEnd()).isEqualTo(ObjectsEnd.NOW);
	}

	@Test
	void objectsEndLaterWhileARequestIsSuspendedWhoseEndWillBeReported() {
		this.state.suspended(OK);
		assertThat(this.state.objectsEnd()).as("no end is reported").isEqualTo(ObjectsEnd.NOW);
		this.state.expectResponseEnd();
		assertThat(this.state.objectsEnd()).isEqualTo(ObjectsEnd.LATER);
	}

	@Test
	void objectsOfAnAsynchronousRequestEndForOtherThreadsFirst() {
		this.state.suspended(OK);
		this.state.resumed();
		assertThat(this.state.objectsEnd()).isEqualTo(ObjectsEnd.EXCEPT_FOR_THIS_THREAD);
	}

}
