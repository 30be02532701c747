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

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with a durable post-phase that does several items.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@Import(DurableApplication.class)
class CheckpointApplication {

	@Bean
	Items items(Tables tables, PlatformTransactionManager transactionManager) {
		return new Items(tables, new TransactionTemplate(transactionManager));
	}

	@RestController
	static class Handlers {

		@PostMapping("/items/{name}")
		@RespondThenContinue("items")
		String accept(@PathVariable String name) {
			return name;
		}

	}

	@Component
	static class Work {

		private final Items items;

		Work(Items items) {
			this.items = items;
		}

		@PostPhase(value = "items", durable = true,
				retry = @Retry(maxRetries = 1, delay = "10ms", jitter = "0", giveUpAfter = "1h"))
		void items(String name, PostPhaseContext context) throws Exception {
			this.items.work.get().run(context);
		}

	}

	/**
	 * What the post-phase does, and has done.
	 */
	static class Items {

		final Queue<String> done = new ConcurrentLinkedQueue<>();

		private final Tables tables;

		private final TransactionTemplate transaction;

		/** What it is, once that is set. */
		private final CompletableFuture<PostPhaseTask> work = new CompletableFuture<>();

		Items(Tables tables, TransactionTemplate transaction) {
			this.tables = tables;
			this.transaction = transaction;
		}

		void work(PostPhaseTask work) {
			this.work.obtrudeValue(work);
		}

		static int next(PostPhaseContext context) {
			Integer last = context.lastCheckpoint(Integer.class);
			return (last != null) ? last + 1 : 1;
		}

		void done(PostPhaseContext context, int item) {
			this.done.add(context.attempt() + ":" + item);
			context.checkpoint(item);
		}

		/**
		 * Does an item in a transaction, with its checkpoint.
		 */
		void doneInTransaction(PostPhaseContext context, int item, @Nullable RuntimeException failure) {
			inTransaction((status) -> {
				effect(context, item);
				if (failure != null) {
					throw failure;
				}
			});
		}

		void inTransaction(Consumer<TransactionStatus> action) {
			this.transaction.executeWithoutResult(action);
		}

		/**
		 * Does an item in the current transaction, with its checkpoint.
		 */
		void effect(PostPhaseContext context, int item) {
			this.tables.insertEffect(String.valueOf(item));
			context.checkpoint(item);
		}

	}

}
