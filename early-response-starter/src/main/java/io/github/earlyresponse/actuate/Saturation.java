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

package io.github.earlyresponse.actuate;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;

/**
 * Whether there is hardly room for more post-phases: from the moment that one is rejected
 * or those in flight reach an upper limit, until they are down to a lower one. What was
 * taken over runs beside the capacity and does not count.
 */
public final class Saturation implements PostPhaseListener {

	/**
	 * More than a product of these numbers can be off. A {@link java.math.BigDecimal}
	 * would be exact, but preparing its class takes longer than all else here.
	 */
	private static final double INACCURACY = 1e-6;

	private static final int SATURATED = 1;

	private static final int ONE_IN_FLIGHT = 2;

	private final int upperLimit;

	private final int lowerLimit;

	/**
	 * How many are in flight, times two, and whether it is saturated: the count and what
	 * follows from it are one step. Counted here, because the operations still count a
	 * post-phase that is told to have finished. At a shutdown that may be told before the
	 * acceptance, so that the count is negative for a moment.
	 */
	private final AtomicInteger state = new AtomicInteger();

	/**
	 * Creates a saturation that is not reached.
	 * @param capacity how many post-phases can be in flight at once
	 * @param saturationThreshold the upper limit as a fraction of the capacity
	 * @param recoveryThreshold the lower limit as a fraction of the capacity
	 */
	public Saturation(int capacity, double saturationThreshold, double recoveryThreshold) {
		this.upperLimit = Math.max(1, (int) Math.ceil(capacity * saturationThreshold - INACCURACY));
		this.lowerLimit = Math.min(this.upperLimit - 1, (int) Math.floor(capacity * recoveryThreshold + INACCURACY));
	}

	@Override
	public void accepted(PostPhaseExecution postPhase) {
		this.state.accumulateAndGet(this.upperLimit, Saturation::afterAcceptance);
	}

	/**
	 * There was no room. If there are no more in flight than the lower limit, the room is
	 * free again, or was never enough, which is no reason to wait for anything.
	 */
	@Override
	public void rejected(String name) {
		this.state.updateAndGet((state) -> (inFlight(state) > this.lowerLimit) ? state | SATURATED : state);
	}

	@Override
	public void finished(PostPhaseResult result) {
		// A response of which nothing is known may also be the reason to skip one
		if (result.outcome() == PostPhaseOutcome.SKIPPED || !isTakenOver(result.postPhase())) {
			this.state.accumulateAndGet(this.lowerLimit, Saturation::afterEnd);
		}
	}

	@Override
	public void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
		if (!isTakenOver(postPhase)) {
			this.state.accumulateAndGet(this.lowerLimit, Saturation::afterEnd);
		}
	}

	/**
	 * Only what was taken over can run without having waited for its response.
	 */
	private static boolean isTakenOver(PostPhaseExecution postPhase) {
		return postPhase.delivery() == Delivery.UNKNOWN && postPhase.respondedAt() == null;
	}

	private static int afterAcceptance(int state, int upperLimit) {
		int next = state + ONE_IN_FLIGHT;
		return (inFlight(next) >= upperLimit) ? next | SATURATED : next;
	}

	private static int afterEnd(int state, int lowerLimit) {
		int next = state - ONE_IN_FLIGHT;
		return (inFlight(next) <= lowerLimit) ? next & ~SATURATED : next;
	}

	private static int inFlight(int state) {
		return state >> 1;
	}

	boolean isSaturated() {
		return (this.state.get() & SATURATED) != 0;
	}

}
