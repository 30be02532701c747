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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One run of a post-phase, on one thread: whether it should stop, why, and when its
 * thread is interrupted.
 */
final class Attempt {

	private static final Log logger = LogFactory.getLog(Attempt.class);

	private final PostPhaseExecution postPhase;

	private final int number;

	private final Thread thread = Thread.currentThread();

	private final Timers timers;

	/** Whether another attempt can follow if this one reaches its time limit. */
	private final boolean retryable;

	private volatile State state = State.RUNNING;

	private volatile @Nullable Duration timeLimit;

	/** Whether the thread is no longer that of the attempt. */
	private volatile boolean ended;

	/**
	 * What interrupts the thread: the time limit, and once it is cancelled the end of the
	 * grace period.
	 */
	private @Nullable ScheduledFuture<?> timer;

	/** Tells the current timer from those that were cancelled while they fired. */
	private int timerNumber;

	/**
	 * Creates an attempt on the current thread.
	 * @param postPhase the post-phase
	 * @param number the number of the attempt
	 * @param timers for its time limit
	 * @param retryable whether another attempt follows if it reaches its time limit
	 */
	Attempt(PostPhaseExecution postPhase, int number, Timers timers, boolean retryable) {
		this.postPhase = postPhase;
		this.number = number;
		this.timers = timers;
		this.retryable = retryable;
	}

	boolean isHere() {
		return this.thread == Thread.currentThread();
	}

	int number() {
		return this.number;
	}

	/**
	 * Whether the post-phase should stop, as it should when the attempt has ended.
	 */
	boolean isStopRequested() {
		return this.ended || (this.state != State.RUNNING && this.state != State.RETURNED);
	}

	boolean isEnded() {
		return this.ended;
	}

	@Nullable Duration timeLimit() {
		return this.timeLimit;
	}

	/**
	 * Restarts the time limit, unless it was reached. After a cancellation, it can only
	 * shorten the grace period.
	 * @param timeout the time from now on, zero for no limit
	 */
	synchronized void restartTimeout(Duration timeout) {
		if (timeout.isNegative()) {
			throw new IllegalArgumentException("The time limit must not be negative: " + timeout);
		}
		if (this.state == State.RUNNING) {
			stopTimer();
			this.timeLimit = (!timeout.isZero()) ? timeout : null;
			if (!timeout.isZero()) {
				startTimer(timeout, State.TIMED_OUT);
			}
		}
		else if (this.state == State.CANCELLING && !timeout.isZero()) {
			shortenGrace(timeout);
		}
	}

	private void startTimer(Duration delay, State next) {
		int number = this.timerNumber;
		try {
			this.timer = this.timers.schedule(() -> expire(number, next), delay);
		}
		catch (RejectedExecutionException ex) {
			// The work itself has stopped the engine, and ends when it returns
		}
	}

	private void stopTimer() {
		// It may have fired already and be waiting for the lock
		this.timerNumber++;
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	private void expire(int number, State next) {
		synchronized (this) {
			if (number != this.timerNumber) {
				return;
			}
			interrupt(next);
		}
		if (next == State.TIMED_OUT) {
			logger.warn(this.postPhase + " reached its time limit of " + this.timeLimit + " and was interrupted");
		}
	}

	private void interrupt(State state) {
		stopTimer();
		this.state = state;
		if (!this.ended) {
			this.thread.interrupt();
		}
	}

	/**
	 * Cancels the attempt. Its thread is interrupted when the grace period or the time
	 * limit is over, whichever is first. A grace period can be made shorter.
	 * @param grace the time until it is interrupted
	 * @return {@code false} if that changes nothing
	 */
	synchronized boolean cancel(Duration grace) {
		return switch (this.state) {
			case RUNNING, RETURNED -> {
				beginGrace(grace);
				yield true;
			}
			case TIMED_OUT -> {
				if (this.retryable) {
					beginGrace(grace);
				}
				yield this.retryable;
			}
			case CANCELLING -> shortenGrace(grace);
			case CANCELLED, ABANDONED -> false;
		};
	}

	private void beginGrace(Duration grace) {
		Duration remaining = remaining();
		stopTimer();
		Duration delay = (remaining != null && remaining.compareTo(grace) < 0) ? remaining : grace;
		if (grace.isZero()) {
			interrupt(State.CANCELLED);
		}
		else {
			this.state = State.CANCELLING;
			startTimer(delay, State.CANCELLED);
		}
	}

	private boolean shortenGrace(Duration grace) {
		Duration remaining = remaining();
		if (remaining != null && grace.compareTo(remaining) >= 0) {
			return false;
		}
		beginGrace(grace);
		return true;
	}

	private @Nullable Duration remaining() {
		return (this.timer != null) ? Duration.ofNanos(this.timer.getDelay(TimeUnit.NANOSECONDS)) : null;
	}

	/**
	 * The shutdown does not wait for the attempt any longer.
	 * @return the outcome, which may have been decided before
	 */
	synchronized PostPhaseOutcome abandon() {
		PostPhaseOutcome decided = decided();
		interrupt((decided != null) ? this.state : State.ABANDONED);
		return (decided != null) ? decided : PostPhaseOutcome.ABANDONED;
	}

	/**
	 * The work returned or threw. It cannot reach its time limit any more, but can still
	 * be cancelled.
	 * @return whether it has reached its time limit
	 */
	synchronized boolean returned() {
		if (this.state == State.RUNNING) {
			stopTimer();
			this.state = State.RETURNED;
		}
		return this.state == State.TIMED_OUT;
	}

	/**
	 * Ends the attempt: nobody interrupts its thread from here on.
	 * @return the outcome that was decided from outside, {@code null} if none was
	 */
	synchronized @Nullable PostPhaseOutcome end() {
		this.ended = true;
		stopTimer();
		return decided();
	}

	private @Nullable PostPhaseOutcome decided() {
		return switch (this.state) {
			case RUNNING, RETURNED -> null;
			case TIMED_OUT -> PostPhaseOutcome.TIMED_OUT;
			case CANCELLING, CANCELLED -> PostPhaseOutcome.CANCELLED;
			case ABANDONED -> PostPhaseOutcome.ABANDONED;
		};
	}

	private enum State {

		RUNNING, RETURNED, TIMED_OUT,

		/** Cancelled, and not interrupted before its grace period is over. */
		CANCELLING,

		CANCELLED, ABANDONED

	}

}
