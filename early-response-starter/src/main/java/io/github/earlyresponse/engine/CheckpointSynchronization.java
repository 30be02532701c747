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

package io.github.earlyresponse.engine;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A checkpoint that counts when a transaction is committed, unless that was rolled back
 * to a savepoint before it. All checkpoints of a transaction count, even if what comes
 * after its commit throws.
 * <p>
 * Comes after what else there is to do after the commit, because it may throw.
 */
public abstract class CheckpointSynchronization extends SavepointSynchronization implements Ordered {

	private final Runnable stored;

	private boolean undone;

	/**
	 * Creates the synchronization.
	 * @param stored is called after the commit. What it throws is thrown to the caller of
	 * the commit
	 */
	protected CheckpointSynchronization(Runnable stored) {
		this.stored = stored;
	}

	/**
	 * Keeps a checkpoint after the commit of the current transaction, or at once if there
	 * is none.
	 * @param keep keeps it
	 * @param stored what to do then. What it throws is thrown to the caller, or to the
	 * caller of the commit
	 */
	public static void afterCommit(Runnable keep, Runnable stored) {
		if (TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive()) {
			TransactionSynchronizationManager.registerSynchronization(new AfterCommit(keep, stored));
		}
		else {
			keep.run();
			stored.run();
		}
	}

	/**
	 * The transaction has been committed, and the checkpoint with it.
	 */
	protected abstract void committed();

	/**
	 * Whether the transaction was rolled back to a savepoint before the checkpoint.
	 * @return whether it was
	 */
	protected final boolean isUndone() {
		return this.undone;
	}

	@Override
	protected final void undone() {
		this.undone = true;
	}

	@Override
	public final int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public final void afterCommit() {
		if (!this.undone) {
			this.stored.run();
		}
	}

	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_COMMITTED && !this.undone) {
			committed();
		}
	}

	private static final class AfterCommit extends CheckpointSynchronization {

		private final Runnable keep;

		AfterCommit(Runnable keep, Runnable stored) {
			super(stored);
			this.keep = keep;
		}

		@Override
		protected void committed() {
			this.keep.run();
		}

	}

}
