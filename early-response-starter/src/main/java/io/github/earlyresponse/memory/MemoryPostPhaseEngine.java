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
import java.util.Collection;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import io.github.earlyresponse.run.Execution;
import io.github.earlyresponse.run.LoggableFailure;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.Timers;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.util.Assert;

/**
 * Runs post-phases on an executor of this application and keeps them in memory.
 * <p>
 * Its lifecycle puts it between the web server, whose requests in flight still submit,
 * and the executors and data sources that the post-phases use: stopping waits for what
 * was accepted, and abandons what is left when the time is over.
 */
public final class MemoryPostPhaseEngine implements PostPhaseEngine, PostPhaseOperations, SmartLifecycle {

	private static final Log logger = LogFactory.getLog(MemoryPostPhaseEngine.class);

	/**
	 * The time after which an executor that did not accept a further attempt is asked
	 * again.
	 */
	private static final Duration RESUBMIT_DELAY = Duration.ofSeconds(1);

	private final MemoryEngineSettings settings;

	private final PostPhaseExecutor executor;

	private final PostPhaseRunner runner;

	private final Ledger ledger;

	private final Timers retryTimers = new Timers("post-phase-retry-");

	private volatile Phase phase = Phase.STOPPED;

	/** When a shutdown stops waiting; set before the phase is {@link Phase#STOPPING}. */
	private volatile long waitUntil;

	/**
	 * Creates the engine. It accepts post-phases once it was {@linkplain #start()
	 * started}.
	 * @param settings its settings
	 * @param executor where post-phases run
	 * @param runner runs them
	 */
	public MemoryPostPhaseEngine(MemoryEngineSettings settings, PostPhaseExecutor executor, PostPhaseRunner runner) {
		this.settings = settings;
		this.executor = executor;
		this.runner = runner;
		this.ledger = new Ledger(settings.capacity());
	}

	@Override
	public Reservation reserve(ReservationRequest request) {
		boolean running = isRunning();
		boolean acquired = running && this.ledger.acquire(request.total());
		if (!acquired && (!running || this.settings.whenSaturated() == WhenSaturated.REJECT)) {
			if (request.names().isEmpty()) {
				this.runner.rejected(request.handler());
			}
			request.names().forEach(this.runner::rejected);
			throw rejection();
		}
		return new MemoryReservation(this, request, acquired);
	}

	/**
	 * Acquires one more permit for a request that was admitted before.
	 * @param name the name of the post-phase
	 * @return {@code false} if it has to run on the caller
	 */
	boolean acquireOneMore(String name) {
		if (this.ledger.acquire(1)) {
			return true;
		}
		if (this.settings.whenSaturated() == WhenSaturated.REJECT) {
			this.runner.rejected(name);
			throw rejection();
		}
		return false;
	}

	private PostPhaseRejectedException rejection() {
		return new PostPhaseRejectedException("There is no capacity for further work at the moment.",
				this.settings.retryAfter());
	}

	MemoryPostPhase accept(String name, @Nullable String owner, boolean onCaller) {
		MemoryPostPhase postPhase = this.ledger.add(name, owner, onCaller);
		this.runner.accepted(postPhase.execution());
		return postPhase;
	}

	void release(int permits) {
		this.ledger.release(permits);
	}

