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

import java.util.function.Consumer;

import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * After each test method waits for what it left running, and before the next lets
 * {@link PostPhases} forget it.
 */
class ResetPostPhasesTestExecutionListener implements TestExecutionListener, Ordered {

	/**
	 * After a method before all others, which may reset or roll back what a post-phase
	 * still uses: they are called in the opposite order.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		withPostPhases(testContext, PostPhases::reset);
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		withPostPhases(testContext, PostPhases::awaitIdle);
	}

	private static void withPostPhases(TestContext testContext, Consumer<PostPhases> action) {
		if (testContext.hasApplicationContext()) {
			testContext.getApplicationContext().getBeanProvider(PostPhases.class).ifAvailable(action);
		}
	}

}
