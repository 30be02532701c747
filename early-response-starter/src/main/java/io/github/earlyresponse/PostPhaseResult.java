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
 * How an accepted post-phase ended.
 *
 * @param postPhase the post-phase
 * @param outcome its outcome
 * @param duration the time it ran, zero if it never started
 * @param failure what it threw, also where the outcome is not
 * {@link PostPhaseOutcome#FAILED}; {@code null} if nothing
 */
public record PostPhaseResult(PostPhaseExecution postPhase, PostPhaseOutcome outcome, Duration duration,
		@Nullable Throwable failure) {

	/**
	 * The message of what the post-phase threw, to be kept or shown. Longer ones are cut
	 * to 1000 characters, the last of which is an ellipsis then.
	 * @return the message, {@code null} if it threw nothing or what it threw has none
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
