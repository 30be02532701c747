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

import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/**
 * Before each test method, waits for what earlier ones left running and lets
 * {@link PostPhases} forget it.
 */
class ResetPostPhasesTestExecutionListener implements TestExecutionListener, Ordered {

	/**
	 * Before the others, which may reset what a post-phase still uses.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		if (testContext.hasApplicationContext()) {
			testContext.getApplicationContext()
				.getBeanProvider(PostPhases.class)
				.ifAvailable(ResetPostPhasesTestExecutionListener::reset);
		}
	}

	private static void reset(PostPhases postPhases) {
		try {
			postPhases.awaitIdle();
		}
		catch (AssertionError ex) {
			throw new AssertionError("An earlier test did not wait for its post-phases. " + ex.getMessage(), ex);
		}
		finally {
			postPhases.reset();
		}
	}

}
