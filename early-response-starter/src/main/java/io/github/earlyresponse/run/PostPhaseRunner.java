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
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RetryLaterException;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.StoredPostPhase;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;

/**
 * Runs post-phases on the current thread, whatever engine keeps them, and reports what
 * becomes of them. The thread is left as it was, and nothing that the post-phase throws
 * gets out.
 */
public final class PostPhaseRunner {

	private static final Log logger = LogFactory.getLog(PostPhaseRunner.class);

	private final RunnerSettings settings;

	private final PostPhaseListeners listeners;

	private final Supplier<PostPhaseObserver> observers;

	private final Timers timers = new Timers("post-phase-time-limit-");

	/** One for all post-phases. */
	private final Predicate<PostPhaseWork> retried = this::isRetried;

	private volatile PostPhaseObserver observer = PostPhaseObserver.none();

	/**
	 * Creates the runner.
	 * @param settings how post-phases run
	 * @param listeners who is notified about them; asked for at every start
	 * @param observer who observes them while they run; asked for at every start
	 */
	public PostPhaseRunner(RunnerSettings settings, Supplier<Stream<PostPhaseListener>> listeners,
			Supplier<PostPhaseObserver> observer) {
		this.settings = settings;
		this.listeners = new PostPhaseListeners(listeners);
		this.observers = observer;
	}

	/**
	 * Asks for the listeners and the observer. Not before the start, because they may
	 * depend on the engine.
	 */
	public void start() {
		this.listeners.start();
		this.observer = this.observers.get();
		this.timers.start();
	}

	/**
	 * Stops the time limits.
	 */
	public void stop() {
		this.timers.stop();
	}

	/**
	 * Notifies the listeners that a post-phase was accepted.
	 * @param execution the post-phase
	 */
	public void accepted(Execution execution) {
		this.listeners.accepted(execution.view());
	}

	/**
	 * Notifies the listeners that there was no capacity for a post-phase.
	 * @param name the name of the post-phase
	 */
	public void rejected(String name) {
		this.listeners.rejected(name);
	}

	/**
	 * Notifies the listeners that a stored post-phase was taken over.
	 * @param execution the post-phase
	 * @param due since when it could have been taken over
	 */
	public void takenOver(Execution execution, Instant due) {
		this.listeners.takenOver(execution.view(), due);
	}

	/**
	 * Notifies the listeners that a stored post-phase was handed back, and releases what
	 * was kept for it here.
	 * @param execution the post-phase
	 * @param reason why
	 */
	public void handedBack(Execution execution, HandBackReason reason) {
		execution.left();
		this.listeners.handedBack(execution.view(), reason);
	}

	/**
	 * Notifies the listeners that a stored post-phase has become a dead letter.
	 * @param deadLetter the dead letter
	 */
	public void deadLettered(DeadLetter deadLetter) {
		this.listeners.deadLettered(deadLetter);
	}

	/**
	 * Makes an attempt to run a post-phase that is {@linkplain Execution#queue queued}.
	 * @param execution the post-phase
	 * @param canWait whether it can wait for another attempt, asked after one that failed
	 * @return what became of it
	 */
	public Result run(Execution execution, BooleanSupplier canWait) {
		RunningAttempt attempt = begin(execution);
		return (attempt != null) ? attempt.end(attempt.work(), canWait) : Result.NOT_RUN;
	}

	/**
	 * Begins an attempt to run a post-phase as above, whose work the current thread does
	 * itself before it ends the attempt.
	 * @param execution the post-phase
	 * @return the attempt, which has to be ended, {@code null} if the post-phase must not
	 * run any more
	 */
	public @Nullable RunningAttempt begin(Execution execution) {
		Attempt attempt = execution.begin(this.timers, this.retried);
		PostPhaseRecord record = execution.record();
		if (attempt == null || record == null) {
			return null;
		}
		RunningAttempt running = new RunningAttempt(execution, attempt, record);
		running.begin();
		return running;
	}

	/**
	 * A process may have died in each attempt before.
	 */
	private void giveUpIfTooLate(Execution execution, Attempt attempt, PostPhaseWork work) throws TimeoutException {
		Duration giveUpAfter = this.settings.giveUpAfter(work);
		if (giveUpAfter != null && attempt.number() > 1 && execution.isTriedForLongerThan(giveUpAfter, Duration.ZERO)) {
			throw new TimeoutException("It was accepted or replayed more than " + giveUpAfter + " ago");
		}
	}

