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

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds out whether the transaction of the current thread is one of a DataSource, so that
 * what is written there commits with it.
 */
final class JoinableTransaction {

	private final DataSource dataSource;

	JoinableTransaction(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	/**
	 * Whether there is one that can write.
	 */
	boolean isActive() {
		return TransactionSynchronizationManager.isActualTransactionActive() && obstacle() == null;
	}

	/**
	 * What tells the current transaction from others that are not completed.
	 */
	@Nullable Object current() {
		return TransactionSynchronizationManager.getResource(this.dataSource);
	}

	/**
	 * What keeps the current transaction from being one.
	 * @return the obstacle, {@code null} if there is none
	 */
	@Nullable Obstacle obstacle() {
		if (!TransactionSynchronizationManager.isSynchronizationActive()) {
			return Obstacle.COMPLETED;
		}
		if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
			return Obstacle.READ_ONLY;
		}
		// The connection that a transaction of another kind uses, such as that of a
		// document database, commits each statement
		boolean joinable = TransactionSynchronizationManager.hasResource(this.dataSource) && !isAutoCommit();
		return (joinable) ? null : Obstacle.OTHER_RESOURCE;
	}

	private boolean isAutoCommit() {
		Connection connection = DataSourceUtils.getConnection(this.dataSource);
		try {
			return connection.getAutoCommit();
		}
		catch (SQLException ex) {
			throw new DataAccessResourceFailureException("The transaction cannot be used", ex);
		}
		finally {
			DataSourceUtils.releaseConnection(connection, this.dataSource);
		}
	}

	/**
	 * Why a transaction cannot include what is stored.
	 */
	enum Obstacle {

		COMPLETED("has been completed", "Call it before the commit."),

		READ_ONLY("is read-only", "Make it one that writes."),

		OTHER_RESOURCE("is not one of the DataSource in which post-phases are stored",
				"Use a transaction manager of that DataSource, or choose another DataSource by "
						+ "early-response.jdbc.datasource.");

		private final String reason;

		private final String remedy;

		Obstacle(String reason, String remedy) {
			this.reason = reason;
			this.remedy = remedy;
		}

		String reason() {
			return this.reason;
		}

		String remedy() {
			return this.remedy;
		}

	}

}
