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

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * A node of a cluster, whose clients follow their post-phases. It writes down which
 * process has done what.
 */
@TestApplication
public class ClusterApplication {

	static final int STEPS = 40;

	private static final int STEP_MILLIS = 50;

	private static final int WAIT_MILLIS = 100;

	/**
	 * Starts it in a process of its own.
	 */
	public static void main(String[] properties) {
		CrashApplication.run(ClusterApplication.class, properties);
	}

	/**
	 * Creates the tables, so that nodes can be started together.
	 */
	static void createTables(JdbcClient jdbc) {
		jdbc.sql("create table accepted (item varchar(100), process bigint, "
				+ "at timestamp with time zone default clock_timestamp())")
			.update();
		jdbc.sql("create table started (item varchar(100), process bigint, "
				+ "at timestamp with time zone default clock_timestamp())")
			.update();
		jdbc.sql("create table done (item varchar(100), step int, process bigint, "
				+ "at timestamp with time zone default clock_timestamp())")
			.update();
	}

	@Bean
	Journal journal(JdbcClient jdbc) {
		return new Journal(jdbc);
	}

	@RestController
	static class Controller {

		private final Journal journal;

		private final PostPhaseOperations operations;

		Controller(Journal journal, PostPhaseOperations operations) {
			this.journal = journal;
			this.operations = operations;
		}

		@PostMapping("/short/{item}")
		@Transactional
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue(then = "short", idempotent = true)
		void acceptShort(@PathVariable String item) {
			this.journal.accepted(item);
		}

		@PostMapping("/long/{item}")
		@Transactional
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue(then = "long", idempotent = true)
		void acceptLong(@PathVariable String item) {
			this.journal.accepted(item);
		}

		@PostMapping("/waiting/{item}")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue("waiting")
		void acceptWaiting(@PathVariable String item) {
		}

		@GetMapping("/in-flight")
		int inFlight() {
			return this.operations.inFlightCount();
		}

	}

	@Component
	static class Work {

		private final Journal journal;

		private final TransactionTemplate transaction;

		Work(Journal journal, PlatformTransactionManager transactionManager) {
			this.journal = journal;
			this.transaction = new TransactionTemplate(transactionManager);
		}

		@PostPhase(value = "short", durable = true)
		@Transactional
		void doShort(String item) throws InterruptedException {
			this.journal.done(item, 1);
			TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
		}

		@PostPhase(value = "long", durable = true, checkpointType = Integer.class)
		void doLong(String item, PostPhaseContext context) throws InterruptedException {
			this.journal.started(item);
			for (int next = Mailing.next(context); next <= STEPS; next++) {
				int step = next;
				TimeUnit.MILLISECONDS.sleep(STEP_MILLIS);
				this.transaction.executeWithoutResult((status) -> {
					this.journal.done(item, step);
					context.checkpoint(step);
				});
				context.progress(step, STEPS);
			}
		}

		/**
		 * Needs a thread and nothing else.
		 */
		@PostPhase(value = "waiting", durable = true)
		@Transactional
		void doWaiting(String item) throws InterruptedException {
			TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
			this.journal.done(item, 1);
		}

	}

	/**
	 * What has been done, when, and by which process.
	 */
	static class Journal {

		private final JdbcClient jdbc;

		private final long process = ProcessHandle.current().pid();

		Journal(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		void accepted(String item) {
			this.jdbc.sql("insert into accepted (item, process) values (?, ?)").params(item, this.process).update();
		}

		void started(String item) {
			this.jdbc.sql("insert into started (item, process) values (?, ?)").params(item, this.process).update();
		}

		void done(String item, int step) {
			this.jdbc.sql("insert into done (item, step, process) values (?, ?, ?)")
				.params(item, step, this.process)
				.update();
		}

	}

}
