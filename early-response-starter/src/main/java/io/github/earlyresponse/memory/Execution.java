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

package io.github.earlyresponse.memory;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * One accepted post-phase in memory: its state, from its admission to its outcome.
 * <p>
 * The state only moves forward. The outcome is decided once, by whoever comes first: its
 * own end, its time limit, a cancellation or the shutdown.
 */
final class Execution implements PostPhaseExecution, PostPhaseContext {

	private static final Log logger = LogFactory.getLog(Execution.class);

	private static final SecureRandom random = new SecureRandom();

	private static final long UNKNOWN = -1;

	private final MemoryPostPhaseEngine engine;

	private final String name;

	private final @Nullable String owner;

	private final boolean onCaller;

	private final Instant acceptedAt = Instant.now();

	private final long acceptedNanos = System.nanoTime();

	private volatile State state = State.ACCEPTED;

	private volatile ResponseDelivery response = ResponseDelivery.NOT_SENT;

	private volatile @Nullable PostPhaseOutcome outcome;

	/** In nanoseconds since the acceptance, which the time of day does not disturb. */
	private volatile long responded = UNKNOWN;

	private volatile long started = UNKNOWN;

	private volatile @Nullable Duration timeLimit;

	private volatile @Nullable String id;

	private volatile @Nullable PostPhaseProgress progress;

	private volatile @Nullable PostPhaseRecord record;

	private @Nullable PreparedTask task;

	private @Nullable Thread thread;

	/**
	 * What interrupts the thread: the time limit, and once it is cancelled the end of the
	 * grace.
	 */
	private @Nullable ScheduledFuture<?> timer;

	private int timers;

	Execution(MemoryPostPhaseEngine engine, String name, @Nullable String owner, boolean onCaller) {
		this.engine = engine;
		this.name = name;
		this.owner = owner;
		this.onCaller = onCaller;
	}

	@Override
	public String id() {
		String id = this.id;
		return (id != null) ? id : makeId();
	}

	private synchronized String makeId() {
		String id = this.id;
		if (id == null) {
			byte[] bytes = new byte[16];
			random.nextBytes(bytes);
			id = HexFormat.of().formatHex(bytes);
			this.id = id;
			if (this.state != State.FINISHED) {
				this.engine.known(id, this);
			}
		}
		return id;
	}

