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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Stores the status of durable post-phases for all nodes: of those that run on this one
 * at an interval, in one batch and if something has changed, and of those that have ended
 * together with their end.
 */
final class StatusWriter {

	private static final Log logger = LogFactory.getLog(StatusWriter.class);

	private static final Duration CLEANUP_INTERVAL = Duration.ofMinutes(1);

	private final ProgressTable progress;

	private final FinishedTable finished;

	private final TransactionOperations transaction;

	private final StatusSettings settings;

	private final Map<Lease, Followed> followed = new ConcurrentHashMap<>();

	private boolean failed;

	/**
	 * Creates the writer.
	 * @param progress where to store what runs
	 * @param finished where to store what has ended
	 * @param transaction the transaction of a batch
	 * @param settings whether and how often to write
	 */
	StatusWriter(ProgressTable progress, FinishedTable finished, TransactionOperations transaction,
			StatusSettings settings) {
		this.progress = progress;
		this.finished = finished;
		this.transaction = transaction;
		this.settings = settings;
	}

	boolean isEnabled() {
		return this.settings.enabled();
	}

	/**
	 * Follows a post-phase of this node.
	 */
	void add(Lease lease, PostPhaseExecution postPhase) {
		if (this.settings.enabled()) {
			this.followed.put(lease, new Followed(lease, postPhase));
		}
	}

	/**
	 * It goes on elsewhere, or has ended.
	 */
	void remove(Lease lease) {
		this.followed.remove(lease);
	}

	/**
	 * Stores what has ended, in the transaction of the current thread.
	 * @param statuses what has ended
	 * @param leases the leases with which it ran
	 */
	void finished(List<FinishedStatus> statuses, List<Lease> leases) {
		if (!this.settings.enabled()) {
			return;
		}
		if (!statuses.isEmpty()) {
			this.finished.insert(complete(statuses));
		}
		if (!leases.isEmpty()) {
			this.progress.delete(leases.stream().sorted(Comparator.comparing(Lease::id)).toList());
		}
	}

	/**
	 * Completes the status of what this node has taken over by what the first node knew.
	 */
	private List<FinishedStatus> complete(List<FinishedStatus> statuses) {
		List<String> takenOver = statuses.stream()
			.filter((status) -> status.delivery() == Delivery.UNKNOWN)
			.map(FinishedStatus::id)
			.toList();
		if (takenOver.isEmpty()) {
			return statuses;
		}
		Map<String, RunningStatus> first = this.progress.find(takenOver);
		return statuses.stream().map((status) -> status.with(first.get(status.id()))).toList();
	}

	/**
	 * Forgets that some have ended, because they run again, in the transaction of the
	 * current thread.
	 */
	void forget(Collection<String> ids) {
		if (this.settings.enabled() && !ids.isEmpty()) {
			this.finished.delete(ids);
			this.progress.deleteAll(ids);
		}
	}

	/**
	 * Stores what runs.
	 */
	void write() {
		try {
			// In the same order as whoever ends them
			List<Followed> changed = new ArrayList<>(this.followed.values());
			changed.removeIf((followed) -> !followed.look());
			changed.sort(Comparator.comparing(Followed::id));
			if (!changed.isEmpty()) {
				this.transaction.executeWithoutResult((status) -> write(changed));
				changed.forEach(Followed::written);
			}
			this.failed = false;
		}
		catch (RuntimeException | Error ex) {
			if (!this.failed) {
				logger.warn("The status of running post-phases could not be stored, which is tried again", ex);
			}
			this.failed = true;
		}
	}

	private void write(List<Followed> changed) {
		List<String> unknown = changed.stream().filter((followed) -> !followed.isStored()).map(Followed::id).toList();
		Set<String> existing = (unknown.isEmpty()) ? Set.of() : this.progress.find(unknown).keySet();
		List<RunningStatus> inserts = new ArrayList<>();
		List<RunningStatus> updates = new ArrayList<>();
		for (Followed followed : changed) {
			boolean exists = followed.isStored() || existing.contains(followed.id());
			((exists) ? updates : inserts).add(followed.current());
		}
		if (!inserts.isEmpty()) {
			this.progress.insert(inserts);
		}
		if (!updates.isEmpty()) {
			this.progress.update(updates);
		}
	}

	/**
	 * Deletes what nobody asks for any more, in batches.
	 */
	void cleanUp() {
		try {
			int deleted;
			do {
				deleted = clean();
			}
			while (deleted > 0 && !Thread.currentThread().isInterrupted());
		}
		catch (RuntimeException ex) {
			logger.warn("The status of post-phases that have ended could not be deleted, which is tried again", ex);
		}
	}

	private int clean() {
		int expired = Objects.requireNonNullElse(this.transaction.execute((status) -> this.finished.deleteExpired()),
				0);
		int orphans = Objects
			.requireNonNullElse(this.transaction.execute((status) -> this.progress.deleteOrphans(CLEANUP_INTERVAL)), 0);
		return expired + orphans;
	}

	/**
	 * The interval at which to clean up.
	 */
	Duration cleanUpInterval() {
		return (this.settings.keepFor().compareTo(CLEANUP_INTERVAL) < 0) ? this.settings.keepFor() : CLEANUP_INTERVAL;
	}

	/**
	 * A post-phase of this node. Only the thread that writes uses it.
	 */
	private static final class Followed {

		private final Lease lease;

		private final PostPhaseExecution postPhase;

		private @Nullable RunningStatus current;

		private @Nullable RunningStatus stored;

		Followed(Lease lease, PostPhaseExecution postPhase) {
			this.lease = lease;
			this.postPhase = postPhase;
		}

		String id() {
			return this.lease.id();
		}

		/**
		 * Looks at it.
		 * @return whether there is something new to be stored
		 */
		boolean look() {
			if (this.postPhase.state() != State.RUNNING) {
				return false;
			}
			this.current = RunningStatus.of(this.lease, this.postPhase);
			return !this.current.equals(this.stored);
		}

		RunningStatus current() {
			return Objects.requireNonNull(this.current);
		}

		boolean isStored() {
			return this.stored != null;
		}

		void written() {
			this.stored = this.current;
		}

	}

}
