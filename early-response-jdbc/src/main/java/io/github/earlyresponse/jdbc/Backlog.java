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

package io.github.earlyresponse.jdbc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntUnaryOperator;

/**
 * The stored post-phases that wait for a node with capacity. They are counted in the
 * database from time to time, if somebody asks; in between, those that this node has
 * admitted are added, from their admission on. So their number is never more than is
 * assumed here, unless other nodes add to it.
 */
final class Backlog {

	private static final Duration COUNT_INTERVAL = Duration.ofSeconds(1);

	private final IntUnaryOperator counter;

	private final int limit;

	private final AtomicBoolean counting = new AtomicBoolean();

	/** How many this node has admitted, without those that were released. */
	private final AtomicLong admitted = new AtomicLong();

	/** How many of them were stored as due, so that they can be counted. */
	private final AtomicLong stored = new AtomicLong();

	/**
	 * How many waited when they were counted, minus those of them that this node had
	 * admitted. Nothing is admitted before they were counted.
	 */
	private volatile long offset;

	private volatile long nextCount = System.nanoTime();

	/**
	 * Creates the backlog.
	 * @param counter counts those that wait, up to a limit
	 * @param limit how many may wait
	 */
	Backlog(IntUnaryOperator counter, int limit) {
		this.counter = counter;
		this.limit = limit;
		this.offset = limit;
	}

	/**
	 * Counts those that wait.
	 */
	void count() {
		// From before, because those that are stored meanwhile may not be counted
		long stored = this.stored.get();
		this.offset = this.counter.applyAsInt(this.limit) - stored;
	}

	/**
	 * Admits further ones.
	 * @param number how many
	 * @return {@code false} if too many wait already
	 */
	boolean admit(int number) {
		countIfDue();
		long before;
		do {
			before = this.admitted.get();
			if (before + this.offset + number > this.limit) {
				return false;
			}
		}
		while (!this.admitted.compareAndSet(before, before + number));
		return true;
	}

	/**
	 * Some that were admitted do not wait after all.
	 * @param number how many
	 */
	void release(int number) {
		this.admitted.addAndGet(-number);
	}

	/**
	 * One that was admitted is due in the database.
	 */
	void stored() {
		this.stored.incrementAndGet();
	}

	private void countIfDue() {
		if (System.nanoTime() - this.nextCount < 0 || !this.counting.compareAndSet(false, true)) {
			return;
		}
		try {
			count();
		}
		finally {
			this.nextCount = System.nanoTime() + COUNT_INTERVAL.toNanos();
			this.counting.set(false);
		}
	}

}
