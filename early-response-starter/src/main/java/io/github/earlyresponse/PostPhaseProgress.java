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

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Progress that a post-phase reported.
 *
 * @param done the amount of work done, in any unit
 * @param total the total amount of work, {@code 0} if it is unknown
 * @param message a description of the current work, {@code null} if there is none. Longer
 * messages are truncated to 1000 characters and end with an ellipsis
 * @see PostPhaseContext#progress(long, long, String)
 */
public record PostPhaseProgress(long done, long total, @Nullable String message) {

	/**
	 * Create the progress.
	 * @throws IllegalArgumentException if a number is negative, or more is done than the
	 * total
	 */
	public PostPhaseProgress {
		Assert.isTrue(done >= 0 && total >= 0, () -> "Progress must not be negative: " + done + " of " + total);
		Assert.isTrue(total == 0 || done <= total,
				() -> "There cannot be more done than there is to do: " + done + " of " + total);
		message = BoundedText.of(message);
	}

}
