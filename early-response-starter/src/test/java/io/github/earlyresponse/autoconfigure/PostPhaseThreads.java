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

package io.github.earlyresponse.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.testsupport.Reservations;
import io.github.earlyresponse.testsupport.ThreadKind;

import org.springframework.context.ApplicationContext;

/**
 * Finds out on which threads post-phases run.
 */
final class PostPhaseThreads {

	private PostPhaseThreads() {
	}

	static Thread of(ApplicationContext context) throws Exception {
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		Reservations.start(context.getBean(PostPhaseEngine.class), "work",
				(running) -> thread.complete(Thread.currentThread()));
		return thread.get(30, TimeUnit.SECONDS);
	}

	static boolean isVirtual(Thread thread) {
		return ThreadKind.of(thread) == ThreadKind.VIRTUAL;
	}

}
