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

import org.springframework.util.Assert;

/**
 * Thrown by a post-phase to be run again after the given time, for instance when a
 * service answers 429 with {@code Retry-After}. Such an attempt does not count as a
 * failure, and needs no {@link Retry}, up to {@code early-response.retry.max-deferrals}
 * times in a row of one post-phase; after that it is a failure like any other exception.
 * The rest of a handler that {@linkplain EarlyResponse sends} cannot be run again.
 */
@SuppressWarnings("serial")
public class RetryLaterException extends RuntimeException {

	private static final Duration LONGEST = Duration.ofDays(365);

	private final Duration delay;

	/**
	 * Create the exception.
	 * @param delay the time until the next attempt, at most 365 days
	 * @throws IllegalArgumentException if the delay is negative or longer
	 */
	public RetryLaterException(Duration delay) {
		this(delay, null);
	}

	/**
	 * Create the exception with a cause.
	 * @param delay the time until the next attempt, at most 365 days
	 * @param cause why it cannot be done now, or {@code null}
	 * @throws IllegalArgumentException if the delay is negative or longer
	 */
	public RetryLaterException(Duration delay, @Nullable Throwable cause) {
		super("Retry after " + delay, cause);
		Assert.isTrue(!delay.isNegative() && delay.compareTo(LONGEST) <= 0,
				() -> "The delay must be between zero and 365 days: " + delay);
		this.delay = delay;
	}

	/**
	 * Return the time until the next attempt.
	 * @return the delay
	 */
	public Duration getDelay() {
		return this.delay;
	}

}
