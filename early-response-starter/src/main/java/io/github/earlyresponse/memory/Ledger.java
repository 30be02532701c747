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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.run.LoggableFailure;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The account of all post-phases: the room for them, those in flight, and that each ends
 * with exactly one outcome that is told.
 */
class Ledger {

	private static final Log logger = LogFactory.getLog(Ledger.class);

	private final Set<Execution> inFlight = ConcurrentHashMap.newKeySet();

	/**
	 * Their number, which the set itself only estimates while it changes.
	 */
	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Those in flight whose id somebody has asked for.
	 */
	private final Map<String, Execution> known = new ConcurrentHashMap<>();

	private final Object idle = new Object();

	/**
	 * How many threads wait until it is idle. Written before they look whether it is, and
	 * read after something was removed, so that one of the two sees the other.
	 */
	private volatile int waiting;

	private final int capacity;

	private final Semaphore room;

	private final PostPhaseListeners listeners;

	Ledger(int capacity, PostPhaseListeners listeners) {
		this.capacity = capacity;
		this.room = new Semaphore(capacity);
		this.listeners = listeners;
	}

	int capacity() {
		return this.capacity;
	}

	boolean reserve(int places) {
		return this.room.tryAcquire(places);
	}

	void giveBack(int places) {
		if (places > 0) {
			this.room.release(places);
		}
	}

	/**
	 * Opens the account of a post-phase, for which room was reserved unless it runs on
	 * the caller.
	 * @param execution the post-phase
	 */
	void open(Execution execution) {
		this.count.incrementAndGet();
		this.inFlight.add(execution);
		this.listeners.accepted(execution);
	}

	void known(String id, Execution execution) {
		this.known.put(id, execution);
	}

	@Nullable Execution find(String id) {
		return this.known.get(id);
	}

	/**
	 * Closes the account of a post-phase and tells its outcome. It stays in flight until
	 * it is {@linkplain #remove removed}.
	 * @param execution the post-phase
	 * @param proposed the outcome, unless it was decided before
	 * @param failure what it threw
	 * @return {@code false} if the account was closed before
	 */
	boolean close(Execution execution, PostPhaseOutcome proposed, @Nullable Throwable failure) {
		PostPhaseOutcome outcome = execution.finish(proposed);
		if (outcome == null) {
			return false;
		}
		if (outcome == PostPhaseOutcome.FAILED) {
			logFailure(execution, failure);
		}
		this.listeners.finished(new PostPhaseResult(execution, outcome, execution.duration(), failure));
		return true;
	}

	private static void logFailure(Execution execution, @Nullable Throwable failure) {
		Throwable loggable = LoggableFailure.of(failure);
		// Where something has to be left out, not even the causes can be relied on
		String hint = (loggable == failure) ? FailureHints.find(failure) : null;
		logger.error(execution + " failed" + ((hint != null) ? ". " + hint : ""), loggable);
	}

	/**
	 * Gives back the room of a post-phase whose account was closed. Called once for each.
	 * @param execution the post-phase
	 */
	void remove(Execution execution) {
		if (!execution.onCaller()) {
			this.room.release();
		}
		forget(execution);
	}

	/**
	 * Ends a post-phase whose account was closed, and keeps its room.
	 * @param execution the post-phase
	 */
	void forget(Execution execution) {
		this.inFlight.remove(execution);
		this.count.decrementAndGet();
		String id = execution.idIfKnown();
		if (id != null) {
			this.known.remove(id);
		}
		if (this.waiting > 0) {
			synchronized (this.idle) {
				this.idle.notifyAll();
			}
		}
	}

	List<Execution> inFlight() {
		return new ArrayList<>(this.inFlight);
	}

	int inFlightCount() {
		return this.count.get();
	}

	/**
	 * Waits until nothing is in flight.
	 * @param timeout how long at most
	 * @param except how many may still be in flight
	 * @return {@code false} if more still are
	 */
	boolean awaitIdle(Duration timeout, int except) throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
		synchronized (this.idle) {
			this.waiting++;
			try {
				while (this.count.get() > except) {
					long remaining = deadline - System.nanoTime();
					if (remaining <= 0) {
						return false;
					}
					TimeUnit.NANOSECONDS.timedWait(this.idle, remaining);
				}
				return true;
			}
			finally {
				this.waiting--;
			}
		}
	}

}
