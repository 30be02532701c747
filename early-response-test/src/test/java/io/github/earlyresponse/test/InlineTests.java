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

import java.util.concurrent.Executor;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.core.task.TaskExecutor;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for post-phases that run inline, with MockMvc.
 */
@WebMvcTest
@AutoConfigurePostPhases(inline = true)
class InlineTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private Shop shop;

	@Test
	void postPhaseHasEndedOnceTheRequestReturns() {
		assertThat(this.mvc.post().uri("/orders/plums")).hasStatusOk().hasBodyTextEqualTo("ordered");
		assertEnded("mail", PostPhaseOutcome.COMPLETED);
		assertThat(this.shop.ranOn()).isSameAs(Thread.currentThread());
	}

	@Test
	void failureDoesNotReachTheCaller() {
		assertThat(this.mvc.post().uri("/orders/poison")).hasStatusOk();
		assertEnded("mail", PostPhaseOutcome.FAILED);
	}

	@Test
	void timeLimitInterruptsTheCallerWhileThePostPhaseRuns() {
		assertThat(this.mvc.post().uri("/limited")).hasStatusOk();
		assertThat(Thread.interrupted()).isFalse();
		assertEnded("limited", PostPhaseOutcome.TIMED_OUT);
	}

	@Test
	void asyncHandlerIsFollowedAfterItsSecondDispatch() {
		assertThat(this.mvc.get().uri("/later?item=plums").exchange()).hasStatusOk().hasBodyTextEqualTo("later");
		assertEnded("mail", PostPhaseOutcome.COMPLETED);
	}

	@Test
	void handlerThatSendsInMidMethodHasEndedOnceTheRequestReturns() {
		assertThat(this.mvc.post().uri("/early")).hasStatusOk().hasBodyTextEqualTo("early");
		assertEnded("Shop.early", PostPhaseOutcome.COMPLETED);
	}

	@Test
	void executorOfTheApplicationIsStillThere(@Autowired TaskExecutor taskExecutor, @Autowired Executor executor) {
		assertThat(executor).isSameAs(taskExecutor).isInstanceOf(TaskExecutor.class);
	}

	private void assertEnded(String name, PostPhaseOutcome outcome) {
		assertThat(this.postPhases.results()).singleElement()
			.satisfies((result) -> assertThat(result.postPhase().name()).isEqualTo(name))
			.extracting(PostPhaseResult::outcome)
			.isEqualTo(outcome);
	}

	@Nested
	class NestedTests {

		@Test
		void annotationOfTheEnclosingClassHolds() {
			assertThat(InlineTests.this.mvc.post().uri("/orders/plums")).hasStatusOk();
			assertEnded("mail", PostPhaseOutcome.COMPLETED);
		}

	}

}
