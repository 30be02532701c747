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
import java.util.function.Supplier;

import com.github.kagkarlsson.scheduler.task.Execution;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.StoreObserver;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Decides what becomes of a post-phase that is due, or whose node has died: another
 * attempt, or a dead letter if too many processes have died while they had it.
 */
final class TakeoverHandler implements Takeovers.Handler {

	private static final Log logger = LogFactory.getLog(TakeoverHandler.class);

	/** When it is looked again whether one can run alone. */
	private static final Duration LAST_CHANCE_DELAY = Duration.ofSeconds(1);

	private static final Runnable NOTHING = () -> {
	};

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final StoreSettings settings;

	private final Leases leases;

	private final DeadLetterNotifier deadLetterNotifier;

	private final Supplier<StoreObserver> observer;

	private final Runner runner;

	/** For one at a time that becomes a dead letter if this process dies. */
	private final Semaphore lastChance = new Semaphore(1);

	/**
	 * Creates the handler.
	 * @param table where post-phases are stored
	 * @param transaction the transaction of a decision
	 * @param settings how often processes may die
	 * @param leases the leases of this node
	 * @param deadLetterNotifier is notified of dead letters
	 * @param observer is notified of nodes that have died
	 * @param runner runs what was taken over
	 */
	TakeoverHandler(PostPhaseTable table, TransactionOperations transaction, StoreSettings settings, Leases leases,
			DeadLetterNotifier deadLetterNotifier, Supplier<StoreObserver> observer, Runner runner) {
		this.table = table;
		this.transaction = transaction;
		this.settings = settings;
		this.leases = leases;
		this.deadLetterNotifier = deadLetterNotifier;
		this.observer = observer;
		this.runner = runner;
	}

	@Override
	public void run(Execution execution) {
		PostPhaseTable.Row row = this.table.find(execution.taskInstance.getTaskName(), execution.taskInstance.getId(),
				execution.version);
		if (row == null) {
			return;
		}
		Lease lease = lease(execution, row);
		if (!isLastChance(row)) {
			this.runner.run(lease, row, execution.executionTime);
		}
		else if (this.lastChance.tryAcquire()) {
			try {
				runLastTime(lease, row, execution.executionTime);
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

	private void runLastTime(Lease lease, PostPhaseTable.Row row, Instant due) {
		if (Boolean.TRUE.equals(this.transaction.execute((status) -> this.table.countCrash(lease)))) {
			this.runner.run(lease, row, due);
		}
	}

	/**
	 * Whether a post-phase becomes a dead letter if another process dies of it. It then
	 * runs alone among those, so that they do not die of each other.
	 */
	private boolean isLastChance(PostPhaseTable.Row row) {
		int limit = this.settings.deadAfterCrashes();
		return limit > 1 && row.crashes() >= limit - 1;
	}

	@Override
	public void died(Execution execution) {
		// What its node is just completing is not waited for: others may need this thread
		endLease(() -> {
			PostPhaseTable.Row row = this.table.findDead(execution.taskInstance.getTaskName(),
					execution.taskInstance.getId(), execution.version, execution.lastHeartbeat);
			return (row != null) ? died(lease(execution, row), row, execution.pickedBy) : NOTHING;
		});
	}

	private Runnable died(Lease lease, PostPhaseTable.Row row, @Nullable String node) {
		if (this.leases.isOutage()) {
			logger.warn(lease + " is taken over, because its lease could not be renewed");
			this.table.handBack(List.of(lease), Instant.now());
			return NOTHING;
		}
		if (this.settings.node().equals(node) && this.leases.has(lease)) {
			// This node is alive, and renews it the next time
			return NOTHING;
		}
		return crashed(lease, row);
	}

	/**
	 * Ends a lease of this node as if it had died.
	 */
	void crash(Lease lease) {
		endLease(() -> {
			PostPhaseTable.Row row = this.table.find(lease.name(), lease.id(), lease.version());
			return (row != null) ? crashed(lease, row) : NOTHING;
		});
	}

	/**
	 * Ends a lease in a transaction.
	 * @param end ends it, and returns whom to notify after the commit
	 */
	private void endLease(Supplier<Runnable> end) {
		Runnable notification = this.transaction.execute((status) -> end.get());
		if (notification != null) {
			notification.run();
		}
	}

	private Runnable crashed(Lease lease, PostPhaseTable.Row row) {
		int limit = this.settings.deadAfterCrashes();
		// With the last chance it was counted before it started, if it has
		int count = (isLastChance(row)) ? 0 : 1;
		if (row.crashes() + count >= limit) {
			return bury(lease, row, row.crashes() + count);
		}
		logger.warn(lease + " is taken over, because the node that had it has died");
		boolean revived = this.table.revive(lease, row.attempts().started() + count, row.crashes() + count);
		return (revived) ? () -> this.observer.get().crashed(lease.name()) : NOTHING;
	}

	private Runnable bury(Lease lease, PostPhaseTable.Row row, int crashes) {
		String reason = (crashes == 1) ? "a process has died while it had it"
				: crashes + " processes have died while they had it";
		logger.error(lease + " becomes a dead letter, because " + reason);
		AttemptCount attempts = row.attempts();
		LeaseEnd.Burial burial = new LeaseEnd.Burial(lease,
				new AttemptCount(attempts.started() + 1, attempts.failures(), attempts.deferrals()), reason,
				Instant.now(), new Progress(crashes, null));
		if (this.table.bury(List.of(burial))[0] == 0) {
			return NOTHING;
		}
		return () -> {
			this.observer.get().crashed(lease.name());
			this.deadLetterNotifier.add(burial.deadLetter());
		};
	}

	private Lease lease(Execution execution, PostPhaseTable.Row row) {
		// Without one that was counted in advance
		int crashes = Math.min(row.crashes(), this.settings.deadAfterCrashes() - 1);
		return new Lease(execution.taskInstance.getTaskName(), execution.taskInstance.getId(), execution.version,
				row.owner(), row.acceptedAt(), crashes, (byte[]) execution.taskInstance.getData());
	}

	/**
	 * Runs what was taken over.
	 */
	@FunctionalInterface
	interface Runner {

		/**
		 * Makes an attempt on the current thread.
		 * @param lease the lease
		 * @param row what is stored
		 * @param due since when it is due
		 */
		void run(Lease lease, PostPhaseTable.Row row, Instant due);

	}

}
