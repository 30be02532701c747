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

import io.github.earlyresponse.engine.SavepointSynchronization;

/**
 * Finds out whether what was done so far in a transaction does not belong to it in the
 * end: it is rolled back with the whole transaction, or with a nested one to a savepoint
 * from before, or it was done after the commit.
 */
final class RollbackSynchronization extends SavepointSynchronization {

	private final Runnable rolledBack;

	private final Runnable uncertain;

	private final Runnable undo;

	private boolean beforeCompletion;

	/**
	 * Creates the synchronization.
	 * @param rolledBack is called after a rollback, perhaps several times
	 * @param uncertain is called if nobody knows whether it was committed
	 * @param undo is called before, if it was done after the commit, on the same
	 * connection, whose further fate is unknown
	 */
	RollbackSynchronization(Runnable rolledBack, Runnable uncertain, Runnable undo) {
		this.rolledBack = rolledBack;
		this.uncertain = uncertain;
		this.undo = undo;
	}

	@Override
	public void beforeCompletion() {
		this.beforeCompletion = true;
	}

	@Override
	protected void undone() {
		this.rolledBack.run();
	}

	@Override
	public void afterCompletion(int status) {
		if (status == STATUS_ROLLED_BACK) {
			this.rolledBack.run();
		}
		else if (!this.beforeCompletion) {
			this.undo.run();
			this.rolledBack.run();
		}
		else if (status == STATUS_UNKNOWN) {
			this.uncertain.run();
		}
	}

}
