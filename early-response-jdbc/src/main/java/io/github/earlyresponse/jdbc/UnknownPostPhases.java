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
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.earlyresponse.DeadLetter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Makes dead letters of stored post-phases whose names no node has known for a long time.
 * Until then they are left to the other nodes, such as those with the next version during
 * a deployment.
 */
final class UnknownPostPhases implements Runnable {

	private static final Log logger = LogFactory.getLog(UnknownPostPhases.class);

	private static final int BATCH_SIZE = 100;

	private static final int RUNS = 24;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final Duration after;

	private final Supplier<? extends Collection<String>> names;

	private final Consumer<DeadLetter> deadLetters;

	/**
	 * Creates it.
	 * @param table where they are stored
	 * @param transaction the transaction of a batch
	 * @param after how long they are left to others
	 * @param names the names that this node knows
	 * @param deadLetters is called with each one
	 */
	UnknownPostPhases(PostPhaseTable table, TransactionOperations transaction, Duration after,
			Supplier<? extends Collection<String>> names, Consumer<DeadLetter> deadLetters) {
		this.table = table;
		this.transaction = transaction;
		this.after = after;
		this.names = names;
		this.deadLetters = deadLetters;
	}

	/**
	 * The interval at which it is run, and the delay before the first run: nodes that are
	 * started together with this one may know the names.
	 */
	Duration interval() {
		return this.after.dividedBy(RUNS);
	}

	@Override
	public void run() {
		if (this.names.get().isEmpty()) {
			// It would be all of them
			return;
		}
		try {
			List<LeaseEnd.Burial> buried;
			do {
				buried = this.transaction.execute((status) -> bury());
				report(buried);
			}
			while (buried.size() == BATCH_SIZE && !Thread.currentThread().isInterrupted());
		}
		catch (RuntimeException ex) {
			logger.warn("Stored post-phases with unknown names could not be looked for, which is tried again", ex);
		}
	}

	private List<LeaseEnd.Burial> bury() {
		List<LeaseEnd.Burial> found = this.table.overdue(Instant.now().minus(this.after), this.names.get(), BATCH_SIZE,
				"No @PostPhase method of this node has this name or alias, and no other node has run it for "
						+ this.after);
		int[] counts = this.table.bury(found);
		List<LeaseEnd.Burial> buried = new ArrayList<>();
		for (int i = 0; i < counts.length; i++) {
			if (counts[i] != 0) {
				buried.add(found.get(i));
			}
		}
		return buried;
	}

	private void report(List<LeaseEnd.Burial> buried) {
		if (buried.isEmpty()) {
			return;
		}
		Collection<String> names = new TreeSet<>();
		buried.forEach((burial) -> names.add(burial.lease().name()));
		logger.error(buried.size()
				+ " post-phases become dead letters, because this node does not know their names, and no other node has "
				+ "run them for " + this.after + ": " + names
				+ ". If they were renamed, add the names as aliases to @PostPhase, and replay them");
		buried.forEach((burial) -> this.deadLetters.accept(burial.deadLetter()));
	}

}
