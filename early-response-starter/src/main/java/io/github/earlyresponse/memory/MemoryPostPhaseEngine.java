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
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import io.github.earlyresponse.run.LoggableFailure;
import io.github.earlyresponse.run.PostPhaseObserver;
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

	private final MemoryEngineSettings settings;

	private final PostPhaseExecutor executor;

	private final PostPhaseListeners listeners;

	private final Ledger ledger;

	private final PostPhaseRunner runner;

	private final TimeLimits timeLimits = new TimeLimits();

	private volatile boolean running;

	private volatile boolean stopped;

	/**
	 * Creates the engine. It accepts post-phases once it was {@linkplain #start()
	 * started}.
	 * @param settings its settings
	 * @param executor where post-phases run
	 * @param listeners who is told about them; asked for at every start
	 * @param observer who observes them while they run; asked for at every start
	 */
	public MemoryPostPhaseEngine(MemoryEngineSettings settings, PostPhaseExecutor executor,
			Supplier<Stream<PostPhaseListener>> listeners, Supplier<PostPhaseObserver> observer) {
		this.settings = settings;
		this.executor = executor;
		this.listeners = new PostPhaseListeners(listeners);
		this.ledger = new Ledger(settings.capacity(), this.listeners);
		this.runner = new PostPhaseRunner(this.ledger, this.listeners, observer, settings.timeout());
	}

	@Override
	public Reservation reserve(ReservationRequest request) {
		boolean room = this.running && this.ledger.reserve(request.total());
		if (!room && (!this.running || this.settings.whenSaturated() == WhenSaturated.REJECT)) {
			if (request.names().isEmpty()) {
				this.listeners.rejected(request.handler());
			}
			request.names().forEach(this.listeners::rejected);
			throw rejection();
		}
		return new MemoryReservation(this, request, room);
	}

	/**
	 * Reserves room for one more post-phase of a request that was admitted before.
	 * @param name the name of the post-phase
	 * @return {@code false} if it has to run on the caller
	 */
	boolean reserveOneMore(String name) {
		if (this.ledger.reserve(1)) {
			return true;
		}
		if (this.settings.whenSaturated() == WhenSaturated.REJECT) {
			this.listeners.rejected(name);
			throw rejection();
		}
		return false;
	}

	private PostPhaseRejectedException rejection() {
		return new PostPhaseRejectedException("There is no room for further work at the moment.",
				this.settings.retryAfter());
	}

	Execution accept(String name, @Nullable String owner, boolean onCaller) {
		Execution execution = new Execution(this, name, owner, onCaller);
		this.ledger.open(execution);
		return execution;
	}

	void giveBack(int places) {
		this.ledger.giveBack(places);
	}

	/**
	 * Prepares to run a post-phase.
	 * @param execution the post-phase
	 * @return its task, {@code null} if it runs on the caller or not at all
	 */
	@Nullable PreparedTask prepare(Execution execution) {
		if (execution.onCaller() || this.stopped) {
			return null;
		}
		try {
			return this.executor.prepare(() -> this.runner.run(execution));
		}
		catch (Throwable ex) {
			refused(execution, ex);
			return null;
		}
	}

	void start(Execution execution, @Nullable PreparedTask task) {
		if (this.stopped) {
			abandon(execution);
		}
		else if (task == null || !started(execution, task)) {
			// The response is out, the promise stands: somebody has to do the work
			this.runner.run(execution);
		}
	}

	private boolean started(Execution execution, PreparedTask task) {
		try {
			task.start();
			return true;
		}
		catch (Throwable ex) {
			refused(execution, ex);
			return false;
		}
	}

	private void refused(Execution execution, Throwable refusal) {
		if (execution.state() != State.FINISHED) {
			String text = execution + " was refused by its executor and runs on the request thread";
			if (logger.isDebugEnabled()) {
				logger.warn(text, LoggableFailure.of(refusal));
			}
			else {
				logger.warn(text + ": " + LoggableFailure.describe(refusal));
			}
		}
	}

	/**
	 * Ends a post-phase that does not run.
	 * @param execution the post-phase
	 * @param outcome the outcome, unless it was decided before
	 */
	void finish(Execution execution, PostPhaseOutcome outcome) {
		if (this.ledger.close(execution, outcome, null)) {
			this.ledger.remove(execution);
		}
	}

	/**
	 * Ends a post-phase that does not run, and keeps its room.
	 * @param execution the post-phase
	 * @return {@code false} if it had ended before
	 */
	boolean drop(Execution execution) {
		boolean closed = this.ledger.close(execution, PostPhaseOutcome.SKIPPED, null);
		if (closed) {
			this.ledger.forget(execution);
		}
		return closed;
	}

	/**
	 * Ends a post-phase that could be neither started nor skipped.
	 * @param execution the post-phase
	 * @param failure why
	 */
	void fail(Execution execution, Throwable failure) {
		if (this.ledger.close(execution, PostPhaseOutcome.FAILED, failure)) {
			this.ledger.remove(execution);
		}
	}

	ScheduledFuture<?> schedule(Runnable task, Duration delay) {
		return this.timeLimits.schedule(task, delay);
	}

	void timedOut(Execution execution, Duration timeout) {
		logger.warn(execution + " reached its time limit of " + timeout + " and was interrupted");
	}

	@Override
	public Collection<PostPhaseExecution> inFlight() {
		return List.copyOf(this.ledger.inFlight());
	}

	@Override
	public @Nullable PostPhaseExecution find(String id) {
		return this.ledger.find(id);
	}

	/**
	 * Somebody knows the id of a post-phase that has not ended.
	 */
	void known(String id, Execution execution) {
		this.ledger.known(id, execution);
	}

	@Override
	public int inFlightCount() {
		return this.ledger.inFlightCount();
	}

	@Override
	public int queuedCount() {
		return (int) this.ledger.inFlight().stream().filter((execution) -> execution.state() == State.QUEUED).count();
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
		Assert.isTrue(!grace.isNegative(), () -> "The grace must not be negative: " + grace);
		Execution execution = this.ledger.find(id);
		return execution != null && cancel(execution, grace);
	}

	private boolean cancel(Execution execution, Duration grace) {
		boolean decided = execution.cancel(grace);
		if (decided) {
			logger.info(execution + " was cancelled");
		}
		if (decided && execution.state() != State.RUNNING) {
			finish(execution, PostPhaseOutcome.CANCELLED);
		}
		return decided;
	}

	@Override
	public boolean awaitIdle(Duration timeout) throws InterruptedException {
		return this.ledger.awaitIdle(timeout, 0);
	}

	@Override
	public void start() {
		this.listeners.start();
		this.runner.start();
		this.timeLimits.start();
		this.executor.start();
		this.stopped = false;
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		// A post-phase that closes the application would wait for its own end
		List<Execution> ofThisThread = this.ledger.inFlight().stream().filter(Execution::isHere).toList();
		awaitInFlight(ofThisThread.size());
		this.stopped = true;
		abandonInFlight(ofThisThread);
		stopExecutor(!ofThisThread.isEmpty());
		this.timeLimits.stop();
	}

	private void stopExecutor(boolean fromWithin) {
		boolean interrupted = Thread.currentThread().isInterrupted();
		this.executor.stop();
		if (fromWithin && !interrupted) {
			// It interrupts all its threads
			Thread.interrupted();
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

	private void abandonInFlight(List<Execution> ofThisThread) {
		// What waits goes first, or it would start where a running one was interrupted
		this.ledger.inFlight().stream().filter((execution) -> execution.startedAt() == null).forEach(this::abandon);
		this.ledger.inFlight().stream().filter((execution) -> !ofThisThread.contains(execution)).forEach(this::abandon);
	}

	private void abandon(Execution execution) {
		if (execution.abandon()) {
			logger.warn(execution + " was abandoned at shutdown: "
					+ ((execution.startedAt() != null) ? "it was still running" : "it had not started"));
			finish(execution, PostPhaseOutcome.ABANDONED);
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Stops after the web server and before the executors of the application.
	 */
	@Override
	public int getPhase() {
		return ExecutorConfigurationSupport.DEFAULT_PHASE + 1;
	}

}
