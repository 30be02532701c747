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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.Takeover;
import io.github.earlyresponse.run.Execution;
import org.jspecify.annotations.Nullable;

/**
 * The post-phases in flight and the permits for them.
 */
class Ledger {

	private static final Runnable NOTHING = () -> {
	};

	private final Map<Execution, MemoryPostPhase> inFlight = new ConcurrentHashMap<>();

	/**
	 * Their number, which the map itself only estimates while it changes.
	 */
	private final AtomicInteger count = new AtomicInteger();

	/**
	 * Those in flight whose id somebody has asked for.
	 */
	private final Map<String, Execution> identified = new ConcurrentHashMap<>();

	private final Object idle = new Object();

	/**
	 * How many threads wait until it is idle. Written before they look whether it is, and
	 * read after something was removed, so that one of the two sees the other.
	 */
	private volatile int waiting;

	private final int capacity;

	private final Semaphore permits;

	private final @Nullable PostPhaseStore store;

	/** One for all post-phases. */
	private final Consumer<Execution> identification = this::identified;

	/**
	 * Creates the ledger.
	 * @param capacity how many permits there are
	 * @param store has those for post-phases that wait in it, {@code null} for none
	 */
	Ledger(int capacity, @Nullable PostPhaseStore store) {
		this.capacity = capacity;
		this.permits = new Semaphore(capacity);
		this.store = store;
	}

	int capacity() {
		return this.capacity;
	}

	boolean acquire(int permits) {
		return this.permits.tryAcquire(permits);
	}

	/**
	 * Acquires permits for post-phases that wait in the store.
	 */
	boolean acquireOfStore(int permits) {
		return this.store != null && this.store.reserveBacklog(permits);
	}

	/**
	 * Whether post-phases of a name wait in the store for other nodes, because this one
	 * does not work on them.
	 */
	boolean isLeftToOthers(String name) {
		return this.store != null && !this.store.worksOn(name);
	}

	/**
	 * Releases permits.
	 * @param route that of the post-phases they were acquired for
	 * @param permits how many post-phases
	 */
	void release(Route route, int permits) {
		if (permits == 0) {
			return;
		}
		if (route == Route.EXECUTOR) {
			this.permits.release(permits);
		}
		else if (route == Route.STORE && this.store != null) {
			this.store.releaseBacklog(permits);
		}
	}

	/**
	 * Adds a post-phase, whose permit was acquired if its route needs one.
	 * @param name its name
	 * @param owner the name of the user
	 * @param route how it gets to a thread
	 * @return the post-phase
	 */
	MemoryPostPhase add(String name, @Nullable String owner, Route route) {
		return add(new MemoryPostPhase(new Execution(name, owner, this.identification), route));
	}

	/**
	 * Adds a stored post-phase that was taken over. It runs on a thread of its store,
	 * without a permit.
	 * @param takeover what was taken over
	 * @return the post-phase
	 */
	MemoryPostPhase takeOver(Takeover takeover) {
		MemoryPostPhase postPhase = new MemoryPostPhase(new Execution(takeover), Route.CALLER);
		postPhase.execution()
			.record(new PostPhaseRecord(postPhase.execution(), takeover.stored().work(), takeover.stored().context(),
					takeover.stored().request(), null, NOTHING, takeover.stored()));
		identified(postPhase.execution());
		return add(postPhase);
	}

	private MemoryPostPhase add(MemoryPostPhase postPhase) {
		this.count.incrementAndGet();
		this.inFlight.put(postPhase.execution(), postPhase);
		return postPhase;
	}

	private void identified(Execution execution) {
		this.identified.put(execution.id(), execution);
	}

	@Nullable MemoryPostPhase find(String id) {
		Execution execution = this.identified.get(id);
		return (execution != null) ? this.inFlight.get(execution) : null;
	}

	/**
	 * Removes a post-phase that has ended. Called once for each.
	 * @param postPhase the post-phase
	 */
	void remove(MemoryPostPhase postPhase) {
		release(postPhase.route(), 1);
		removeWithoutPermit(postPhase);
	}

	/**
	 * Removes a post-phase that has ended, and keeps its permit.
	 * @param postPhase the post-phase
	 */
	void removeWithoutPermit(MemoryPostPhase postPhase) {
		this.inFlight.remove(postPhase.execution());
		this.count.decrementAndGet();
		String id = postPhase.execution().idIfMade();
		if (id != null) {
			// Its next attempt may have been taken over here by now, with the same id
			this.identified.remove(id, postPhase.execution());
		}
		if (this.waiting > 0) {
			synchronized (this.idle) {
				this.idle.notifyAll();
			}
		}
	}

	List<MemoryPostPhase> inFlight() {
		return new ArrayList<>(this.inFlight.values());
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
		return await(() -> this.count.get() <= except, timeout);
	}

	/**
	 * Waits until none of the given ones is in flight.
	 * @param postPhases the post-phases
	 * @param timeout how long at most
	 * @return {@code false} if some still are
	 */
	boolean awaitEnd(Collection<MemoryPostPhase> postPhases, Duration timeout) throws InterruptedException {
		return await(
				() -> postPhases.stream().noneMatch((postPhase) -> this.inFlight.containsKey(postPhase.execution())),
				timeout);
	}

	private boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
		synchronized (this.idle) {
			this.waiting++;
			try {
				while (!condition.getAsBoolean()) {
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
