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
import java.util.List;
import java.util.concurrent.Semaphore;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Decides what becomes of a post-phase that was picked: it runs, or waits until it can
 * run alone.
 */
final class TakeoverHandler implements Takeovers.Handler {

	/** When it is looked again whether one can run alone. */
	private static final Duration LAST_CHANCE_DELAY = Duration.ofSeconds(1);

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final StoreSettings settings;

	private final Runner runner;

	/** For one at a time that becomes a dead letter if this process dies. */
	private final Semaphore lastChance = new Semaphore(1);

	/**
	 * Creates the handler.
	 * @param table where post-phases are stored
	 * @param transaction the transaction of a decision
	 * @param settings how often processes may die
	 * @param runner runs what was taken over
	 */
	TakeoverHandler(PostPhaseTable table, TransactionOperations transaction, StoreSettings settings, Runner runner) {
		this.table = table;
		this.transaction = transaction;
		this.settings = settings;
		this.runner = runner;
	}

	@Override
	public void run(DuePostPhases.Picked picked) {
		Lease lease = withoutCountInAdvance(picked.lease());
		if (!this.settings.isLastChance(picked.row().crashes())) {
			this.runner.run(lease, picked);
		}
		else if (this.lastChance.tryAcquire()) {
			try {
				runLastTime(lease, picked);
			}
			finally {
				this.lastChance.release();
			}
		}
		else {
			this.transaction.executeWithoutResult(
					(status) -> this.table.handBack(List.of(lease), Instant.now().plus(LAST_CHANCE_DELAY)));
		}
	}

	private void runLastTime(Lease lease, DuePostPhases.Picked picked) {
		if (Boolean.TRUE.equals(this.transaction.execute((status) -> this.table.countCrash(lease)))) {
			this.runner.run(lease, picked);
		}
	}

	private Lease withoutCountInAdvance(Lease lease) {
		int crashes = Math.min(lease.crashes(), this.settings.deadAfterCrashes() - 1);
		return new Lease(lease.name(), lease.id(), lease.version(), lease.owner(), lease.acceptedAt(), crashes,
				lease.payload());
	}

	/**
	 * Runs what was taken over.
	 */
	@FunctionalInterface
	interface Runner {

		/**
		 * Makes an attempt on the current thread.
		 * @param lease the lease
		 * @param picked what is stored
		 */
		void run(Lease lease, DuePostPhases.Picked picked);

	}

}