	/**
	 * The id under which it can be found, {@code null} if nobody has asked for it.
	 */
	@Nullable String idIfKnown() {
		return this.id;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public State state() {
		return this.state;
	}

	@Override
	public Instant acceptedAt() {
		return this.acceptedAt;
	}

	@Override
	public @Nullable Instant respondedAt() {
		return at(this.responded);
	}

	@Override
	public @Nullable Instant startedAt() {
		return at(this.started);
	}

	private @Nullable Instant at(long nanos) {
		return (nanos != UNKNOWN) ? this.acceptedAt.plusNanos(nanos) : null;
	}

	private long sinceAcceptance() {
		return System.nanoTime() - this.acceptedNanos;
	}

	@Override
	public @Nullable Duration timeLimit() {
		return this.timeLimit;
	}

	@Override
	public Delivery delivery() {
		return this.response.delivery();
	}

	@Override
	public @Nullable IOException deliveryFailure() {
		return this.response.failure();
	}

	@Override
	public void progress(long done, long total, @Nullable String message) {
		this.progress = new PostPhaseProgress(done, total, message);
	}

	@Override
	public @Nullable PostPhaseProgress progress() {
		return this.progress;
	}

	@Override
	public @Nullable String owner() {
		return this.owner;
	}

	@Override
	public RequestSnapshot request() {
		PostPhaseRecord record = this.record;
		RequestSnapshot request = (record != null) ? record.request() : null;
		Assert.state(request != null, "No copy of the request was taken");
		return request;
	}

	/**
	 * The outcome, once it was decided.
	 */
	PostPhaseOutcome outcome() {
		PostPhaseOutcome outcome = this.outcome;
		Assert.state(outcome != null, "The outcome is not known");
		return outcome;
	}

	/**
	 * Whether the post-phase runs on the request thread, without room of its own.
	 */
	boolean onCaller() {
		return this.onCaller;
	}

	/**
	 * Makes the post-phase ready to run. The record of one that has ended already is
	 * released at once.
	 * @param record what to run
	 */
	void prepare(PostPhaseRecord record) {
		if (!keep(record, this.engine.prepare(this))) {
			release(record);
		}
	}

	private synchronized boolean keep(PostPhaseRecord record, @Nullable PreparedTask task) {
		if (this.state != State.ACCEPTED) {
			return false;
		}
		this.record = record;
		this.task = task;
		return true;
	}

	/**
	 * Hands the post-phase over to run, unless it has ended.
	 * @param response what became of the response
	 */
	void start(ResponseDelivery response) {
		if (queue(response)) {
			this.engine.start(this, this.task);
		}
	}

	private synchronized boolean queue(ResponseDelivery response) {
		if (this.state != State.ACCEPTED) {
			return false;
		}
		Assert.state(this.record != null, () -> this + " was not recorded");
		this.response = response;
		this.responded = sinceAcceptance();
		this.state = State.QUEUED;
		return true;
	}

	/**
	 * Ends the post-phase without running it, whether or not it was recorded.
	 * @param response what became of the response
	 */
	void skip(ResponseDelivery response) {
		synchronized (this) {
			if (this.state != State.ACCEPTED) {
				return;
			}
			this.response = response;
		}
		this.engine.finish(this, PostPhaseOutcome.SKIPPED);
	}

	/**
	 * Starts on the current thread.
	 * @return what to run, {@code null} if it must not run any more
	 */
	synchronized @Nullable PostPhaseRecord begin() {
		if (this.state != State.QUEUED || this.outcome != null) {
			return null;
		}
		this.thread = Thread.currentThread();
		this.started = sinceAcceptance();
		this.state = State.RUNNING;
		return this.record;
	}

	@Override
	public synchronized void restartTimeout(Duration timeout) {
		Assert.isTrue(!timeout.isNegative(), () -> "The time limit must not be negative: " + timeout);
		if (isInGrace() && !timeout.isZero()) {
			cancel(timeout);
		}
		if (this.thread == null || this.outcome != null) {
			return;
		}
		cancelTimer();
		this.timeLimit = (!timeout.isZero()) ? timeout : null;
		if (!timeout.isZero()) {
			int number = this.timers;
			this.timer = this.engine.schedule(() -> reachTimeLimit(number, timeout), timeout);
		}
	}

	private void cancelTimer() {
		// The timer may be running already and wait for the monitor
		this.timers++;
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	private void reachTimeLimit(int number, Duration timeout) {
		synchronized (this) {
			if (number != this.timers || !decide(PostPhaseOutcome.TIMED_OUT)) {
				return;
			}
		}
		this.engine.timedOut(this, timeout);
	}

	/**
	 * Decides the outcome from outside. If the post-phase runs its thread is interrupted,
	 * otherwise it will not start.
	 * @param outcome the outcome
	 * @return {@code false} if the outcome had been decided before
	 */
	synchronized boolean decide(PostPhaseOutcome outcome) {
		if (this.outcome != null) {
			return false;
		}
		cancelTimer();
		this.outcome = outcome;
		interrupt();
		return true;
	}

	/**
	 * Decides that it is cancelled. If the post-phase runs its thread is interrupted when
	 * the grace or its time limit is over, otherwise it will not start. A grace that has
	 * begun before can be made shorter.
	 * @param grace the time until it is interrupted
	 * @return {@code false} if that changes nothing
	 */
	synchronized boolean cancel(Duration grace) {
		boolean inGrace = isInGrace();
		if (!inGrace && (this.outcome != null || this.thread == null || grace.isZero())) {
			return decide(PostPhaseOutcome.CANCELLED);
		}
		Duration limit = (this.timer != null) ? Duration.ofNanos(this.timer.getDelay(TimeUnit.NANOSECONDS)) : grace;
		if (inGrace && grace.compareTo(limit) >= 0) {
			return false;
		}
		cancelTimer();
		this.outcome = PostPhaseOutcome.CANCELLED;
		if (grace.isZero()) {
			interrupt();
		}
		else {
			int number = this.timers;
			this.timer = this.engine.schedule(() -> endGrace(number), (limit.compareTo(grace) < 0) ? limit : grace);
		}
		return true;
	}

	private boolean isInGrace() {
		return this.outcome == PostPhaseOutcome.CANCELLED && this.timer != null;
	}

	private synchronized void endGrace(int number) {
		if (number == this.timers) {
			cancelTimer();
			interrupt();
		}
	}

	/**
	 * Decides, unless it was decided before, that the shutdown waits no longer, and
	 * interrupts the thread, perhaps once more.
	 * @return {@code false} if somebody else is about to close the account
	 */
	synchronized boolean abandon() {
		if (this.state == State.FINISHED || (this.outcome != null && this.thread == null)) {
			return false;
		}
		if (this.outcome == null) {
			this.outcome = PostPhaseOutcome.ABANDONED;
		}
		interrupt();
		return true;
	}

	/**
	 * Whether it runs on the current thread.
	 */
	synchronized boolean isHere() {
		return this.thread == Thread.currentThread();
	}

	private void interrupt() {
		if (this.thread != null) {
			this.thread.interrupt();
		}
	}

	@Override
	public boolean cancellationRequested() {
		return this.outcome != null;
	}

	/**
	 * Ends the work on the current thread, which nobody interrupts from here on.
	 * @param outcome the outcome, unless it was decided from outside
	 */
	synchronized void end(PostPhaseOutcome outcome) {
		this.thread = null;
		cancelTimer();
		if (this.outcome == null) {
			this.outcome = outcome;
		}
	}

	/**
	 * Closes the account of this post-phase.
	 * @param outcome the outcome, unless it was decided before
	 * @return the outcome, {@code null} if the account was closed before
	 */
	@Nullable PostPhaseOutcome finish(PostPhaseOutcome outcome) {
		PostPhaseOutcome decided = decideFinally(outcome);
		PostPhaseRecord record = this.record;
		if (decided != null && record != null) {
			release(record);
		}
		return decided;
	}

	private synchronized @Nullable PostPhaseOutcome decideFinally(PostPhaseOutcome outcome) {
		if (this.state == State.FINISHED) {
			return null;
		}
		if (this.state == State.QUEUED && this.task != null) {
			this.task.takeBack();
		}
		this.state = State.FINISHED;
		if (this.outcome == null) {
			this.outcome = outcome;
		}
		return this.outcome;
	}

	private void release(PostPhaseRecord record) {
		try {
			record.release().run();
		}
		catch (Throwable ex) {
			logger.warn("What was kept for " + this + " could not be given back", ex);
		}
	}

	synchronized Duration duration() {
		return (this.started != UNKNOWN) ? Duration.ofNanos(sinceAcceptance() - this.started) : Duration.ZERO;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

	/**
	 * Cheaper than the identity hash code, which the JVM would have to generate and keep.
	 */
	@Override
	public int hashCode() {
		return Long.hashCode(this.acceptedNanos);
	}

	@Override
	public String toString() {
		return "Post-phase '" + this.name + "' (" + id() + ")";
	}

}
