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

package io.github.earlyresponse.run;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Observes a post-phase while it runs. Other than a listener it is called at both ends on
 * the thread of the post-phase, so that it can bind something to that thread.
 */
@FunctionalInterface
public interface PostPhaseObserver {

	/**
	 * An attempt of a post-phase starts, with the context of its request.
	 * @param postPhase the post-phase
	 * @return who is notified about its end
	 */
	Run started(PostPhaseExecution postPhase);

	/**
	 * An observer that does nothing.
	 * @return the observer
	 */
	static PostPhaseObserver none() {
		return (postPhase) -> (outcome, failure) -> {
		};
	}

	/**
	 * One attempt.
	 */
	@FunctionalInterface
	interface Run {

		/**
		 * The attempt has ended. Called once, on the same thread.
		 * @param outcome how the post-phase ended, {@code null} if there will be another
		 * attempt
		 * @param failure what it threw, {@code null} if nothing
		 */
		void ended(@Nullable PostPhaseOutcome outcome, @Nullable Throwable failure);

	}

}
