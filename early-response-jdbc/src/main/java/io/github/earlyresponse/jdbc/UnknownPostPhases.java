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
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.github.earlyresponse.DeadLetter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Stored post-phases whose names this node does not know. They are left to the other
 * nodes, such as those with the next version during a deployment. What nobody has worked
 * on for a long time becomes a dead letter, so that it is seen.
 */
final class UnknownPostPhases implements Runnable {

	private static final Log logger = LogFactory.getLog(UnknownPostPhases.class);

	private static final int MAX_BATCH = 100;

	/** How often it is looked for them within the time. */
	private static final int LOOKS = 24;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final Duration after;

	private final Supplier<List<String>> known;

	private final Consumer<DeadLetter> buried;

	/** For the first time when nodes that start together with this one have started. */
	private boolean first = true;

	/**
	 * Creates it.
	 * @param table where they are stored
	 * @param transaction the transaction of a batch
	 * @param after how long they are left to others
	 * @param known the names that this node knows
	 * @param buried is notified of dead letters
	 */
	UnknownPostPhases(PostPhaseTable table, TransactionOperations transaction, Duration after,
			Supplier<List<String>> known, Consumer<DeadLetter> buried) {
		this.table = table;
		this.transaction = transaction;
		this.after = after;
		this.known = known;
		this.buried = buried;
	}

	/**
	 * The interval at which it is run.
	 */
	Duration interval() {
		return this.after.dividedBy(LOOKS);
	}

	@Override
	public void run() {
		if (this.first) {
			this.first = false;
			return;
		}
		try {
			int batch;
			do {
				List<LeaseEnd.Burial> burials = Objects.requireNonNullElse(this.transaction.execute((status) -> bury()),
						List.of());
				burials.forEach((burial) -> this.buried.accept(burial.deadLetter()));
				log(burials);
				batch = burials.size();
			}
			while (batch == MAX_BATCH && !Thread.currentThread().isInterrupted());
		}
		catch (RuntimeException ex) {
			logger.warn("Stored post-phases with unknown names could not be looked for: " + ex);
		}
	}

	/**
	 * Makes dead letters of a batch.
	 */
	private List<LeaseEnd.Burial> bury() {
		List<LeaseEnd.Burial> found = this.table.overdue(Instant.now().minus(this.after), this.known.get(), MAX_BATCH,
				"No @PostPhase method of this node has this name or alias, and no other node has run it for "
						+ this.after);
		int[] counts = this.table.bury(found);
		return IntStream.range(0, counts.length).filter((i) -> counts[i] > 0).mapToObj(found::get).toList();
	}

	private void log(List<LeaseEnd.Burial> burials) {
		if (!burials.isEmpty()) {
			Set<String> names = burials.stream()
				.map((burial) -> burial.lease().name())
				.collect(Collectors.toCollection(TreeSet::new));
			logger.error(burials.size() + " post-phases become dead letters, because no node has known their names for "
					+ this.after + ": " + names
					+ ". If they were renamed, add the names as aliases to @PostPhase, and replay them");
		}
	}

}
