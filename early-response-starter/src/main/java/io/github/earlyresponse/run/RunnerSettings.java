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

import io.github.earlyresponse.call.PostPhaseWork;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;

/**
 * Settings of post-phases without their own.
 *
 * @param timeout the time limit of an attempt, zero for none
 * @param retryPolicy when a failed attempt is retried
 * @param maxDeferrals how many attempts in a row can ask for a later one without counting
 * as failures
 * @param durableMaxDeferrals the same for durable ones
 * @param giveUpAfter for how long failed attempts are retried since the post-phase was
 * accepted, {@code null} for no limit
 * @param durableGiveUpAfter the same for durable ones
 */
public record RunnerSettings(Duration timeout, RetryPolicy retryPolicy, int maxDeferrals, int durableMaxDeferrals,
		@Nullable Duration giveUpAfter, @Nullable Duration durableGiveUpAfter) {

	/**
	 * Settings without durable post-phases.
	 * @param timeout the time limit of an attempt, zero for none
	 * @param retryPolicy when a failed attempt is retried
	 * @param maxDeferrals how many attempts in a row can ask for a later one without
	 * counting as failures
	 */
	public RunnerSettings(Duration timeout, RetryPolicy retryPolicy, int maxDeferrals) {
		this(timeout, retryPolicy, maxDeferrals, maxDeferrals, null, null);
	}

	int maxDeferrals(PostPhaseWork work) {
		return (work.isDurable()) ? this.durableMaxDeferrals : this.maxDeferrals;
	}

	@Nullable Duration giveUpAfter(PostPhaseWork work) {
		Duration own = work.giveUpAfter();
		if (own != null) {
			return own;
		}
		return (work.isDurable()) ? this.durableGiveUpAfter : this.giveUpAfter;
	}

}
