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
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Stored post-phases whose names this node does not know. They are left to the other
 * nodes, such as those with the next version during a deployment. What nobody has worked
 * on for a long time becomes a dead letter, so that it is seen.
 */
final class UnknownPostPhases {

	private static final Log logger = LogFactory.getLog(UnknownPostPhases.class);

	private static final int MAX_BATCH = 100;

	/** How often it is looked for them within the time. */
	private static final int LOOKS = 24;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final Duration after;

	private @Nullable ScheduledExecutorService scheduler;

	/**
	 * Creates it.
	 * @param table where they are stored
	 * @param transaction the transaction of a batch
	 * @param after how long they are left to others
	 */
	UnknownPostPhases(PostPhaseTable table, TransactionOperations transaction, Duration after) {
		this.table = table;
		this.transaction = transaction;
		this.after = after;
	}

	/**
	 * Starts to look for them, for the first time when nodes that are started together
	 * with this one have had time to start.
	 * @param names the names that this node knows
	 */
	synchronized void start(Collection<String> names) {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-unknown-");
		threadFactory.setDaemon(true);
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(threadFactory);
		List<String> known = List.copyOf(names);
		long interval = this.after.toNanos() / LOOKS;
		scheduler.scheduleWithFixedDelay(() -> look(known), interval, interval, TimeUnit.NANOSECONDS);
		this.scheduler = scheduler;
	}

	synchronized void stop() {
		if (this.scheduler != null) {
			this.scheduler.shutdownNow();
			this.scheduler = null;
		}
	}

	private void look(List<String> known) {
		try {
			boolean more = true;
			while (more && !Thread.currentThread().isInterrupted()) {
				more = Boolean.TRUE.equals(this.transaction.execute((status) -> bury(known)));
			}
		}
		catch (RuntimeException ex) {
			logger.warn("Stored post-phases with unknown names could not be looked for: " + ex);
		}
	}

	/**
	 * Makes dead letters of a batch.
	 * @return whether there may be more
	 */
	private boolean bury(List<String> known) {
		List<LeaseEnd.Burial> found = this.table.overdue(Instant.now().minus(this.after), known, MAX_BATCH,
				"No @PostPhase method of this node has this name or alias, and no other node has run it for "
						+ this.after);
		int[] counts = this.table.bury(found);
		List<String> buried = new ArrayList<>();
		for (int i = 0; i < counts.length; i++) {
			if (counts[i] > 0) {
				buried.add(found.get(i).lease().name());
			}
		}
		if (!buried.isEmpty()) {
			logger.error(buried.size() + " post-phases become dead letters, because no node has known their names for "
					+ this.after + ": " + new TreeSet<>(buried)
					+ ". If they were renamed, add the names as aliases to @PostPhase, and replay them");
		}
		return buried.size() == MAX_BATCH;
	}

}
