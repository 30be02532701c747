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

import org.springframework.core.Ordered;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/**
 * Does something after the commit of the current transaction, if there is one and there
 * is support for transactions.
 */
final class AfterCommit {

	private static final boolean transactions = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			AfterCommit.class.getClassLoader());

	private AfterCommit() {
	}

	/**
	 * Runs a task: at once, or after everything else that comes after the commit.
	 * @param task the task. What it throws is thrown to the caller of the commit
	 */
	static void run(Runnable task) {
		if (!transactions || !Synchronization.register(task)) {
			task.run();
		}
	}

	/**
	 * Apart from the above, whose class is loaded without support for transactions, too.
	 */
	private record Synchronization(Runnable task) implements TransactionSynchronization, Ordered {

		static boolean register(Runnable task) {
			boolean active = TransactionSynchronizationManager.isActualTransactionActive()
					&& TransactionSynchronizationManager.isSynchronizationActive();
			if (active) {
				TransactionSynchronizationManager.registerSynchronization(new Synchronization(task));
			}
			return active;
		}

		@Override
		public int getOrder() {
			return Ordered.LOWEST_PRECEDENCE;
		}

		@Override
		public void afterCommit() {
			this.task.run();
		}

	}

}
