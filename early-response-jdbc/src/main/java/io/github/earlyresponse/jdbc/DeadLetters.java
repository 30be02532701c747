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

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

import io.github.earlyresponse.DeadLetter;

import org.springframework.transaction.support.TransactionOperations;

/**
 * The dead letters of all nodes, for operators.
 */
final class DeadLetters {

	private static final int BATCH_SIZE = 500;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final StatusWriter statuses;

	/**
	 * Creates the dead letters.
	 * @param table where they are stored
	 * @param transaction the transaction of a statement, or a batch
	 * @param statuses forgets that those have ended that run again
	 */
	DeadLetters(PostPhaseTable table, TransactionOperations transaction, StatusWriter statuses) {
		this.table = table;
		this.transaction = transaction;
		this.statuses = statuses;
	}

	List<DeadLetter> list(int limit) {
		return this.table.deadLetters(limit);
	}

	boolean replay(String id) {
		return execute(() -> replay(List.of(id))) > 0;
	}

	boolean discard(String id) {
		return execute(() -> discard(List.of(id))) > 0;
	}

	int replayAll(String name) {
		return inBatches(name, this::replay);
	}

	int discardAll(String name) {
		return inBatches(name, this::discard);
	}

	private int replay(List<String> ids) {
		List<String> replayed = ids.stream().filter(this.table::replay).toList();
		this.statuses.forget(replayed);
		return replayed.size();
	}

	private int discard(List<String> ids) {
		return (int) ids.stream().filter(this.table::discard).count();
	}

	/**
	 * Somebody else may replay or discard some of them meanwhile, and those that were
	 * replayed may have failed again.
	 */
	private int inBatches(String name, ToIntFunction<List<String>> action) {
		Instant now = Instant.now();
		int sum = 0;
		int batch;
		do {
			batch = execute(() -> action.applyAsInt(this.table.deadLettersOf(name, now, BATCH_SIZE)));
			sum += batch;
		}
		while (batch > 0);
		return sum;
	}

	private int execute(IntSupplier action) {
		return Objects.requireNonNullElse(this.transaction.execute((status) -> action.getAsInt()), 0);
	}

}
