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

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.WaitingHandler;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.engine.StoreClient;
import io.github.earlyresponse.engine.StoredPostPhase;
import io.github.earlyresponse.engine.Takeover;
import io.github.earlyresponse.memory.Places.Place;
import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import io.github.earlyresponse.run.Execution;
import io.github.earlyresponse.run.LoggableFailure;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.PostPhaseRunner.Result;
import io.github.earlyresponse.run.PostPhaseRunner.RunningAttempt;
import io.github.earlyresponse.run.Timers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Gets accepted post-phases to a thread, for each of their attempts, and removes those
 * that have ended from the ledger.
 */
class Dispatcher implements StoreClient {

	private static final Log logger = LogFactory.getLog(Dispatcher.class);

	/**
	 * The time after which an executor that did not accept a further attempt is asked
	 * again.
	 */
	private static final Duration RESUBMIT_DELAY = Duration.ofSeconds(1);

	private static final BooleanSupplier ALWAYS = () -> true;

	private final PostPhaseExecutor executor;

	private final PostPhaseRunner runner;

	private final Ledger ledger;

	private final Lifecycle lifecycle;

	private final Timers retryTimers = new Timers("post-phase-retry-");

	Dispatcher(PostPhaseExecutor executor, PostPhaseRunner runner, Ledger ledger, Lifecycle lifecycle) {
		this.executor = executor;
		this.runner = runner;
		this.ledger = ledger;
		this.lifecycle = lifecycle;
	}

	void start() {
		this.retryTimers.start();
		this.executor.start();
	}

	void stop() {
		this.retryTimers.stop();
		this.executor.stop();
	}

	/**
	 * Prepares to run a post-phase, which is the larger part of starting it.
	 * @param postPhase the post-phase
	 */
	void prepare(MemoryPostPhase postPhase) {
		if (postPhase.route() != Route.EXECUTOR || postPhase.task() != null || this.lifecycle.isStopped()) {
			return;
		}
		try {
			postPhase.task(preparedTask(postPhase));
		}
		catch (Throwable ex) {
			warnOfRejection(postPhase, "runs on the request thread", ex);
		}
	}

	private PreparedTask preparedTask(MemoryPostPhase postPhase) {
		PreparedTask onItsThread = (postPhase.execution().handler() != null)
				? this.executor.prepareElsewhere((place) -> resume(postPhase, place)) : null;
		return (onItsThread != null) ? onItsThread : this.executor.prepare(() -> run(postPhase));
	}

	private void resume(MemoryPostPhase postPhase, Place place) {
		// Not before the start, because it may be recorded again until then
		WaitingHandler handler = postPhase.execution().handler();
		Assert.state(handler != null, () -> postPhase + " is no rest of a handler");
		handler.resume(new HandlerRun(postPhase, place));
	}

	/**
	 * Starts a post-phase that was recorded, unless it has ended.
	 * @param postPhase the post-phase
	 * @param delivery what became of the response
	 */
	void start(MemoryPostPhase postPhase, ResponseDelivery delivery) {
		if (!postPhase.execution().queue(delivery)) {
			return;
		}
		PreparedTask task = postPhase.task();
		StoredPostPhase stored = postPhase.execution().stored();
		if (stored != null && postPhase.route() == Route.STORE) {
			enqueue(postPhase, stored);
		}
		else if (this.lifecycle.isStopped() || isHandedBack(postPhase)) {
			abandon(postPhase);
		}
		else if (task == null || !isStarted(postPhase, task)) {
			// The response is out, the promise stands: somebody has to do the work
			run(postPhase);
		}
	}

	private boolean isHandedBack(MemoryPostPhase postPhase) {
		return this.lifecycle.handsBack() && postPhase.execution().stored() != null;
	}

	/**
	 * Leaves a post-phase to whichever node has capacity for it, and works on it.
	 */
	private void enqueue(MemoryPostPhase postPhase, StoredPostPhase stored) {
		if (postPhase.execution().handOver()) {
			// The permit of the store goes with it
			stored.enqueue();
			this.runner.handedBack(postPhase.execution(), HandBackReason.ENQUEUED);
			this.ledger.removeWithoutPermit(postPhase);
		}
	}

	private boolean isStarted(MemoryPostPhase postPhase, PreparedTask task) {
		try {
			task.start();
			return true;
		}
		catch (Throwable ex) {
			warnOfRejection(postPhase, "runs on the request thread", ex);
			return false;
		}
	}

	private void warnOfRejection(MemoryPostPhase postPhase, String consequence, Throwable rejection) {
		if (postPhase.execution().state() != State.FINISHED) {
			String text = postPhase + " was rejected by its executor and " + consequence;
			if (logger.isDebugEnabled()) {
				logger.warn(text, LoggableFailure.of(rejection));
			}
			else {
				logger.warn(text + ": " + LoggableFailure.describe(rejection));
			}
		}
	}

