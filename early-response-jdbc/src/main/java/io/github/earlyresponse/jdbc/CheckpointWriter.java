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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Writes checkpoints: those that are part of a transaction at once, all others of this
 * node in one batch at intervals. The first one after a pause does not wait.
 */
final class CheckpointWriter {

	private static final Log logger = LogFactory.getLog(CheckpointWriter.class);

	/** How often a failure is logged. */
	private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

	private static final long NEVER = Long.MIN_VALUE;

	private final PostPhaseTable table;

	private final JoinableTransaction joinable;

	private final TransactionOperations transaction;

	private final CheckpointCodec codec;

	private final Duration interval;

	private final Predicate<Lease> lost;

	private final Set<LeasedCheckpoints> unwritten = ConcurrentHashMap.newKeySet();

	/** What could not be written alone, and would keep a batch from being written. */
	private final Set<LeasedCheckpoints> unwritable = ConcurrentHashMap.newKeySet();

	private @Nullable StoreScheduler scheduler;

	private boolean scheduled;

	private long lastBatch = NEVER;

	private long lastWarning = NEVER;

	/**
	 * Creates the writer.
	 * @param table where to write
	 * @param joinable the transaction of a post-phase
	 * @param transaction the transaction of a batch
	 * @param codec writes the cursors
	 * @param interval the interval of batches
	 * @param lost is called if a lease turns out to be lost
	 */
	CheckpointWriter(PostPhaseTable table, JoinableTransaction joinable, TransactionOperations transaction,
			CheckpointCodec codec, Duration interval, Predicate<Lease> lost) {
		this.table = table;
		this.joinable = joinable;
		this.transaction = transaction;
		this.codec = codec;
		this.interval = interval;
		this.lost = lost;
	}

	CheckpointCodec codec() {
		return this.codec;
	}

	synchronized void start() {
		this.scheduler = new StoreScheduler("post-phase-checkpoint-", 1);
	}

	/**
	 * Writes no more batches: what is left is written with the ends of the leases.
	 */
	void stop() {
		StoreScheduler scheduler;
		synchronized (this) {
			scheduler = this.scheduler;
			this.scheduler = null;
			this.scheduled = false;
		}
		if (scheduler != null) {
			scheduler.shutdown();
		}
		this.unwritten.clear();
		this.unwritable.clear();
	}

	/**
	 * Whether the transaction of the current thread can include a checkpoint.
	 */
	boolean isInTransaction() {
		return this.joinable.isActive();
	}

	/**
	 * What tells the transaction of the current thread from others.
	 */
	@Nullable Object transaction() {
		return this.joinable.current();
	}

	/**
	 * Writes a checkpoint in the transaction of the current thread.
	 * @throws LeaseLostException if the lease is lost, so that the transaction has to be
	 * rolled back
	 */
	void write(Lease lease, Checkpoint checkpoint) {
		if (this.table.checkpoint(List.of(new LeasedCheckpoint(lease, checkpoint)))[0] == 0) {
			this.lost.test(lease);
			throw new LeaseLostException(lease);
		}
	}

	/**
	 * Writes the last checkpoint of a post-phase with the next batch.
	 */
	void writeSoon(LeasedCheckpoints checkpoints) {
		this.unwritten.add(checkpoints);
		schedule();
	}

	private synchronized void schedule() {
		if (this.scheduled || this.scheduler == null) {
			return;
		}
		this.scheduled = true;
		Duration pause = (this.lastBatch != NEVER) ? Duration.ofNanos(System.nanoTime() - this.lastBatch)
				: this.interval;
		Duration delay = this.interval.minus(pause);
		this.scheduler.schedule(this::writeBatch, Instant.now().plus((delay.isNegative()) ? Duration.ZERO : delay));
	}

	private void writeBatch() {
		synchronized (this) {
			this.scheduled = false;
			this.lastBatch = System.nanoTime();
		}
		try {
			writeAll();
		}
		catch (TransactionException ex) {
			// The others could not be written either
			warn(ex);
		}
		if (!this.unwritten.isEmpty()) {
			schedule();
		}
	}

	/**
	 * Writes in one transaction what can be, and the rest one by one.
	 */
	private void writeAll() {
		Map<Boolean, List<LeasedCheckpoints>> owners = this.unwritten.stream()
			.collect(Collectors.partitioningBy(this.unwritable::contains));
		List<LeasedCheckpoints> alone = new ArrayList<>(owners.getOrDefault(true, List.of()));
		List<LeasedCheckpoints> together = owners.getOrDefault(false, List.of());
		if (!write(together)) {
			// One of them may be the reason
			alone.addAll(together);
		}
		for (LeasedCheckpoints owner : alone) {
			if (write(List.of(owner))) {
				this.unwritable.remove(owner);
			}
			else {
				this.unwritable.add(owner);
			}
		}
	}

	private boolean write(List<LeasedCheckpoints> owners) {
		try {
			if (!owners.isEmpty()) {
				writeInTransaction(owners).forEach(this.lost::test);
			}
			return true;
		}
		catch (TransactionException ex) {
			throw ex;
		}
		catch (RuntimeException | Error ex) {
			warn(ex);
			return false;
		}
	}

	/**
	 * Writes what has to be written by then, so that their post-phases do not wait for a
	 * connection.
	 * @return the leases that are lost
	 */
	private List<Lease> writeInTransaction(List<LeasedCheckpoints> owners) {
		List<LeasedCheckpoints> begun = new ArrayList<>();
		List<LeasedCheckpoint> batch = new ArrayList<>();
		try {
			int[] counts = this.transaction.execute((status) -> {
				for (LeasedCheckpoints owner : owners) {
					// In this order, so that one that comes meanwhile is not forgotten
					this.unwritten.remove(owner);
					Checkpoint checkpoint = owner.beginBatch();
					if (checkpoint != null) {
						begun.add(owner);
						batch.add(new LeasedCheckpoint(owner.lease(), checkpoint));
					}
				}
				return (batch.isEmpty()) ? new int[0] : this.table.checkpoint(batch);
			});
			return written(begun, batch, counts);
		}
		catch (RuntimeException | Error ex) {
			this.unwritten.addAll(begun);
			throw ex;
		}
		finally {
			begun.forEach(LeasedCheckpoints::endBatch);
		}
	}

	private static List<Lease> written(List<LeasedCheckpoints> owners, List<LeasedCheckpoint> batch,
			int @Nullable [] counts) {
		List<Lease> lost = new ArrayList<>();
		for (int i = 0; counts != null && i < counts.length; i++) {
			boolean last = owners.get(i).written(batch.get(i).checkpoint());
			if (counts[i] == 0 && last) {
				lost.add(owners.get(i).lease());
			}
		}
		return lost;
	}

	private void warn(Throwable failure) {
		long now = System.nanoTime();
		if (this.lastWarning == NEVER || now - this.lastWarning > WARNING_INTERVAL.toNanos()) {
			this.lastWarning = now;
			logger.warn("Checkpoints could not be stored, and are stored again", failure);
		}
	}

	/**
	 * A checkpoint, and the lease without which it does not count.
	 *
	 * @param lease the lease
	 * @param checkpoint the checkpoint
	 */
	record LeasedCheckpoint(Lease lease, Checkpoint checkpoint) {

	}

}
