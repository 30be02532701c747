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

import java.time.Duration;

import io.github.earlyresponse.RetryLaterException;
import io.github.earlyresponse.call.DurationBounds;
import io.github.earlyresponse.engine.AttemptCount;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.Assert;
import org.springframework.util.backoff.BackOffExecution;

/**
 * The retries of one post-phase: whether and when a failed attempt is followed by another
 * one.
 */
final class Retries {

	private final RetryPolicy policy;

	private BackOffExecution backOff;

	private final int maxDeferrals;

	/** How many attempts in a row have asked for a later one. */
	private int deferrals;

	private int failures;

	/**
	 * Creates the retries.
	 * @param policy the retry policy
	 * @param maxDeferrals how many attempts in a row can ask for a later one
	 * @param before the attempts that were made elsewhere
	 */
	Retries(RetryPolicy policy, int maxDeferrals, AttemptCount before) {
		this.policy = policy;
		this.backOff = policy.getBackOff().start();
		this.maxDeferrals = maxDeferrals;
		this.deferrals = before.deferrals();
		while (this.failures < before.failures()) {
			this.failures++;
			this.backOff.nextBackOff();
		}
	}

	AttemptCount count(int started) {
		return new AttemptCount(started, this.failures, this.deferrals);
	}

	/**
	 * The attempt has got further than the one before: its failure is the first one.
	 */
	void reset() {
		this.failures = 0;
		this.deferrals = 0;
		this.backOff = this.policy.getBackOff().start();
	}

	/**
	 * The time until the next attempt.
	 * @param failure why the attempt before failed
	 * @return the time, {@code null} if there is no next attempt
	 */
	@Nullable Duration nextDelay(Throwable failure) {
		if (failure instanceof RetryLaterException later && this.deferrals < this.maxDeferrals) {
			this.deferrals++;
			return checked(later.getDelay());
		}
		this.deferrals = 0;
		this.failures++;
		long millis = (this.policy.shouldRetry(failure)) ? this.backOff.nextBackOff() : BackOffExecution.STOP;
		return (millis != BackOffExecution.STOP) ? checked(Duration.ofMillis(millis)) : null;
	}

	/**
	 * The exception may be of a subclass, and the jitter of the policy can overflow.
	 */
	private static Duration checked(Duration delay) {
		Assert.isTrue(!delay.isNegative() && delay.compareTo(DurationBounds.LONGEST) <= 0,
				() -> "The delay must be between zero and 365 days: " + delay);
		return delay;
	}

}
