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

import io.github.earlyresponse.engine.StoredCounts;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Counts stored post-phases for whoever monitors them, with one query per interval from
 * the first question on, however often it is asked.
 */
final class StoredPostPhaseCounter implements Runnable {

	private static final Log logger = LogFactory.getLog(StoredPostPhaseCounter.class);

	/** After how many intervals a count is too old to be shown. */
	private static final int MAX_AGE = 3;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final Duration interval;

	private volatile boolean wanted;

	private volatile boolean failed;

	private volatile @Nullable Count last;

	/**
	 * Creates a counter.
	 * @param table what to count
	 * @param transaction the transaction of the query
	 * @param interval the interval at which it is run
	 */
	StoredPostPhaseCounter(PostPhaseTable table, TransactionOperations transaction, Duration interval) {
		this.table = table;
		this.transaction = transaction;
		this.interval = interval;
	}

	@Override
	public void run() {
		if (!this.wanted) {
			return;
		}
		try {
			StoredCounts counts = this.transaction.execute((status) -> this.table.count());
			this.failed = false;
			if (counts != null) {
				this.last = new Count(counts, System.nanoTime());
			}
		}
		catch (RuntimeException ex) {
			if (this.failed) {
				logger.debug("Stored post-phases still cannot be counted", ex);
			}
			else {
				logger.warn("Stored post-phases cannot be counted, so that metrics and health do not show their number",
						ex);
			}
			this.failed = true;
		}
	}

	/**
	 * The last count.
	 * @return the count, {@code null} if there is none or it is too old
	 */
	@Nullable StoredCounts get() {
		this.wanted = true;
		Count last = this.last;
		return (last != null && System.nanoTime() - last.nanos() < MAX_AGE * this.interval.toNanos()) ? last.counts()
				: null;
	}

	private record Count(StoredCounts counts, long nanos) {

	}

}
