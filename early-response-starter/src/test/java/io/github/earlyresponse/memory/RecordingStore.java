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

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.Checkpoints;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.StoreClient;
import io.github.earlyresponse.engine.StoredCounts;
import io.github.earlyresponse.engine.StoredPostPhase;
import io.github.earlyresponse.engine.Takeover;
import org.jspecify.annotations.Nullable;

/**
 * A store that keeps what it was told.
 */
final class RecordingStore implements PostPhaseStore {

	final List<String> events = new CopyOnWriteArrayList<>();

	/** The names that this node does not work on. */
	Set<String> leftToOthers = Set.of();

	int limit = 100;

	int backlog;

	int takenOver;

	private StoreClient client;

	@Override
	public List<StoredPostPhase> store(List<StoredPostPhase> former, List<PostPhaseRecord> records) {
		return records.stream().map((record) -> (StoredPostPhase) new Stored(record, this.events)).toList();
	}

	@Override
	public @Nullable PostPhaseRecord storeInTransaction(String name, Supplier<PostPhaseRecord> record,
			Runnable rolledBack, Runnable uncertain) {
		return null;
	}

	@Override
	public boolean worksOn(String name) {
		return !this.leftToOthers.contains(name);
	}

	@Override
	public boolean reserveBacklog(int number) {
		boolean admitted = this.backlog + number <= this.limit;
		this.backlog += (admitted) ? number : 0;
		return admitted;
	}

	@Override
	public void releaseBacklog(int number) {
		this.backlog -= number;
	}

	@Override
	public @Nullable StoredCounts counts() {
		return null;
	}

	@Override
	public List<DeadLetter> deadLetters(int limit) {
		return List.of();
	}

	@Override
	public boolean replay(String id) {
		return false;
	}

	@Override
	public boolean discard(String id) {
		return false;
	}

	@Override
	public int replayAll(String name) {
		return 0;
	}

	@Override
	public int discardAll(String name) {
		return 0;
	}

	@Override
	public Map<String, DurablePostPhase> find(Collection<String> ids) {
		return Map.of();
	}

	@Override
	public DurablePage list(DurableQuery query) {
		return new DurablePage(List.of(), null);
	}

	@Override
	public boolean cancel(String id, Duration grace) {
		return false;
	}

	@Override
	public void start(StoreClient client) {
		this.client = client;
	}

	void takeOver(Takeover takeover) {
		this.takenOver++;
		this.client.takeOver(takeover);
	}

	@Override
	public void stopTakingOver() {
	}

	@Override
	public void stop() {
	}

	record Stored(PostPhaseRecord origin, List<String> events) implements StoredPostPhase {

		@Override
		public void attach(PostPhaseExecution postPhase) {
		}

		@Override
		public String node() {
			return "node";
		}

		@Override
		public Checkpoints checkpoints() {
			throw new UnsupportedOperationException("Checkpoints are tested elsewhere");
		}

		@Override
		public boolean isCompleted() {
			return false;
		}

		@Override
		public PostPhaseWork work() {
			return this.origin.work();
		}

		@Override
		public ContextCarrier.Context context() {
			return this.origin.context();
		}

		@Override
		public @Nullable RequestSnapshot request() {
			return null;
		}

		@Override
		public void ended(PostPhaseOutcome outcome, AttemptCount attempts, @Nullable Throwable failure) {
			this.events.add(this.origin.postPhase().name() + " " + outcome);
		}

		@Override
		public void retry(AttemptCount attempts, Duration delay, Throwable failure) {
		}

		@Override
		public void handBack(boolean responseComplete) {
			this.events
				.add(this.origin.postPhase().name() + ((responseComplete) ? " handed back" : " handed back early"));
		}

		@Override
		public void enqueue() {
			this.events.add(this.origin.postPhase().name() + " enqueued");
		}

	}

}
