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

package io.github.earlyresponse.memory;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoredPostPhase;
import org.jspecify.annotations.Nullable;

/**
 * What is stored for one request.
 */
final class StoredRecords {

	private final PostPhaseStore store;

	private List<StoredPostPhase> stored = List.of();

	/** What was stored in the transaction in which it was added. */
	private final Map<PostPhaseExecution, StoredPostPhase> added = new ConcurrentHashMap<>();

	/** What was added in a transaction of which nobody knows whether it was committed. */
	private final Queue<StoredPostPhase> uncertain = new ConcurrentLinkedQueue<>();

	StoredRecords(PostPhaseStore store) {
		this.store = store;
	}

	/**
	 * Stores a post-phase that was added, if there is a transaction for it.
	 * @param postPhase the post-phase
	 * @param record makes its record
	 * @return the record as it was stored, {@code null} if there is no transaction
	 */
	@Nullable PostPhaseRecord storeInTransaction(PostPhaseExecution postPhase, Supplier<PostPhaseRecord> record) {
		PostPhaseRecord kept = this.store.storeInTransaction(postPhase.name(), record,
				() -> this.added.remove(postPhase), () -> uncertain(postPhase));
		if (kept != null && kept.stored() != null) {
			this.added.put(postPhase, kept.stored());
		}
		return kept;
	}

	private void uncertain(PostPhaseExecution postPhase) {
		StoredPostPhase stored = this.added.remove(postPhase);
		if (stored != null) {
			this.uncertain.add(stored);
		}
	}

	/**
	 * Stores those that are durable, in place of what was stored before.
	 * @param records what is going to run
	 * @return the same, with what was stored in place of those that are durable
	 */
	List<PostPhaseRecord> store(List<PostPhaseRecord> records) {
		if (!this.uncertain.isEmpty()) {
			this.stored = Stream.concat(this.stored.stream(), this.uncertain.stream()).toList();
			this.uncertain.clear();
		}
		Map<PostPhaseExecution, StoredPostPhase> added = (this.added.isEmpty()) ? Map.of() : Map.copyOf(this.added);
		List<PostPhaseRecord> durable = new ArrayList<>(records.size());
		for (PostPhaseRecord record : records) {
			if (record.work().isDurable() && !added.containsKey(record.postPhase())) {
				durable.add(record);
			}
		}
		if (durable.isEmpty() && this.stored.isEmpty() && added.isEmpty()) {
			return records;
		}
		if (!durable.isEmpty() || !this.stored.isEmpty()) {
			this.stored = this.store.store(this.stored, durable);
		}
		Iterator<StoredPostPhase> stored = this.stored.iterator();
		List<PostPhaseRecord> kept = new ArrayList<>(records.size());
		for (PostPhaseRecord record : records) {
			StoredPostPhase before = added.get(record.postPhase());
			if (before != null) {
				kept.add(record.storedAs(before));
			}
			else {
				kept.add((record.work().isDurable()) ? record.storedAs(stored.next()) : record);
			}
		}
		return kept;
	}

}
