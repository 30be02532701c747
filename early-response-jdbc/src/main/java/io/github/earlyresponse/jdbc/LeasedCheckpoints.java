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

import io.github.earlyresponse.engine.CheckpointSynchronization;
import io.github.earlyresponse.engine.Checkpoints;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * How far a stored post-phase has got under one lease. A checkpoint in a transaction on
 * the DataSource of the store is part of it, others are written behind.
 */
final class LeasedCheckpoints implements Checkpoints {

	private final Lease lease;

	private final CheckpointWriter writer;

	/** The last one that counts. */
	private @Nullable Checkpoint last;

	/** The same, as long as it has to be written. */
	private @Nullable Checkpoint unwritten;

	/** Of the last one that was made, whether or not it counts. */
	private long number;

	/** How often the current transaction has written the row. */
	private int writes;

	/** The transaction that has, which holds the row until it is completed. */
	private @Nullable Object transaction;

	/** Whether a batch is about to write the row. */
	private boolean inBatch;

	/** What ends the lease, while a transaction holds the row. */
	private @Nullable Runnable end;

	private boolean ended;

	/** The last one that a transaction has written, whether or not it counts. */
	private long joined;

	private boolean advanced;

	/** Whether it has advanced under this lease at all. */
	private boolean everAdvanced;

	private @Nullable UnreadablePayloadException unreadable;

	/**
	 * Creates the checkpoints.
	 * @param lease the lease
	 * @param last the last checkpoint under another lease
	 * @param writer writes further ones
	 */
	LeasedCheckpoints(Lease lease, @Nullable Checkpoint last, CheckpointWriter writer) {
		this.lease = lease;
		this.last = last;
		this.number = (last != null) ? last.number() : 0;
		this.writer = writer;
	}

	Lease lease() {
		return this.lease;
	}

	@Override
	public <T> @Nullable T last(Class<T> type) {
		Checkpoint last = current();
		this.writer.codec().check(ClassUtils.resolvePrimitiveIfNecessary(type), this.lease);
		if (last == null) {
			return null;
		}
		try {
			return this.writer.codec().read(last.cursor(), type, this.lease);
		}
		catch (UnreadablePayloadException ex) {
			unreadable(ex);
			throw ex;
		}
	}

	private synchronized @Nullable Checkpoint current() {
		return this.last;
	}

	private synchronized void unreadable(UnreadablePayloadException unreadable) {
		this.unreadable = unreadable;
	}

	@Override
	public void store(Object cursor, Runnable stored) {
		String json = this.writer.codec().write(cursor, this.lease);
		if (this.writer.isInTransaction()) {
			storeInTransaction(json, stored);
		}
		else {
			Checkpoint checkpoint = next(json);
			CheckpointSynchronization.afterCommit(() -> storeBehind(checkpoint), stored);
		}
	}

	private synchronized Checkpoint next(String cursor) {
		// Nobody must go on as if it had just begun
		if (this.unreadable != null) {
			throw this.unreadable;
		}
		return new Checkpoint(++this.number, cursor);
	}

	private void storeBehind(Checkpoint checkpoint) {
		synchronized (this) {
			if (!keep(checkpoint)) {
				return;
			}
			this.unwritten = checkpoint;
		}
		this.writer.writeSoon(this);
	}

	private void storeInTransaction(String cursor, Runnable stored) {
		Checkpoint checkpoint = begin(cursor, this.writer.transaction());
		StoredInTransaction synchronization = new StoredInTransaction(checkpoint, stored);
		TransactionSynchronizationManager.registerSynchronization(synchronization);
		synchronization.write();
	}

	/**
	 * Makes a checkpoint with which a transaction holds the row. A second transaction
	 * would wait for the first one, perhaps on the same thread, and could not know
	 * whether what its cursor says is committed.
	 */
	private synchronized Checkpoint begin(String cursor, @Nullable Object transaction) {
		awaitBatch();
		if (this.ended) {
			throw new LeaseLostException(this.lease);
		}
		Assert.state(this.writes == 0 || transaction == this.transaction,
				() -> this.lease + " makes a checkpoint in a transaction while another transaction that has made one "
						+ "is not completed. Make both in the same transaction, or one after the other");
		Checkpoint checkpoint = next(cursor);
		hold(transaction);
		this.joined = checkpoint.number();
		return checkpoint;
	}

	private void hold(@Nullable Object transaction) {
		if (this.writes++ == 0) {
			this.transaction = transaction;
		}
	}

