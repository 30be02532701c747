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

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Lets one transaction follow the other. Those that change several rows would wait for
 * each other otherwise, and the database would have to break one of them off.
 */
final class SerialTransactions implements TransactionOperations {

	private final TransactionOperations transactions;

	SerialTransactions(TransactionOperations transactions) {
		this.transactions = transactions;
	}

	@Override
	public synchronized <T extends @Nullable Object> T execute(TransactionCallback<T> action) {
		return this.transactions.execute(action);
	}

}
