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

import org.junit.jupiter.api.Test;

import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Rollbacks}: which outcomes of a transaction count as a rollback.
 */
class RollbacksTests {

	private int rollbacks;

	private final TestTransactionManager transactionManager = new TestTransactionManager();

	private void runInTransaction(boolean rollbackOnly) {
		new TransactionTemplate(this.transactionManager).executeWithoutResult((status) -> {
			assertThat(Rollbacks.arePossible()).isTrue();
			Rollbacks.register(() -> this.rollbacks++);
			if (rollbackOnly) {
				status.setRollbackOnly();
			}
		});
	}

	@Test
	void commitIsNone() {
		runInTransaction(false);
		assertThat(this.rollbacks).isZero();
	}

	@Test
	void rollbackOnlyIsOne() {
		runInTransaction(true);
		assertThat(this.rollbacks).isOne();
	}

	@Test
	void commitThatFailsWithUnknownOutcomeIsOne() {
		this.transactionManager.commitFailure = new TransactionSystemException("connection lost");
		assertThatExceptionOfType(TransactionSystemException.class).isThrownBy(() -> runInTransaction(false));
		assertThat(this.rollbacks).isOne();
	}

	@Test
	void transactionControlledFromOutsideThatCannotBeObservedIsOne() {
		this.transactionManager.existing = true;
		runInTransaction(false);
		assertThat(this.rollbacks).isOne();
	}

	@Test
	void areNotPossibleWithoutTransaction() {
		assertThat(Rollbacks.arePossible()).isFalse();
	}

	@Test
	void areNotPossibleWithoutSynchronization() {
		this.transactionManager.setTransactionSynchronization(AbstractPlatformTransactionManager.SYNCHRONIZATION_NEVER);
		new TransactionTemplate(this.transactionManager)
			.executeWithoutResult((status) -> assertThat(Rollbacks.arePossible()).isFalse());
	}

	@SuppressWarnings("serial")
	private static final class TestTransactionManager extends AbstractPlatformTransactionManager {

		private boolean existing;

		private TransactionSystemException commitFailure;

		@Override
		protected Object doGetTransaction() {
			return this;
		}

		@Override
		protected boolean isExistingTransaction(Object transaction) {
			return this.existing;
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
			if (this.commitFailure != null) {
				throw this.commitFailure;
			}
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

		@Override
		protected void doSetRollbackOnly(DefaultTransactionStatus status) {
		}

	}

}
