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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * The leases of this node. They are renewed by one statement for all. If that has not
 * been possible for so long that other nodes may soon take the post-phases over, they are
 * given up.
 */
final class Leases {

	private static final Log logger = LogFactory.getLog(Leases.class);

	private final PostPhaseTable table;

	private final String node;

	private final Duration interval;

	private final Duration giveUpAfter;

	private final Consumer<Lease> lost;

	private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

	private volatile long lastBeat = System.nanoTime();

	private @Nullable ScheduledExecutorService scheduler;

	/**
	 * Creates the leases.
	 * @param table where they are stored
	 * @param node the name of this node, which no other process has or will have
	 * @param interval the interval at which they are renewed
	 * @param giveUpAfter the time without renewal after which they are given up
	 * @param lost is called for each that is given up
	 */
	Leases(PostPhaseTable table, String node, Duration interval, Duration giveUpAfter, Consumer<Lease> lost) {
		this.table = table;
		this.node = node;
		this.interval = interval;
		this.giveUpAfter = giveUpAfter;
		this.lost = lost;
	}

	synchronized void start() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-lease-");
		threadFactory.setDaemon(true);
		// Two, because one can hang at the database
		ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2, threadFactory);
		this.lastBeat = System.nanoTime();
		scheduler.scheduleWithFixedDelay(this::beat, 0, this.interval.toNanos(), TimeUnit.NANOSECONDS);
		scheduler.scheduleWithFixedDelay(this::giveUpIfStale, this.interval.toNanos(), this.interval.toNanos() / 2,
				TimeUnit.NANOSECONDS);
		this.scheduler = scheduler;
	}

	synchronized void stop() {
		if (this.scheduler != null) {
			this.scheduler.shutdownNow();
			this.scheduler = null;
		}
	}

	void add(Lease lease) {
		this.leases.add(lease);
	}

	/**
	 * A lease has ended.
	 */
	void remove(Lease lease) {
		this.leases.remove(lease);
	}

	int count() {
		return this.leases.size();
	}

	private void beat() {
		try {
			// From before the statement, because that is what it writes
			long now = System.nanoTime();
			if (!this.leases.isEmpty()) {
				this.table.beat(this.node);
			}
			this.lastBeat = now;
		}
		catch (RuntimeException ex) {
			logger.warn("The leases of " + this.leases.size() + " post-phases could not be renewed: " + ex);
		}
	}

	private void giveUpIfStale() {
		try {
			if (System.nanoTime() - this.lastBeat > this.giveUpAfter.toNanos() && !this.leases.isEmpty()) {
				logger.error("The leases of " + this.leases.size() + " post-phases could not be renewed for "
						+ this.giveUpAfter + " and are given up. The post-phases that run are interrupted");
				this.leases.forEach(this.lost);
			}
		}
		catch (RuntimeException ex) {
			logger.error("Leases could not be given up", ex);
		}
	}

}
