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

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;

/**
 * A checkpoint that counts when a transaction is committed, unless that was rolled back
 * to a savepoint before it. All checkpoints of a transaction count, even if what comes
 * after its commit throws.
 * <p>
 * Comes after what else there is to do after the commit, because it may throw.
 */
public abstract class CheckpointSynchronization implements TransactionSynchronization, Ordered {

	private final Runnable stored;

	/** Those since, which a rollback to does not concern it. */
	private final Set<Object> savepoints = Collections.newSetFromMap(new IdentityHashMap<>());

	private boolean rolledBack;

	/**
	 * Creates the synchronization.
	 * @param stored is called after the commit. What it throws is thrown to the caller of
	 * the commit
	 */
	protected CheckpointSynchronization(Runnable stored) {
		this.stored = stored;
	}

	/**
	 * The transaction has been committed, and the checkpoint with it.
	 */
	protected abstract void committed();

	/**
	 * Whether the transaction was rolled back to a savepoint before the checkpoint.
	 * @return whether it was
	 */
	protected final boolean isRolledBack() {
		return this.rolledBack;
	}

	@Override
	public final int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public final void savepoint(Object savepoint) {
		this.savepoints.add(savepoint);
	}

	@Override
	public final void savepointRollback(Object savepoint) {
		if (!this.savepoints.contains(savepoint)) {
			this.rolledBack = true;
		}
	}

	@Override
	public final void afterCommit() {
		if (!this.rolledBack) {
			this.stored.run();
		}
	}

	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_COMMITTED && !this.rolledBack) {
			committed();
		}
	}

}
