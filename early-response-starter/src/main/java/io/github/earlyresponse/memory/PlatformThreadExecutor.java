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

package io.github.earlyresponse.memory;

import io.github.earlyresponse.run.PlatformThreadPool;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * A pool of platform threads. Its queue has no bound of its own: admission sees to it
 * that no more tasks come than there is capacity for.
 */
final class PlatformThreadExecutor implements PostPhaseExecutor {

	private static final int TERMINATION_MILLIS = 1000;

	private final String threadNamePrefix;

	private final int maxConcurrency;

	private volatile @Nullable ThreadPoolTaskExecutor executor;

	PlatformThreadExecutor(String threadNamePrefix, int maxConcurrency) {
		this.threadNamePrefix = threadNamePrefix;
		this.maxConcurrency = maxConcurrency;
	}

	@Override
	public void start() {
		ThreadPoolTaskExecutor executor = new PlatformThreadPool(this.threadNamePrefix);
		executor.setCorePoolSize(this.maxConcurrency);
		executor.setMaxPoolSize(this.maxConcurrency);
		executor.setAllowCoreThreadTimeOut(true);
		// The shutdown waits for them, and what goes on all the same ends with the
		// process
		executor.setDaemon(true);
		executor.setAwaitTerminationMillis(TERMINATION_MILLIS);
		executor.initialize();
		this.executor = executor;
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		ThreadPoolTaskExecutor executor = this.executor;
		if (executor == null) {
			throw new TaskRejectedException("The executor has not been started");
		}
		return new PoolTask(executor, task);
	}

	@Override
	public void stop() {
		ThreadPoolTaskExecutor executor = this.executor;
		if (executor != null) {
			executor.shutdown();
		}
	}

	/**
	 * Is put into the pool itself and not what it runs, which an agent may wrap so that
	 * it could not be found there.
	 */
	private record PoolTask(ThreadPoolTaskExecutor executor, Runnable task) implements PreparedTask, Runnable {

		@Override
		public void start() {
			this.executor.execute(this);
		}

		@Override
		public void run() {
			this.task.run();
		}

		@Override
		public void cancel() {
			this.executor.getThreadPoolExecutor().remove(this);
		}

	}

}