	/**
	 * Otherwise the batch might wait for the transaction, and all others with it.
	 */
	private void awaitBatch() {
		try {
			while (this.inBatch) {
				wait();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * The current transaction is about to delete the row.
	 */
	synchronized void deleting() {
		awaitBatch();
		hold(this.writer.transaction());
	}

	/**
	 * Ends the lease when no transaction of the post-phase holds the row, so that nobody
	 * waits for it. Further ones cannot make checkpoints.
	 * @param end ends it
	 */
	void end(Runnable end) {
		synchronized (this) {
			this.ended = true;
			if (this.writes > 0) {
				this.end = end;
				return;
			}
		}
		end.run();
	}

	private synchronized void committed(Checkpoint checkpoint) {
		keep(checkpoint);
		if (this.unwritten != null && this.unwritten.number() < checkpoint.number()) {
			this.unwritten = null;
		}
	}

	/**
	 * A transaction is completed, or one of the writes that it has made.
	 */
	void completed() {
		Runnable end;
		boolean write;
		synchronized (this) {
			if (--this.writes > 0) {
				return;
			}
			this.transaction = null;
			end = this.end;
			this.end = null;
			write = this.unwritten != null && !this.ended;
		}
		if (end != null) {
			end.run();
		}
		if (write) {
			this.writer.writeSoon(this);
		}
	}

	/**
	 * Keeps a checkpoint.
	 * @return {@code false} if it says the same as the last one, or is an earlier one
	 */
	private boolean keep(Checkpoint checkpoint) {
		Checkpoint last = this.last;
		if (last != null && (last.number() > checkpoint.number() || last.cursor().equals(checkpoint.cursor()))) {
			return false;
		}
		this.last = checkpoint;
		this.advanced = true;
		this.everAdvanced = true;
		return true;
	}

	@Override
	public synchronized boolean advanced() {
		boolean advanced = this.advanced;
		this.advanced = false;
		return advanced;
	}

	/**
	 * Begins to write what has to be written. A transaction does not hold the row before
	 * the {@linkplain #endBatch() end}.
	 * @return the checkpoint, {@code null} if there is none, a transaction holds the row,
	 * or the end of the lease writes it
	 */
	synchronized @Nullable Checkpoint beginBatch() {
		Checkpoint checkpoint = (this.writes == 0 && !this.ended) ? this.unwritten : null;
		this.inBatch = checkpoint != null;
		return checkpoint;
	}

	/**
	 * What was written is committed, or was not written.
	 */
	synchronized void endBatch() {
		this.inBatch = false;
		notifyAll();
	}

	/**
	 * A checkpoint was written, or the lease has been lost since.
	 * @param checkpoint the checkpoint
	 * @return {@code false} if a transaction may have written a later one before
	 */
	synchronized boolean written(Checkpoint checkpoint) {
		if (this.unwritten == checkpoint) {
			this.unwritten = null;
		}
		return this.joined < checkpoint.number();
	}

	/**
	 * What the end of the lease has to write.
	 */
	synchronized Progress progress() {
		return new Progress((this.everAdvanced) ? 0 : this.lease.crashes(), this.unwritten);
	}

	/**
	 * A checkpoint that is part of a transaction.
	 */
	private final class StoredInTransaction extends CheckpointSynchronization {

		private final LeasedCheckpoints owner = LeasedCheckpoints.this;

		private final Checkpoint checkpoint;

		private @Nullable Throwable failure;

		StoredInTransaction(Checkpoint checkpoint, Runnable stored) {
			super(stored);
			this.checkpoint = checkpoint;
		}

		void write() {
			try {
				this.owner.writer.write(this.owner.lease, this.checkpoint);
			}
			catch (RuntimeException | Error ex) {
				this.failure = ex;
				throw ex;
			}
		}

		/**
		 * Nothing is committed without the checkpoint, even if its failure was caught.
		 */
		@Override
		public void beforeCommit(boolean readOnly) {
			if (isUndone()) {
				return;
			}
			if (this.failure instanceof RuntimeException ex) {
				throw ex;
			}
			if (this.failure instanceof Error ex) {
				throw ex;
			}
		}

		@Override
		protected void committed() {
			this.owner.committed(this.checkpoint);
		}

		@Override
		public void afterCompletion(int status) {
			super.afterCompletion(status);
			completed();
		}

	}

}
