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

package io.github.earlyresponse.call;

import java.time.Duration;

import org.springframework.core.retry.RetryPolicy;

/**
 * How often and when failed attempts are retried.
 *
 * @param maxRetries the number of retries, zero for none
 * @param delay the delay before the first retry
 * @param multiplier the multiplier of the delay for each further one
 * @param maxDelay the maximum delay
 * @param jitter the maximum deviation of the delay, multiplied like that, zero for none
 */
public record RetrySettings(long maxRetries, Duration delay, double multiplier, Duration maxDelay, Duration jitter) {

	/**
	 * The policy without retries.
	 */
	public static final RetryPolicy NEVER = (failure) -> false;

	/**
	 * No retries.
	 */
	public static final RetrySettings NONE = new RetrySettings(0, Duration.ofSeconds(1), 1, DurationBounds.LONGEST,
			Duration.ZERO);

	/**
	 * The policy for all exceptions.
	 * @return the policy
	 */
	public RetryPolicy policy() {
		return (this.maxRetries > 0) ? builder().build() : NEVER;
	}

	RetryPolicy.Builder builder() {
		return RetryPolicy.builder()
			.maxRetries(this.maxRetries)
			.delay(this.delay)
			.multiplier(this.multiplier)
			.maxDelay(this.maxDelay)
			.jitter(this.jitter);
	}

}
