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

package io.github.earlyresponse.benchmarks.load;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The table of orders, and what becomes of those that something follows.
 */
final class Orders {

	private final JdbcTemplate jdbc;

	private final StartTimes startTimes = new StartTimes();

	Orders(JdbcTemplate jdbc) {
		this.jdbc = jdbc;
		jdbc.execute("create table if not exists orders (id varchar(40) primary key, customer varchar(40), "
				+ "text varchar(400))");
	}

	/**
	 * Inserts an order that nothing follows.
	 */
	Order insert() {
		Order order = Order.create();
		this.jdbc.update("insert into orders values (?, ?, ?)", order.id(), order.customer(), order.text());
		return order;
	}

	/**
	 * Inserts an order that work follows, whose start counts from the commit of the
	 * current transaction.
	 */
	Order insertFollowed() {
		Order order = insert();
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			@Override
			public void afterCommit() {
				Orders.this.startTimes.committed(order.id());
			}

		});
		return order;
	}

	/**
	 * The work that follows an order, which is nothing.
	 */
	void follow(String id) {
		this.startTimes.started(id);
	}

	StartTimes startTimes() {
		return this.startTimes;
	}

	/**
	 * The first column of the first row.
	 */
	long count(String query) {
		Long count = this.jdbc.queryForObject(query, Long.class);
		return (count != null) ? count : 0;
	}

}
