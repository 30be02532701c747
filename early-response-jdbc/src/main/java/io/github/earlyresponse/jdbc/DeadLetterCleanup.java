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
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes dead letters that nobody has replayed or discarded for some time.
 */
final class DeadLetterCleanup implements Runnable {

	private static final Log logger = LogFactory.getLog(DeadLetterCleanup.class);

	private static final int BATCH_SIZE = 500;

	private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final Duration keep;

	/**
	 * Creates the cleanup.
	 * @param table where they are
	 * @param transaction the transaction of a batch
	 * @param keep how long they are kept
	 */
	DeadLetterCleanup(PostPhaseTable table, TransactionOperations transaction, Duration keep) {
		this.table = table;
		this.transaction = transaction;
		this.keep = keep;
	}

	/**
	 * The interval at which it is run.
	 */
	Duration interval() {
		return (this.keep.compareTo(LONGEST_INTERVAL) < 0) ? this.keep : LONGEST_INTERVAL;
	}

	@Override
	public void run() {
		int deleted = 0;
		try {
			int batch;
			do {
				batch = Objects.requireNonNullElse(this.transaction.execute((status) -> deleteBatch()), 0);
				deleted += batch;
			}
			while (batch == BATCH_SIZE && !Thread.currentThread().isInterrupted());
		}
		catch (RuntimeException ex) {
			logger.warn("Dead letters could not be deleted, which is tried again", ex);
		}
		if (deleted > 0) {
			logger.warn(deleted + ((deleted == 1) ? " dead letter was" : " dead letters were") + " deleted after "
					+ this.keep + " (early-response.durable.keep-dead-letters)");
		}
	}

	/**
	 * Deletes those that are still as they were found: other nodes delete, too, and
	 * somebody may replay one.
	 */
	private int deleteBatch() {
		List<Lease> expired = this.table.expired(Instant.now().minus(this.keep), BATCH_SIZE);
		return (expired.isEmpty()) ? 0 : Arrays.stream(this.table.delete(expired)).filter((count) -> count > 0).sum();
	}

}