	private void run(MemoryPostPhase postPhase) {
		if (isHandedBack(postPhase)) {
			abandon(postPhase);
			return;
		}
		WaitingHandler handler = postPhase.execution().handler();
		if (handler != null) {
			handler.resumeAndWait(new HandlerRun(postPhase, null));
			return;
		}
		switch (this.runner.run(postPhase.execution(), canWait(postPhase))) {
			case ENDED -> this.ledger.remove(postPhase);
			case WAITING -> awaitNextAttempt(postPhase);
			case STORED -> this.ledger.remove(postPhase);
			case NOT_RUN -> {
			}
		}
	}

	private BooleanSupplier canWait(MemoryPostPhase postPhase) {
		return (postPhase.route() == Route.CALLER && postPhase.execution().stored() == null) ? () -> acquire(postPhase)
				: ALWAYS;
	}

	/**
	 * Acquires a permit for a post-phase that has run on the caller, with which it can
	 * wait for its next attempt.
	 */
	private boolean acquire(MemoryPostPhase postPhase) {
		boolean acquired = this.ledger.acquire(1);
		if (acquired) {
			postPhase.leaveCaller();
		}
		else {
			logger.warn(postPhase + " is not retried, because there is no capacity to wait for another attempt");
		}
		return acquired;
	}

	/**
	 * Waits for the next attempt, which keeps the permit but no thread.
	 */
	private void awaitNextAttempt(MemoryPostPhase postPhase) {
		Duration delay = postPhase.execution().untilNextAttempt();
		if (delay == null) {
			return;
		}
		if (this.lifecycle.endsWithin(delay)) {
			abandon(postPhase);
			return;
		}
		schedule(postPhase, () -> {
			if (postPhase.execution().queueAgain()) {
				submit(postPhase);
			}
		}, delay);
	}

	private void schedule(MemoryPostPhase postPhase, Runnable task, Duration delay) {
		try {
			postPhase.retryTimer(this.retryTimers.schedule(task, delay));
		}
		catch (RejectedExecutionException ex) {
			abandon(postPhase);
		}
		if (postPhase.execution().state() == State.FINISHED) {
			postPhase.cancelWaiting();
		}
	}

	/**
	 * Submits a further attempt. An executor that rejects it, because it is saturated, is
	 * asked again. At shutdown it may have been stopped for good: executors of Spring
	 * reject tasks as soon as the application context is closed.
	 */
	private void submit(MemoryPostPhase postPhase) {
		if (this.lifecycle.isStopped()) {
			abandon(postPhase);
			return;
		}
		try {
			PreparedTask task = this.executor.prepare(() -> run(postPhase));
			postPhase.task(task);
			task.start();
		}
		catch (Throwable ex) {
			if (!this.lifecycle.isRunning()) {
				warnOfRejection(postPhase, "runs on the thread of the retry timer", ex);
				run(postPhase);
				return;
			}
			warnOfRejection(postPhase, "is submitted again in " + RESUBMIT_DELAY, ex);
			schedule(postPhase, () -> submit(postPhase), RESUBMIT_DELAY);
		}
	}

	/**
	 * Skips a post-phase, unless it has ended.
	 * @param postPhase the post-phase
	 * @param delivery what became of the response
	 */
	void skip(MemoryPostPhase postPhase, ResponseDelivery delivery) {
		if (postPhase.execution().respond(delivery)) {
			finish(postPhase, PostPhaseOutcome.SKIPPED, null);
		}
	}

	/**
	 * Skips a post-phase and keeps its permit.
	 * @param postPhase the post-phase
	 * @return {@code false} if it had ended before
	 */
	boolean skipAndKeepPermit(MemoryPostPhase postPhase) {
		boolean ended = this.runner.finish(postPhase.execution(), PostPhaseOutcome.SKIPPED, null);
		if (ended) {
			this.ledger.removeWithoutPermit(postPhase);
		}
		return ended;
	}

	/**
	 * Ends a post-phase.
	 * @param postPhase the post-phase
	 * @param outcome its outcome, unless it was decided before
	 * @param failure why it failed
	 */
	void finish(MemoryPostPhase postPhase, PostPhaseOutcome outcome, @Nullable Throwable failure) {
		if (this.runner.finish(postPhase.execution(), outcome, failure)) {
			this.ledger.remove(postPhase);
		}
	}

	/**
	 * Cancels a post-phase.
	 * @param postPhase the post-phase
	 * @param grace the time until it is interrupted
	 * @return {@code false} if that changes nothing
	 */
	boolean cancel(MemoryPostPhase postPhase, Duration grace) {
		Execution execution = postPhase.execution();
		boolean cancelled = execution.cancel(grace);
		if (cancelled) {
			logger.info(postPhase + " was cancelled");
		}
		if (cancelled && execution.state() != State.RUNNING) {
			finish(postPhase, PostPhaseOutcome.CANCELLED, null);
			postPhase.cancelWaiting();
		}
		return cancelled;
	}

