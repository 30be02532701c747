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

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.call.WaitingHandler;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.Checkpoints;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.engine.StoredPostPhase;
import io.github.earlyresponse.engine.Takeover;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * One accepted post-phase, from its acceptance to its outcome, over all its attempts.
 * <p>
 * It ends once, by whoever comes first: its own end, a cancellation or the shutdown.
 */
public final class Execution implements PostPhaseExecution {

	private static final Log logger = LogFactory.getLog(Execution.class);

	private static final SecureRandom random = new SecureRandom();

	private static final long UNKNOWN = -1;

	private final String name;

	private final @Nullable String owner;

	private final Consumer<? super Execution> identified;

	private final Instant acceptedAt;

	private final long acceptedNanos;

	/** From when on it is tried, in nanoseconds since the acceptance. */
	private final long triedSince;

	private volatile State state = State.ACCEPTED;

	private volatile ResponseDelivery response = ResponseDelivery.NOT_SENT;

	/** In nanoseconds since the acceptance, which the time of day does not disturb. */
	private volatile long responded = UNKNOWN;

	private volatile long started = UNKNOWN;

	private volatile long finished = UNKNOWN;

	private volatile long nextAttempt = UNKNOWN;

	private volatile int attempts;

	private volatile @Nullable String id;

	private volatile @Nullable PostPhaseProgress progress;

	private volatile @Nullable Attempt attempt;

	private @Nullable PostPhaseRecord record;

	/** Made when it is first needed, by whoever comes first. */
	private @Nullable ExecutionView view;

	/** When the current attempt started, and how long those before it ran. */
	private long attemptStarted;

	private long ran;

	/** Decided before the state is {@link State#FINISHED}. */
	private @Nullable PostPhaseOutcome outcome;

	/** It goes on from its store, and nothing here can change it any more. */
	private boolean handedOver;

	/** The attempts that were made elsewhere. */
	private final AttemptCount before;

	/** Made for the first failed attempt. */
	private @Nullable Retries retries;

	/** Those of a post-phase that is not stored, made when they are first needed. */
	private @Nullable Checkpoints checkpoints;

	/**
	 * Creates a post-phase.
	 * @param name its name
	 * @param owner the name of the user whose request it is, {@code null} if there is
	 * none or nobody will ask
	 * @param identified is called when somebody asks for the id of a post-phase that has
	 * not ended, so that it can be found by it
	 */
	public Execution(String name, @Nullable String owner, Consumer<? super Execution> identified) {
		this.name = name;
		this.owner = owner;
		this.identified = identified;
		this.acceptedAt = Instant.now();
		this.acceptedNanos = System.nanoTime();
		this.triedSince = 0;
		this.before = AttemptCount.NONE;
	}

