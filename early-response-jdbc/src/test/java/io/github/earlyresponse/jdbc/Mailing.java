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

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A long piece of work whose process may be killed: once with its checkpoints in
 * transactions, and once without transactions.
 */
@RestController
class Mailing {

	private static final int CHUNK = 20;

	private final JdbcClient jdbc;

	private final TransactionTemplate transaction;

	Mailing(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
		this.jdbc = jdbc;
		this.transaction = new TransactionTemplate(transactionManager);
		createTable("mailed_in_transactions");
		createTable("mailed");
	}

	private void createTable(String name) {
		SharedTable.create(this.jdbc, name + " (letter int, attempt int, at_millis bigint)");
	}

	@PostMapping("/mailing/{letters}")
	@RespondThenContinue({ "mail-in-transactions", "mail" })
	void accept(@PathVariable int letters) {
	}

	@PostPhase(value = "mail-in-transactions", durable = true, checkpointType = Integer.class)
	void mailInTransactions(int letters, PostPhaseContext context) {
		for (int letter = next(context); letter <= letters; letter += CHUNK) {
			int first = letter;
			this.transaction.executeWithoutResult((status) -> {
				for (int i = first; i < first + CHUNK; i++) {
					mail("mailed_in_transactions", i, context);
				}
				context.checkpoint(first + CHUNK - 1);
			});
		}
	}

	@PostPhase(value = "mail", durable = true, checkpointType = Integer.class)
	void mail(int letters, PostPhaseContext context) {
		for (int letter = next(context); letter <= letters; letter++) {
			mail("mailed", letter, context);
			context.checkpoint(letter);
		}
	}

	static int next(PostPhaseContext context) {
		Integer last = context.lastCheckpoint(Integer.class);
		return (last != null) ? last + 1 : 1;
	}

	private void mail(String table, int letter, PostPhaseContext context) {
		LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
		this.jdbc.sql("insert into " + table + " values (?, ?, ?)")
			.params(letter, context.attempt(), System.currentTimeMillis())
			.update();
	}

}
