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

package io.github.earlyresponse;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Result of an accepted post-phase.
 *
 * @param postPhase the post-phase
 * @param outcome its outcome
 * @param duration the time it ran, over all attempts; zero if it never started
 * @param failure the exception that it threw, even if the outcome is not
 * {@link PostPhaseOutcome#FAILED}; {@code null} if none
 */
public record PostPhaseResult(PostPhaseExecution postPhase, PostPhaseOutcome outcome, Duration duration,
		@Nullable Throwable failure) {

	/**
	 * Return the message of the exception that the post-phase threw, for storage or
	 * display. Longer messages are truncated to 1000 characters and end with an ellipsis.
	 * @return the message, or {@code null} if there is no exception or it has no message
	 */
	public @Nullable String failureMessage() {
		try {
			return (this.failure != null) ? BoundedText.of(this.failure.getMessage()) : null;
		}
		catch (Throwable ex) {
			// The exception is the application's, and so is how it makes its message
			return null;
		}
	}

}