	/**
	 * Creates a post-phase that was accepted before, by this process or another one.
	 * @param takeover what is taken over
	 */
	public Execution(Takeover takeover) {
		this.name = takeover.name();
		this.owner = takeover.owner();
		this.identified = (execution) -> {
		};
		this.id = takeover.id();
		this.acceptedAt = takeover.acceptedAt();
		this.acceptedNanos = System.nanoTime() - Duration.between(takeover.acceptedAt(), Instant.now()).toNanos();
		Instant replayedAt = takeover.replayedAt();
		this.triedSince = (replayedAt != null) ? Duration.between(takeover.acceptedAt(), replayedAt).toNanos() : 0;
		this.before = takeover.attempts();
		this.attempts = this.before.started();
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
				this.identified.accept(this);
			}
		}
		return id;
	}

	/**
	 * This post-phase for the application, which must not change it.
	 * @return the same values, and nothing else
	 */
	public PostPhaseExecution view() {
		ExecutionView view = this.view;
		if (view == null) {
			view = new ExecutionView(this);
			this.view = view;
		}
		return view;
	}

	/**
	 * The id, if somebody has asked for it.
	 * @return the id, {@code null} if nobody has
	 */
	public @Nullable String idIfMade() {
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

	@Override
	public @Nullable Instant finishedAt() {
		return at(this.finished);
	}

	@Override
	public int attempt() {
		return this.attempts;
	}

	@Override
	public @Nullable Instant nextAttemptAt() {
		return at(this.nextAttempt);
	}

	/**
	 * The time until the next attempt.
	 * @return the time, zero if it is due, {@code null} if the post-phase is not waiting
	 * for one
	 */
	public @Nullable Duration untilNextAttempt() {
		long nextAttempt = this.nextAttempt;
		return (nextAttempt != UNKNOWN) ? Duration.ofNanos(Math.max(0, nextAttempt - sinceAcceptance())) : null;
	}

	/**
	 * Whether it was accepted, or replayed, longer ago than a time.
	 * @param time the time
	 * @param delay when, from now on
	 */
	boolean isTriedForLongerThan(Duration time, Duration delay) {
		return sinceAcceptance() - this.triedSince + delay.toNanos() > time.toNanos();
	}

	private @Nullable Instant at(long nanos) {
		return (nanos != UNKNOWN) ? this.acceptedAt.plusNanos(nanos) : null;
	}

	private long sinceAcceptance() {
		return System.nanoTime() - this.acceptedNanos;
	}

	@Override
	public @Nullable Duration timeLimit() {
		Attempt attempt = this.attempt;
		return (attempt != null) ? attempt.timeLimit() : null;
	}

	@Override
	public Delivery delivery() {
		return this.response.delivery();
	}

	@Nullable IOException deliveryFailure() {
		return this.response.failure();
	}

	void progress(PostPhaseProgress progress) {
		this.progress = progress;
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
	public synchronized @Nullable PostPhaseOutcome outcome() {
		return (this.state == State.FINISHED) ? this.outcome : null;
	}

	@Override
	public boolean durable() {
		return stored() != null;
	}

	@Override
	public @Nullable String node() {
		StoredPostPhase stored = stored();
		return (stored != null) ? stored.node() : null;
	}

	/**
	 * Records what is going to run, in place of what was recorded before. What was kept
	 * and stored for one that has ended meanwhile is released at once.
	 * @param record what to run
	 */
	public void record(PostPhaseRecord record) {
		StoredPostPhase stored = record.stored();
		if (stored != null) {
			stored.attach(view());
		}
		if (!keep(record)) {
			release(record);
			if (stored != null) {
				end(stored);
			}
		}
	}

	private void end(StoredPostPhase stored) {
		PostPhaseOutcome outcome = decided();
		if (outcome == null || outcome == PostPhaseOutcome.ABANDONED) {
			stored.handBack(false);
		}
		else {
			stored.ended(outcome, attemptCount(), null);
		}
	}

	private synchronized boolean keep(PostPhaseRecord record) {
		if (this.state != State.ACCEPTED) {
			return false;
		}
		this.record = record;
		return true;
	}

	/**
	 * The response is complete: the post-phase waits for a thread.
	 * @param response what became of the response
	 * @return {@code false} if it has ended
	 */
	public synchronized boolean queue(ResponseDelivery response) {
		if (this.state != State.ACCEPTED || this.outcome != null) {
			return false;
		}
		if (this.record == null) {
			throw new IllegalStateException(this + " was not recorded");
		}
		this.response = response;
		this.responded = sinceAcceptance();
		this.state = State.QUEUED;
		return true;
	}

	/**
	 * The post-phase was taken over. Of its response nothing is known here.
	 */
	public synchronized void queueTakenOver() {
		Assert.state(this.state == State.ACCEPTED, () -> this + " is not new here");
		this.response = ResponseDelivery.UNKNOWN;
		this.state = State.QUEUED;
	}

	/**
	 * It is time for the next attempt: the post-phase waits for a thread.
	 * @return {@code false} if it has ended
	 */
	public synchronized boolean queueAgain() {
		if (this.state != State.WAITING || this.outcome != null) {
			return false;
		}
		this.nextAttempt = UNKNOWN;
		this.state = State.QUEUED;
		return true;
	}

	/**
	 * The response is complete, and the post-phase will not run: it is skipped, whoever
	 * cancels it from here on.
	 * @param response what became of the response
	 * @return {@code false} if it has ended
	 */
	public synchronized boolean respond(ResponseDelivery response) {
		if (this.state != State.ACCEPTED || this.outcome != null) {
			return false;
		}
		this.response = response;
		this.outcome = PostPhaseOutcome.SKIPPED;
		return true;
	}

	/**
	 * What is going to run.
	 */
	synchronized @Nullable PostPhaseRecord record() {
		return this.record;
	}

	/**
	 * Where it is stored.
	 * @return what was stored, {@code null} if it is in memory only
	 */
	public synchronized @Nullable StoredPostPhase stored() {
		return (this.record != null) ? this.record.stored() : null;
	}

	/**
	 * The handler whose rest it is.
	 * @return the handler, {@code null} if it is no rest of a handler
	 */
	public synchronized @Nullable WaitingHandler handler() {
		return (this.record != null && this.record.work() instanceof PostPhaseWork.Remainder remainder)
				? remainder.handler() : null;
	}

	/**
	 * How far it has got.
	 * @return its checkpoints
	 */
	synchronized Checkpoints checkpoints() {
		StoredPostPhase stored = stored();
		if (stored != null) {
			return stored.checkpoints();
		}
		Checkpoints checkpoints = this.checkpoints;
		if (checkpoints == null) {
			checkpoints = new MemoryCheckpoints();
			this.checkpoints = checkpoints;
		}
		return checkpoints;
	}

	/**
	 * Whether the current attempt has got further than the one before. For the thread of
	 * the attempt only.
	 */
	synchronized boolean advanced() {
		StoredPostPhase stored = stored();
		Checkpoints checkpoints = (stored != null) ? stored.checkpoints() : this.checkpoints;
		return checkpoints != null && checkpoints.advanced();
	}

	/**
	 * Starts an attempt on the current thread.
	 * @param timers for the time limit
	 * @param retried whether work is retried that reaches its time limit
	 * @return the attempt, {@code null} if it must not run any more
	 */
	synchronized @Nullable Attempt begin(Timers timers, Predicate<PostPhaseWork> retried) {
		PostPhaseRecord record = this.record;
		if (this.state != State.QUEUED || this.outcome != null || this.handedOver || record == null) {
			return null;
		}
		this.attemptStarted = sinceAcceptance();
		if (this.started == UNKNOWN) {
			this.started = this.attemptStarted;
		}
		Attempt attempt = new Attempt(this, ++this.attempts, timers, retried.test(record.work()));
		this.attempt = attempt;
		this.state = State.RUNNING;
		return attempt;
	}

	/**
	 * Ends the current attempt.
	 * @param outcome its outcome, unless it was decided from outside
	 * @param delay the time until the next attempt, {@code null} if there is none
	 * @return the outcome of the post-phase, {@code null} if it waits for its next
	 * attempt. If that is {@link PostPhaseOutcome#ABANDONED}, it has not ended but is
	 * handed back to its store, if it has one
	 */
	synchronized @Nullable PostPhaseOutcome end(PostPhaseOutcome outcome, @Nullable Duration delay) {
		Attempt attempt = this.attempt;
		if (attempt == null) {
			throw new IllegalStateException(this + " is not running");
		}
		PostPhaseOutcome decided = attempt.end();
		this.attempt = null;
		this.ran += sinceAcceptance() - this.attemptStarted;
		if (this.handedOver) {
			return PostPhaseOutcome.ABANDONED;
		}
		if (this.outcome == null && delay != null && (decided == null || decided == PostPhaseOutcome.TIMED_OUT)) {
			this.nextAttempt = sinceAcceptance() + delay.toNanos();
			this.state = State.WAITING;
			this.handedOver = this.record != null && this.record.stored() != null;
			return null;
		}
		if (this.outcome == null) {
			PostPhaseOutcome ended = (decided != null) ? decided : outcome;
			if (ended == PostPhaseOutcome.ABANDONED && stored() != null) {
				return ended;
			}
			this.outcome = ended;
		}
		return this.outcome;
	}

	/**
	 * Ends the current attempt of a post-phase that has completed in its own transaction,
	 * whatever was decided from outside since.
	 * @return its outcome
	 */
	synchronized @Nullable PostPhaseOutcome endCompleted() {
		if (this.outcome == null && !this.handedOver) {
			this.outcome = PostPhaseOutcome.COMPLETED;
		}
		return end(PostPhaseOutcome.COMPLETED, null);
	}

	/**
	 * The retries of this post-phase, made when they are first needed. For the thread of
	 * the attempt only.
	 * @param factory makes them, given the attempts that were made elsewhere
	 */
	Retries retries(Function<AttemptCount, Retries> factory) {
		Retries retries = this.retries;
		if (retries == null) {
			retries = factory.apply(this.before);
			this.retries = retries;
		}
		return retries;
	}

	/**
	 * The shutdown does not wait any longer for a stored post-phase, which may end its
	 * attempt before it is handed over. If it is running its thread is interrupted.
	 */
	public synchronized void interrupt() {
		if (this.outcome == null && !this.handedOver && this.attempt != null) {
			this.attempt.abandon();
		}
	}

	/**
	 * Hands the post-phase over to its store. If it is running its thread is interrupted.
	 * @return {@code false} if it has ended or was handed over before
	 */
	public synchronized boolean handOver() {
		if (this.outcome != null || this.handedOver) {
			return false;
		}
		if (this.attempt != null) {
			this.attempt.abandon();
		}
		this.handedOver = true;
		return true;
	}

	/**
	 * Whether it goes on from its store, and not here.
	 * @return whether it was handed over
	 */
	public synchronized boolean isHandedOver() {
		return this.handedOver;
	}

	/**
	 * Cancels the post-phase. If it is running its thread is interrupted when the grace
	 * period or its time limit is over, otherwise it will not start.
	 * @param grace the time until it is interrupted
	 * @return {@code false} if that changes nothing
	 */
	public synchronized boolean cancel(Duration grace) {
		if (this.outcome != null || this.handedOver) {
			return false;
		}
		if (this.attempt != null) {
			return this.attempt.cancel(grace);
		}
		this.outcome = PostPhaseOutcome.CANCELLED;
		return true;
	}

	/**
	 * The shutdown does not wait any longer. If the post-phase is running its thread is
	 * interrupted, otherwise it will not start.
	 * @return {@code false} if it has ended, or is just about to
	 */
	public synchronized boolean abandon() {
		if (this.outcome != null || this.handedOver) {
			return false;
		}
		this.outcome = (this.attempt != null) ? this.attempt.abandon() : PostPhaseOutcome.ABANDONED;
		return true;
	}

	/**
	 * Whether it is running on the current thread.
	 * @return whether it is
	 */
	public boolean isHere() {
		Attempt attempt = this.attempt;
		return attempt != null && attempt.isHere();
	}

	/**
	 * Ends the post-phase, and releases what was kept for it.
	 * @param outcome its outcome, unless it was decided before
	 * @return its outcome, {@code null} if it had ended before
	 */
	@Nullable PostPhaseOutcome finish(PostPhaseOutcome outcome) {
		PostPhaseOutcome decided = decide(outcome);
		PostPhaseRecord record = this.record;
		if (decided != null && record != null) {
			release(record);
		}
		return decided;
	}

	/**
	 * Releases what was kept here for a post-phase that was handed over.
	 */
	void left() {
		PostPhaseRecord record = record();
		if (record != null) {
			release(record);
		}
	}

	/**
	 * The attempts so far.
	 */
	AttemptCount attemptCount() {
		Retries retries = this.retries;
		return (retries != null) ? retries.count(this.attempts)
				: new AttemptCount(this.attempts, this.before.failures(), this.before.deferrals());
	}

	private synchronized @Nullable PostPhaseOutcome decided() {
		return this.outcome;
	}

	private synchronized @Nullable PostPhaseOutcome decide(PostPhaseOutcome outcome) {
		if (this.state == State.FINISHED || this.handedOver) {
			return null;
		}
		if (this.outcome == null) {
			this.outcome = outcome;
		}
		this.finished = sinceAcceptance();
		this.nextAttempt = UNKNOWN;
		this.state = State.FINISHED;
		return this.outcome;
	}

	private void release(PostPhaseRecord record) {
		try {
			record.release().run();
		}
		catch (Throwable ex) {
			logger.warn("What was kept for " + this + " could not be released", LoggableFailure.of(ex));
		}
	}

	synchronized Duration duration() {
		long running = (this.attempt != null) ? sinceAcceptance() - this.attemptStarted : 0;
		return Duration.ofNanos(this.ran + running);
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
