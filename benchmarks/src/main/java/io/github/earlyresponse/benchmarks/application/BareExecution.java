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

package io.github.earlyresponse.benchmarks.application;

import java.util.concurrent.Executor;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * The least that handing work to another thread takes: nothing goes along, nobody counts.
 */
@Component
class BareExecution {

	static final int PLATFORM_THREADS = 8;

	private final Work work;

	private final Executor executor;

	BareExecution(Work work, @Value("${spring.threads.virtual.enabled:false}") boolean virtual) {
		this.work = work;
		this.executor = (virtual) ? virtualThreads() : platformThreads();
	}

	private static Executor virtualThreads() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("bare-");
		executor.setVirtualThreads(true);
		return executor;
	}

	private static Executor platformThreads() {
		ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
		executor.setCorePoolSize(PLATFORM_THREADS);
		executor.setDaemon(true);
		executor.initialize();
		return executor;
	}

	Executor executor() {
		return this.executor;
	}

	void start(Answer answer) {
		this.executor.execute(() -> perform(answer));
	}

	private void perform(Answer answer) {
		try {
			this.work.perform(answer);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