	/**
	 * Interrupts a stored post-phase that runs: a shutdown does not wait any longer. It
	 * is handed back when its attempt has ended, with what it has done until then.
	 * @param postPhase the post-phase
	 */
	void interrupt(MemoryPostPhase postPhase) {
		postPhase.execution().interrupt();
	}

	/**
	 * Ends a post-phase for which a shutdown does not wait any longer.
	 * @param postPhase the post-phase
	 */
	void abandon(MemoryPostPhase postPhase) {
		StoredPostPhase stored = postPhase.execution().stored();
		if (stored != null) {
			handBack(postPhase, stored);
			return;
		}
		State state = postPhase.execution().state();
		if (postPhase.execution().abandon()) {
			logger.warn(postPhase + " was abandoned at shutdown: " + switch (state) {
				case ACCEPTED, QUEUED ->
					(postPhase.execution().attempt() == 0) ? "it had not started" : "its next attempt had not started";
				case RUNNING, FINISHED -> "it was still running";
				case WAITING -> "it was waiting for attempt " + (postPhase.execution().attempt() + 1);
			});
			finish(postPhase, PostPhaseOutcome.ABANDONED, null);
			postPhase.cancelWaiting();
		}
	}

	/**
	 * Hands a stored post-phase back at shutdown. If its response is not complete yet,
	 * nobody else may run it before this node has gone.
	 */
	private void handBack(MemoryPostPhase postPhase, StoredPostPhase stored) {
		if (postPhase.execution().handOver()) {
			stored.handBack(postPhase.execution().state() != State.ACCEPTED);
			logger.info(postPhase + " was handed back at shutdown");
			leave(postPhase, HandBackReason.SHUTDOWN);
		}
	}

	@Override
	public boolean lost(String id, Predicate<StoredPostPhase> lease) {
		MemoryPostPhase postPhase = this.ledger.find(id);
		StoredPostPhase stored = (postPhase != null) ? postPhase.execution().stored() : null;
		// One whose response is not complete stays, because nobody else may start it
		// before
		if (postPhase == null || stored == null || !lease.test(stored)
				|| postPhase.execution().state() == State.ACCEPTED || !postPhase.execution().handOver()) {
			return false;
		}
		logger.warn(postPhase + " does not go on here, because its lease is lost");
		leave(postPhase, HandBackReason.LEASE_LOST);
		return true;
	}

	@Override
	public boolean cancel(String id, Duration grace) {
		MemoryPostPhase postPhase = this.ledger.find(id);
		return postPhase != null && cancel(postPhase, grace);
	}

	@Override
	public void cancelled(Takeover takeover) {
		MemoryPostPhase postPhase = this.ledger.takeOver(takeover);
		postPhase.execution().queueTakenOver();
		this.runner.takenOver(postPhase.execution(), takeover.due());
		cancel(postPhase, Duration.ZERO);
	}

	@Override
	public void deadLettered(DeadLetter deadLetter) {
		this.runner.deadLettered(deadLetter);
	}

	private void leave(MemoryPostPhase postPhase, HandBackReason reason) {
		this.runner.handedBack(postPhase.execution(), reason);
		this.ledger.remove(postPhase);
		postPhase.cancelWaiting();
	}

	@Override
	public void takeOver(Takeover takeover) {
		MemoryPostPhase postPhase = this.ledger.takeOver(takeover);
		postPhase.execution().queueTakenOver();
		this.runner.takenOver(postPhase.execution(), takeover.due());
		run(postPhase);
	}

	/**
	 * The rest of a handler, run on the thread of the handler.
	 */
	private final class HandlerRun implements WaitingHandler.Run {

		private final MemoryPostPhase postPhase;

		private final @Nullable Place place;

		private @Nullable RunningAttempt attempt;

		/**
		 * Creates the run.
		 * @param postPhase the post-phase
		 * @param place the place to wait for, {@code null} if another thread waits for
		 * the end and has one
		 */
		HandlerRun(MemoryPostPhase postPhase, @Nullable Place place) {
			this.postPhase = postPhase;
			this.place = place;
		}

		@Override
		public @Nullable PostPhaseContext begin() {
			if (this.place != null && !this.place.acquire()) {
				return null;
			}
			this.attempt = Dispatcher.this.runner.begin(this.postPhase.execution());
			if (this.attempt == null) {
				releasePlace();
				return null;
			}
			if (this.attempt.failure() != null) {
				end(this.attempt.failure());
				return null;
			}
			return this.attempt.context();
		}

		@Override
		public void end(@Nullable Throwable failure) {
			try {
				if (this.attempt != null && this.attempt.end(failure, ALWAYS) == Result.ENDED) {
					Dispatcher.this.ledger.remove(this.postPhase);
				}
			}
			finally {
				releasePlace();
			}
		}

		private void releasePlace() {
			if (this.place != null) {
				this.place.release();
			}
		}

	}

}
