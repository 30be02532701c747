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
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;

import com.github.kagkarlsson.scheduler.Clock;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The clock of the database, by which all nodes agree on when a post-phase is due: that
 * of this node, corrected by how much it is known to differ.
 */
final class DatabaseClock implements Clock {

	private static final Log logger = LogFactory.getLog(DatabaseClock.class);

	/** Clocks that differ less are the same, because it cannot be measured exactly. */
	private static final Duration TOLERANCE = Duration.ofMillis(100);

	/** What took longer to read says too little. */
	private static final Duration MAX_READ_TIME = Duration.ofSeconds(1);

	private static final Duration NOTABLE = Duration.ofSeconds(5);

	private final InstantSource local;

	/** How much the database is ahead. */
	private volatile Duration difference = Duration.ZERO;

	/**
	 * Creates the clock.
	 * @param local the clock of this node
	 */
	DatabaseClock(InstantSource local) {
		this.local = local;
	}

	/**
	 * Compares the clocks.
	 * @param read reads the time of the database
	 */
	void synchronize(Supplier<Instant> read) {
		Instant before = this.local.instant();
		Instant time = read.get();
		Duration readTime = Duration.between(before, this.local.instant());
		if (readTime.isNegative() || readTime.compareTo(MAX_READ_TIME) > 0) {
			return;
		}
		Duration difference = Duration.between(before.plus(readTime.dividedBy(2)), time);
		if (difference.minus(this.difference).abs().compareTo(TOLERANCE) >= 0) {
			set((difference.abs().compareTo(TOLERANCE) >= 0) ? difference : Duration.ZERO);
		}
	}

	private void set(Duration difference) {
		if (difference.minus(this.difference).abs().compareTo(NOTABLE) >= 0) {
			logger.info("The clock of the database differs from that of this node by " + difference
					+ ". Post-phases are due by that of the database");
		}
		this.difference = difference;
	}

	@Override
	public Instant now() {
		return toDatabase(this.local.instant());
	}

	/**
	 * The same time by the clock of the database.
	 */
	Instant toDatabase(Instant local) {
		return local.plus(this.difference);
	}

	/**
	 * The same time by the clock of this node.
	 */
	Instant toLocal(Instant time) {
		return time.minus(this.difference);
	}

}