	/**
	 * Prepares to run a post-phase, which is the larger part of starting it.
	 * @param postPhase the post-phase
	 */
	void prepare(MemoryPostPhase postPhase) {
		if (postPhase.onCaller() || postPhase.task() != null || this.phase == Phase.STOPPED) {
			return;
		}
		try {
			postPhase.task(this.executor.prepare(() -> run(postPhase)));
		}
		catch (Throwable ex) {
			warnOfRejection(postPhase, "runs on the request thread", ex);
		}
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
		if (this.phase == Phase.STOPPED) {
			abandon(postPhase);
		}
		else if (task == null || !isStarted(postPhase, task)) {
			// The response is out, the promise stands: somebody has to do the work
			run(postPhase);
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
		switch (this.runner.run(postPhase.execution())) {
			case ENDED -> this.ledger.remove(postPhase);
			case WAITING -> awaitNextAttempt(postPhase);
			case NOT_RUN -> {
			}
		}
	}

	/**
	 * Waits for the next attempt, which keeps the permit but no thread.
	 */
	private void awaitNextAttempt(MemoryPostPhase postPhase) {
		Duration delay = postPhase.execution().untilNextAttempt();
		if (delay == null) {
			return;
		}
		if (isTooLate(delay)) {
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
	 * asked again.
	 */
	private void submit(MemoryPostPhase postPhase) {
		if (this.phase == Phase.STOPPED) {
			abandon(postPhase);
			return;
		}
		try {
			PreparedTask task = this.executor.prepare(() -> run(postPhase));
			postPhase.task(task);
			task.start();
		}
		catch (Throwable ex) {
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

	@Override
	public Collection<PostPhaseExecution> inFlight() {
		return this.ledger.inFlight().stream().<PostPhaseExecution>map(MemoryPostPhase::execution).toList();
	}

	@Override
	public @Nullable PostPhaseExecution find(String id) {
		MemoryPostPhase postPhase = this.ledger.find(id);
		return (postPhase != null) ? postPhase.execution() : null;
	}

	@Override
	public int inFlightCount() {
		return this.ledger.inFlightCount();
	}

	@Override
	public int queuedCount() {
		return (int) inFlight().stream().filter((postPhase) -> postPhase.state() == State.QUEUED).count();
	}

	@Override
	public int capacity() {
		return this.ledger.capacity();
	}

	@Override
	public boolean cancel(String id) {
		return cancel(id, Duration.ZERO);
	}

	@Override
	public boolean cancel(String id, Duration grace) {
		Assert.isTrue(!grace.isNegative(), () -> "The grace period must not be negative: " + grace);
		MemoryPostPhase postPhase = this.ledger.find(id);
		return postPhase != null && cancel(postPhase, grace);
	}

	private boolean cancel(MemoryPostPhase postPhase, Duration grace) {
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

	@Override
	public boolean awaitIdle(Duration timeout) throws InterruptedException {
		return this.ledger.awaitIdle(timeout, 0);
	}

	@Override
	public void start() {
		this.runner.start();
		this.retryTimers.start();
		this.executor.start();
		this.phase = Phase.RUNNING;
	}

	@Override
	public void stop() {
		this.waitUntil = System.nanoTime() + this.settings.shutdownTimeout().toNanos();
		this.phase = Phase.STOPPING;
		// A post-phase that closes the application would wait for its own end
		List<MemoryPostPhase> ofThisThread = this.ledger.inFlight()
			.stream()
			.filter((postPhase) -> postPhase.execution().isHere())
			.toList();
		abandonWhatWaitsTooLong();
		awaitInFlight(ofThisThread.size());
		this.phase = Phase.STOPPED;
		abandonInFlight(ofThisThread);
		this.retryTimers.stop();
		stopExecutor(!ofThisThread.isEmpty());
		this.runner.stop();
	}

	/**
	 * Whether a shutdown does not wait as long as that.
	 */
	private boolean isTooLate(Duration delay) {
		return switch (this.phase) {
			case RUNNING -> false;
			case STOPPING -> this.waitUntil - System.nanoTime() < delay.toNanos();
			case STOPPED -> true;
		};
	}

	private void abandonWhatWaitsTooLong() {
		for (MemoryPostPhase postPhase : this.ledger.inFlight()) {
			Duration delay = postPhase.execution().untilNextAttempt();
			if (delay != null && isTooLate(delay)) {
				abandon(postPhase);
			}
		}
	}

	private void awaitInFlight(int ofThisThread) {
		int inFlight = inFlightCount() - ofThisThread;
		if (inFlight <= 0) {
			return;
		}
		Duration timeout = this.settings.shutdownTimeout();
		logger.info("Waiting up to " + timeout + " for " + inFlight + ((inFlight == 1) ? " post-phase" : " post-phases")
				+ " in flight");
		try {
			this.ledger.awaitIdle(timeout, ofThisThread);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void abandonInFlight(List<MemoryPostPhase> ofThisThread) {
		// What waits goes first, or it would start where a running one was interrupted
		this.ledger.inFlight()
			.stream()
			.filter((postPhase) -> postPhase.execution().state() != State.RUNNING)
			.forEach(this::abandon);
		this.ledger.inFlight().stream().filter((postPhase) -> !ofThisThread.contains(postPhase)).forEach(this::abandon);
	}

	private void abandon(MemoryPostPhase postPhase) {
		State state = postPhase.execution().state();
		if (postPhase.execution().abandon()) {
			logger.warn(postPhase + " was abandoned at shutdown: " + switch (state) {
				case ACCEPTED, QUEUED -> "it had not started";
				case RUNNING, FINISHED -> "it was still running";
				case WAITING -> "it was waiting for attempt " + (postPhase.execution().attempt() + 1);
			});
			finish(postPhase, PostPhaseOutcome.ABANDONED, null);
			postPhase.cancelWaiting();
		}
	}

	private void stopExecutor(boolean fromWithin) {
		boolean interrupted = Thread.currentThread().isInterrupted();
		this.executor.stop();
		if (fromWithin && !interrupted) {
			// It interrupts all its threads
			Thread.interrupted();
		}
	}

	@Override
	public boolean isRunning() {
		return this.phase == Phase.RUNNING;
	}

	/**
	 * Stops after the web server and before the executors of the application.
	 */
	@Override
	public int getPhase() {
		return ExecutorConfigurationSupport.DEFAULT_PHASE + 1;
	}

	private enum Phase {

		RUNNING,

		/** No more post-phases are accepted; those in flight may end. */
		STOPPING,

		STOPPED

	}

}
