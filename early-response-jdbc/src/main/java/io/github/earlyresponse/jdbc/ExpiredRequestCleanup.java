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
import java.util.Objects;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes the results of requests that have expired.
 */
final class ExpiredRequestCleanup implements Runnable {

	private static final Log logger = LogFactory.getLog(ExpiredRequestCleanup.class);

	private static final int BATCH_SIZE = 500;

	private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

	private final Supplier<RequestTable> table;

	private final TransactionOperations transaction;

	private final Duration interval;

	/**
	 * Creates the cleanup.
	 * @param table where they are
	 * @param transaction the transaction of a batch
	 * @param keepFor how long they are kept
	 */
	ExpiredRequestCleanup(Supplier<RequestTable> table, TransactionOperations transaction, Duration keepFor) {
		this.table = table;
		this.transaction = transaction;
		this.interval = (keepFor.compareTo(LONGEST_INTERVAL) < 0) ? keepFor : LONGEST_INTERVAL;
	}

	/**
	 * The interval at which it is run.
	 */
	Duration interval() {
		return this.interval;
	}

	@Override
	public void run() {
		try {
			int batch;
			do {
				batch = Objects.requireNonNullElse(
						this.transaction.execute((status) -> this.table.get().deleteExpired(Instant.now(), BATCH_SIZE)),
						0);
			}
			while (batch == BATCH_SIZE && !Thread.currentThread().isInterrupted());
		}
		catch (RuntimeException ex) {
			logger.warn("Expired results of requests could not be deleted, which is tried again", ex);
		}
	}

}
