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

package io.github.earlyresponse.documentation;

import java.util.List;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * As in docs/checkpoints.md.
 */
class InvoiceWriter {

	private final JdbcClient jdbc;

	private final TransactionOperations transaction;

	InvoiceWriter(JdbcClient jdbc, TransactionOperations transaction) {
		this.jdbc = jdbc;
		this.transaction = transaction;
	}

	@PostPhase(value = "write-invoices", durable = true, checkpointType = Long.class)
	void write(PostPhaseContext context) {
		Long last = context.lastCheckpoint(Long.class);
		List<Long> chunk = next((last != null) ? last : 0);
		while (!chunk.isEmpty()) {
			writeChunk(chunk, context);
			chunk = next(chunk.get(chunk.size() - 1));
		}
	}

	private void writeChunk(List<Long> customers, PostPhaseContext context) {
		this.transaction.executeWithoutResult((status) -> {
			for (Long customer : customers) {
				this.jdbc.sql("insert into invoice (customer_id) values (?)").param(customer).update();
			}
			context.checkpoint(customers.get(customers.size() - 1));
		});
	}

	private List<Long> next(long last) {
		return this.jdbc.sql("select id from customer where id > ? order by id limit 100")
			.param(last)
			.query(Long.class)
			.list();
	}

}
