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
import java.util.Map;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.run.PostPhaseRunner;
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

	/** How long stored post-phases have to end once they were interrupted. */
	private static final Duration END_OF_ATTEMPT_TIMEOUT = Duration.ofMillis(500);

	private final MemoryEngineSettings settings;

	private final PostPhaseRunner runner;

	private final @Nullable PostPhaseStore store;

	private final Ledger ledger;

	private final Lifecycle lifecycle = new Lifecycle();

	private final Admission admission;

	private final Dispatcher dispatcher;

	/**
	 * Creates the engine. It accepts post-phases once it was {@linkplain #start()
	 * started}.
	 * @param settings its settings
	 * @param executor where post-phases run
	 * @param runner runs them
	 */
	public MemoryPostPhaseEngine(MemoryEngineSettings settings, PostPhaseExecutor executor, PostPhaseRunner runner) {
		this(settings, executor, runner, null);
	}

	/**
	 * Creates an engine as above that stores durable post-phases.
	 * @param settings its settings
	 * @param executor where post-phases run
	 * @param runner runs them
	 * @param store stores those that are durable, {@code null} if all are in memory only
	 */
	public MemoryPostPhaseEngine(MemoryEngineSettings settings, PostPhaseExecutor executor, PostPhaseRunner runner,
			@Nullable PostPhaseStore store) {
		this.settings = settings;
		this.runner = runner;
		this.store = store;
		this.ledger = new Ledger(settings.capacity(), store);
		this.admission = new Admission(settings, runner, this.ledger, this.lifecycle);
		this.dispatcher = new Dispatcher(executor, runner, this.ledger, this.lifecycle);
	}

	@Override
	public Reservation reserve(ReservationRequest request) {
		return new MemoryReservation(this.admission, this.dispatcher, this.store, request,
				this.admission.admit(request));
	}

	@Override
	public Collection<PostPhaseExecution> inFlight() {
		return this.ledger.inFlight().stream().map((postPhase) -> postPhase.execution().view()).toList();
	}

	@Override
	public @Nullable PostPhaseExecution find(String id) {
		MemoryPostPhase postPhase = this.ledger.find(id);
		return (postPhase != null) ? postPhase.execution().view() : null;
	}

	@Override
	public int inFlightCount() {
		return this.ledger.inFlightCount();
	}

	@Override
	public int queuedCount() {
		return (int) this.ledger.inFlight()
			.stream()
			.filter((postPhase) -> postPhase.execution().state() == State.QUEUED)
			.count();
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
		if (postPhase != null && !postPhase.execution().isHandedOver()) {
			return this.dispatcher.cancel(postPhase, grace);
		}
		return this.store != null && this.store.cancel(id, grace);
	}

	@Override
	public boolean awaitIdle(Duration timeout) throws InterruptedException {
		return this.ledger.awaitIdle(timeout, 0);
	}

	@Override
	public @Nullable DurablePostPhase findDurable(String id) {
		return findDurable(List.of(id)).get(id);
	}

	@Override
	public Map<String, DurablePostPhase> findDurable(Collection<String> ids) {
		return (this.store != null && !ids.isEmpty()) ? this.store.find(ids) : Map.of();
	}

	@Override
	public DurablePage listDurable(DurableQuery query) {
		return (this.store != null) ? this.store.list(query) : new DurablePage(List.of(), null);
	}

	@Override
	public List<DeadLetter> deadLetters(int limit) {
		return (this.store != null) ? this.store.deadLetters(limit) : List.of();
	}

	@Override
	public boolean replay(String id) {
		return this.store != null && this.store.replay(id);
	}

	@Override
	public boolean discard(String id) {
		return this.store != null && this.store.discard(id);
	}

	@Override
	public int replayAll(String name) {
		return (this.store != null) ? this.store.replayAll(name) : 0;
	}

	@Override
	public int discardAll(String name) {
		return (this.store != null) ? this.store.discardAll(name) : 0;
	}

	@Override
	public void start() {
		this.runner.start();
		this.dispatcher.start();
		this.lifecycle.start();
		if (this.store != null) {
			this.store.start(this.dispatcher);
		}
	}

	/**
	 * Hands back what is stored and waits for a thread, also from now on, and takes
	 * nothing over any more. Requests in flight are still served. Called when a shutdown
	 * begins, before the web server stops.
	 */
	public void drain() {
		this.lifecycle.drain();
		if (this.store != null) {
			this.store.stopTakingOver();
		}
		this.ledger.inFlight()
			.stream()
			.filter((postPhase) -> isStored(postPhase) && postPhase.execution().state() == State.QUEUED)
			.forEach(this.dispatcher::abandon);
	}

	@Override
	public void stop() {
		drain();
		this.lifecycle.stop(this.settings.shutdownTimeout());
		// A post-phase that closes the application would wait for its own end
		List<MemoryPostPhase> ofThisThread = this.ledger.inFlight()
			.stream()
			.filter((postPhase) -> postPhase.execution().isHere())
			.toList();
		abandonWhatWaitsTooLong();
		awaitInFlight(ofThisThread);
		this.lifecycle.stopped();
		abandonInFlight(ofThisThread);
		stopDispatcher(!ofThisThread.isEmpty());
		if (this.store != null) {
			this.store.stop();
		}
		this.runner.stop();
	}

	private void abandonWhatWaitsTooLong() {
		for (MemoryPostPhase postPhase : this.ledger.inFlight()) {
			Duration delay = postPhase.execution().untilNextAttempt();
			if (delay != null && this.lifecycle.endsWithin(delay)) {
				this.dispatcher.abandon(postPhase);
			}
		}
	}

	private void awaitInFlight(List<MemoryPostPhase> ofThisThread) {
		int inFlight = inFlightCount() - ofThisThread.size();
		if (inFlight <= 0) {
			return;
		}
		Duration timeout = this.settings.shutdownTimeout();
		Duration handBackAfter = this.settings.handBackAfter();
		logger.info("Waiting up to " + timeout + " for " + inFlight + ((inFlight == 1) ? " post-phase" : " post-phases")
				+ " in flight");
		long start = System.nanoTime();
		try {
			if (handBackAfter.compareTo(timeout) < 0 && !this.ledger.awaitIdle(handBackAfter, ofThisThread.size())) {
				handBackRunning(ofThisThread);
			}
			Duration remaining = timeout.minusNanos(System.nanoTime() - start);
			this.ledger.awaitIdle(remaining, ofThisThread.size());
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
			.forEach(this.dispatcher::abandon);
		others(ofThisThread).stream().filter((postPhase) -> !isStored(postPhase)).forEach(this.dispatcher::abandon);
		handBackRunning(ofThisThread);
	}

	/**
	 * Interrupts those that are stored and running, and hands them back.
	 */
	private void handBackRunning(List<MemoryPostPhase> ofThisThread) {
		List<MemoryPostPhase> running = others(ofThisThread).stream()
			.filter((postPhase) -> isStored(postPhase) && postPhase.execution().state() == State.RUNNING)
			.toList();
		running.forEach(this.dispatcher::interrupt);
		awaitEndOfAttempts(running);
		running.forEach(this.dispatcher::abandon);
	}

	private List<MemoryPostPhase> others(List<MemoryPostPhase> ofThisThread) {
		return this.ledger.inFlight().stream().filter((postPhase) -> !ofThisThread.contains(postPhase)).toList();
	}

	private static boolean isStored(MemoryPostPhase postPhase) {
		return postPhase.execution().stored() != null;
	}

	/**
	 * They can say until then how far they have got.
	 */
	private void awaitEndOfAttempts(List<MemoryPostPhase> running) {
		if (running.isEmpty()) {
			return;
		}
		boolean interrupted = Thread.interrupted();
		try {
			this.ledger.awaitEnd(running, END_OF_ATTEMPT_TIMEOUT);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void stopDispatcher(boolean fromWithin) {
		boolean interrupted = Thread.currentThread().isInterrupted();
		this.dispatcher.stop();
		if (fromWithin && !interrupted) {
			// It interrupts all its threads
			Thread.interrupted();
		}
	}

	@Override
	public boolean isRunning() {
		return this.lifecycle.isRunning();
	}

	/**
	 * Stops after the web server and before the executors of the application.
	 */
	@Override
	public int getPhase() {
		return ExecutorConfigurationSupport.DEFAULT_PHASE + 1;
	}

}
