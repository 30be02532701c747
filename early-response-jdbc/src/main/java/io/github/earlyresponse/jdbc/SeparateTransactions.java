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

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Warns of post-phases that are stored in another transaction than that of their handler,
 * once for each name.
 */
final class SeparateTransactions {

	private static final Log logger = LogFactory.getLog(SeparateTransactions.class);

	private final JoinableTransaction joinable;

	/** Not by transaction, whose names can be as many as one likes. */
	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	SeparateTransactions(JoinableTransaction joinable) {
		this.joinable = joinable;
	}

	/**
	 * Warns if there is a transaction.
	 * @param names the names of what is stored although the transaction does not include
	 * it
	 */
	void warn(List<String> names) {
		JoinableTransaction.Obstacle obstacle = (TransactionSynchronizationManager.isActualTransactionActive())
				? this.joinable.obstacle() : null;
		if (obstacle == null) {
			return;
		}
		String current = TransactionSynchronizationManager.getCurrentTransactionName();
		String transaction = (current != null) ? "The transaction of " + current : "A transaction without a name";
		for (String name : names) {
			if (this.warned.add(name)) {
				logger.warn(transaction + " " + obstacle.reason() + ". Therefore its post-phase '" + name
						+ "' is stored in a transaction of its own, which is committed first: if the process dies in "
						+ "between, the post-phase runs all the same. If the two have to go together: "
						+ obstacle.remedy());
			}
		}
	}

}
