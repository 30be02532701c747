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

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Transactions on connections of their own, whatever transaction the caller has.
 * <p>
 * A transaction manager of JPA binds its connection to the thread, but not as that of a
 * transaction of JDBC. A transaction manager of JDBC, which does not know the former,
 * would begin and commit on that connection. Therefore it is unbound meanwhile.
 */
final class OwnTransaction implements TransactionOperations {

	private final DataSource dataSource;

	private final TransactionTemplate template;

	OwnTransaction(DataSource dataSource) {
		this.dataSource = dataSource;
		this.template = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		this.template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
	}

	/**
	 * The same, whatever isolation is the default. Some databases lock what is between
	 * the rows, and what a query has read and left out, with any higher one, or fail if
	 * something has changed since its begin.
	 */
	OwnTransaction readCommitted() {
		OwnTransaction transaction = new OwnTransaction(this.dataSource);
		transaction.template.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
		return transaction;
	}

	@Override
	public <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
		Object resource = TransactionSynchronizationManager.getResource(this.dataSource);
		// One that is synchronized is suspended with its transaction
		if (!(resource instanceof ConnectionHolder holder) || holder.isSynchronizedWithTransaction()) {
			return this.template.execute(action);
		}
		TransactionSynchronizationManager.unbindResource(this.dataSource);
		try {
			return this.template.execute(action);
		}
		finally {
			TransactionSynchronizationManager.bindResource(this.dataSource, holder);
		}
	}

}
