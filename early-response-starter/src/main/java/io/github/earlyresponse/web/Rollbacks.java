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

package io.github.earlyresponse.web;

import io.github.earlyresponse.engine.SavepointSynchronization;

import org.springframework.transaction.NoTransactionException;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Notifies calls of handlers of rollbacks, and requires them, where there is support for
 * transactions. So is a handler whose transaction is nested in another one, if it is
 * rolled back to its savepoint.
 * <p>
 * A transaction whose outcome is unknown counts as rolled back. Spring reports that in
 * two cases. If the commit or the rollback failed, nobody knows whether the work is
 * there, and the exception fails the handler in most cases anyway. If the transaction is
 * controlled from outside and cannot be observed, as with JTA, it has not been committed
 * by the time of the response. In neither case is it certain that what a post-phase would
 * follow has happened: those that run after a success are skipped.
 */
final class Rollbacks {

	private Rollbacks() {
	}

	/**
	 * Whether there is a transaction that could be rolled back, without which nothing has
	 * to be made for a notification.
	 */
	static boolean arePossible() {
		return TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.isSynchronizationActive();
	}

	/**
	 * Notifies a call if the current transaction is not committed. Only to be called if
	 * rollbacks {@linkplain #arePossible() are possible}.
	 * @param rolledBack notifies the call, perhaps more than once
	 */
	static void register(Runnable rolledBack) {
		TransactionSynchronizationManager.registerSynchronization(new RollbackSynchronization(rolledBack));
	}

	/**
	 * Has the transaction of the handler rolled back, should it have one.
	 */
	static void require() {
		if (TransactionSynchronizationManager.isActualTransactionActive()) {
			try {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			}
			catch (NoTransactionException ex) {
				// It is not declarative: the exception reaches whoever began it
			}
		}
	}

	private static final class RollbackSynchronization extends SavepointSynchronization {

		private final Runnable rolledBack;

		RollbackSynchronization(Runnable rolledBack) {
			this.rolledBack = rolledBack;
		}

		@Override
		protected void undone() {
			this.rolledBack.run();
		}

		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED) {
				this.rolledBack.run();
			}
		}

	}

}