	/**
	 * Ends an attempt.
	 * @return the outcome of the post-phase, {@code null} if it waits for its next
	 * attempt
	 */
	private @Nullable PostPhaseOutcome end(Execution execution, Attempt attempt, PostPhaseWork work,
			@Nullable Throwable failure, BooleanSupplier canWait) {
		boolean timedOut = attempt.returned();
		StoredPostPhase stored = execution.stored();
		if (stored != null && stored.isCompleted()) {
			return endCompleted(execution, failure);
		}
		Throwable reason = (timedOut) ? new TimeoutException("The time limit was reached") : failure;
		Duration delay = (reason != null) ? nextDelay(execution, work, reason) : null;
		if (delay != null && !canWait.getAsBoolean()) {
			delay = null;
		}
		PostPhaseOutcome outcome = execution
			.end((failure != null) ? PostPhaseOutcome.FAILED : PostPhaseOutcome.COMPLETED, delay);
		// Whoever interrupted this thread meant the post-phase, neither the listeners
		// nor, further down, what comes next on it
		Thread.interrupted();
		if (outcome == null && reason != null && delay != null) {
			logAttempt(execution, attempt, delay, reason);
			this.listeners.attemptFailed(execution.view(), reason);
			store(execution, delay, reason);
		}
		return outcome;
	}

	/**
	 * Hands back what has ended its attempt because of the shutdown.
	 * @return {@code false} if it is not stored, or was handed over before
	 */
	private boolean handBack(Execution execution) {
		StoredPostPhase stored = execution.stored();
		if (stored == null || !execution.handOver()) {
			return false;
		}
		stored.handBack(true);
		logger.info(execution + " was handed back at shutdown");
		handedBack(execution, HandBackReason.SHUTDOWN);
		return true;
	}

	/**
	 * Ends an attempt whose transaction has committed, and has completed the post-phase.
	 */
	private static @Nullable PostPhaseOutcome endCompleted(Execution execution, @Nullable Throwable failure) {
		PostPhaseOutcome outcome = execution.endCompleted();
		Thread.interrupted();
		if (failure != null) {
			logger.warn(execution + " has completed in its transaction, and failed after the commit",
					LoggableFailure.of(failure));
		}
		return outcome;
	}

	private void store(Execution execution, Duration delay, Throwable failure) {
		StoredPostPhase stored = execution.stored();
		if (stored != null) {
			stored.retry(execution.attemptCount(), delay, failure);
			handedBack(execution, HandBackReason.RETRY);
		}
	}

	private @Nullable Duration nextDelay(Execution execution, PostPhaseWork work, Throwable failure) {
		if (!work.isRepeatable()) {
			return null;
		}
		try {
			Retries retries = execution
				.retries((before) -> new Retries(retryPolicy(work), this.settings.maxDeferrals(work), before));
			if (execution.advanced()) {
				retries.reset();
			}
			Duration delay = retries.nextDelay(failure);
			Duration giveUpAfter = this.settings.giveUpAfter(work);
			if (delay != null && giveUpAfter != null && execution.isTriedForLongerThan(giveUpAfter, delay)) {
				logger.warn(execution + " is not retried any more: its next attempt would come more than " + giveUpAfter
						+ " after it was accepted or replayed");
				return null;
			}
			return delay;
		}
		catch (Throwable ex) {
			// A policy looks at the exception, whose methods are the application's
			logger.warn(execution + " is not retried, because its delay cannot be determined", LoggableFailure.of(ex));
			return null;
		}
	}

	private RetryPolicy retryPolicy(PostPhaseWork work) {
		RetryPolicy policy = work.retryPolicy();
		return (policy != null) ? policy : this.settings.retryPolicy();
	}

	private boolean isRetried(PostPhaseWork work) {
		return work.isRepeatable() && retryPolicy(work) != RetrySettings.NEVER;
	}

	private static void logAttempt(Execution execution, Attempt attempt, Duration delay, Throwable failure) {
		String next = ", attempt " + (attempt.number() + 1) + " follows in " + delay;
		if (failure instanceof RetryLaterException) {
			logger.info(execution + " asked for a later attempt" + next);
		}
		else if (logger.isDebugEnabled()) {
			logger.warn(execution + " failed in attempt " + attempt.number() + next, LoggableFailure.of(failure));
		}
		else {
			logger.warn(execution + " failed in attempt " + attempt.number() + next + ": "
					+ LoggableFailure.describe(failure));
		}
	}

	/**
	 * Ends a post-phase: logs a failure and notifies the listeners.
	 * @param execution the post-phase
	 * @param proposed the outcome, unless it was decided before
	 * @param failure what it threw
	 * @return {@code false} if it had ended before
	 */
	public boolean finish(Execution execution, PostPhaseOutcome proposed, @Nullable Throwable failure) {
		PostPhaseOutcome outcome = execution.finish(proposed);
		if (outcome == null) {
			return false;
		}
		if (outcome == PostPhaseOutcome.FAILED) {
			logFailure(execution, failure);
		}
		StoredPostPhase stored = execution.stored();
		if (stored != null) {
			stored.ended(outcome, execution.attemptCount(), failure);
		}
		this.listeners.finished(new PostPhaseResult(execution.view(), outcome, execution.duration(), failure));
		return true;
	}

