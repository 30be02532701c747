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

package io.github.earlyresponse.run;

import io.github.earlyresponse.engine.CheckpointSynchronization;

import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Keeps checkpoints after the commit of the current transaction, if there is one and
 * there is support for transactions.
 */
final class AfterCommit {

	private static final boolean transactions = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			AfterCommit.class.getClassLoader());

	private AfterCommit() {
	}

	/**
	 * Keeps a checkpoint: at once, or after the commit.
	 * @param keep keeps it
	 * @param kept what to do then. What it throws is thrown to the caller, or to the
	 * caller of the commit
	 */
	static void keep(Runnable keep, Runnable kept) {
		if (!transactions || !Synchronization.register(keep, kept)) {
			keep.run();
			kept.run();
		}
	}

	/**
	 * Apart from the above, whose class is loaded without support for transactions, too.
	 */
	private static final class Synchronization extends CheckpointSynchronization {

		private final Runnable keep;

		Synchronization(Runnable keep, Runnable kept) {
			super(kept);
			this.keep = keep;
		}

		static boolean register(Runnable keep, Runnable kept) {
			boolean active = TransactionSynchronizationManager.isActualTransactionActive()
					&& TransactionSynchronizationManager.isSynchronizationActive();
			if (active) {
				TransactionSynchronizationManager.registerSynchronization(new Synchronization(keep, kept));
			}
			return active;
		}

		@Override
		protected void committed() {
			this.keep.run();
		}

	}

}