	private static void logFailure(Execution execution, @Nullable Throwable failure) {
		Throwable loggable = LoggableFailure.of(failure);
		// Where something has to be left out, not even the causes can be relied on
		String hint = (loggable == failure) ? FailureHints.find(failure) : null;
		logger.error(execution + " failed" + ((execution.attempt() > 1) ? " in attempt " + execution.attempt() : "")
				+ ((execution.stored() != null) ? " and becomes a dead letter" : "")
				+ ((hint != null) ? ". " + hint : ""), loggable);
	}

	private PostPhaseObserver.@Nullable Run observe(Execution execution) {
		try {
			return this.observer.started(execution.view());
		}
		catch (Throwable ex) {
			logger.warn(execution + " cannot be observed", LoggableFailure.of(ex));
			return null;
		}
	}

	private void end(PostPhaseObserver.@Nullable Run run, Execution execution, @Nullable PostPhaseOutcome outcome,
			@Nullable Throwable failure) {
		try {
			if (run != null) {
				run.ended(outcome, failure);
			}
		}
		catch (Throwable ex) {
			logger.warn("The observation of " + execution + " cannot be ended", LoggableFailure.of(ex));
		}
	}

	private void close(ContextCarrier.@Nullable Scope scope) {
		try {
			if (scope != null) {
				scope.close();
			}
		}
		catch (Throwable ex) {
			logger.warn("The context of a post-phase could not be removed from its thread", LoggableFailure.of(ex));
		}
	}

	/**
	 * An attempt that runs on the current thread.
	 */
	public final class RunningAttempt {

		private final Execution execution;

		private final Attempt attempt;

		private final PostPhaseRecord record;

		private final AttemptContext context;

		private final ThreadState threadState = ThreadState.current();

		private ContextCarrier.@Nullable Scope scope;

		private PostPhaseObserver.@Nullable Run run;

		private @Nullable Throwable failure;

		private RunningAttempt(Execution execution, Attempt attempt, PostPhaseRecord record) {
			this.execution = execution;
			this.attempt = attempt;
			this.record = record;
			this.context = new AttemptContext(execution, attempt, record.request());
		}

		private void begin() {
			try {
				this.scope = this.record.context().open();
				this.run = observe(this.execution);
				PostPhaseRunner.this.listeners.started(this.execution.view());
				Duration timeout = this.record.work().timeout();
				this.attempt.restartTimeout((timeout != null) ? timeout : PostPhaseRunner.this.settings.timeout());
				giveUpIfTooLate(this.execution, this.attempt, this.record.work());
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}

		/**
		 * What the post-phase sees of itself.
		 * @return its context
		 */
		public PostPhaseContext context() {
			return this.context;
		}

		/**
		 * Why the work must not be done.
		 * @return the failure with which the attempt has to be ended, {@code null} if
		 * there is none
		 */
		public @Nullable Throwable failure() {
			return this.failure;
		}

		private @Nullable Throwable work() {
			if (this.failure != null) {
				return this.failure;
			}
			try {
				this.record.work().run(this.context, this.record.failure());
				return null;
			}
			catch (Throwable ex) {
				return ex;
			}
		}

		/**
		 * Ends the attempt.
		 * @param failure what failed, {@code null} if nothing did
		 * @param canWait whether the post-phase can wait for another attempt, asked after
		 * one that failed
		 * @return what became of the post-phase
		 */
		public Result end(@Nullable Throwable failure, BooleanSupplier canWait) {
			PostPhaseOutcome outcome = PostPhaseRunner.this.end(this.execution, this.attempt, this.record.work(),
					failure, canWait);
			boolean handedBack = outcome == PostPhaseOutcome.ABANDONED && handBack(this.execution);
			boolean ended = outcome != null && finish(this.execution, outcome, failure);
			boolean deferred = outcome == null && failure instanceof RetryLaterException;
			PostPhaseRunner.this.end(this.run, this.execution, outcome, (deferred) ? null : failure);
			close(this.scope);
			this.threadState.restore();
			if (outcome == null || handedBack) {
				return (this.record.stored() != null) ? Result.STORED : Result.WAITING;
			}
			return (ended) ? Result.ENDED : Result.NOT_RUN;
		}

	}

	/**
	 * What became of a post-phase that was run.
	 */
	public enum Result {

		/**
		 * It has ended.
		 */
		ENDED,

		/**
		 * It waits for its {@linkplain Execution#nextAttemptAt() next attempt}.
		 */
		WAITING,

		/**
		 * It waits in its store, from which this node or another one takes it.
		 */
		STORED,

		/**
		 * It had ended before, or somebody else has ended it.
		 */
		NOT_RUN

	}

}
