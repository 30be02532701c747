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

import java.io.Serial;

import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * A scheduler of the store. When it is shut down, it gives a task that runs a moment to
 * end before it is interrupted: an interrupt would close a file of H2.
 */
final class StoreScheduler extends ThreadPoolTaskScheduler {

	@Serial
	private static final long serialVersionUID = 1L;

	private static final int STOP_SECONDS = 2;

	/**
	 * Creates a scheduler that runs.
	 * @param threadNamePrefix how the names of its threads begin
	 * @param threads how many threads it has
	 */
	StoreScheduler(String threadNamePrefix, int threads) {
		setThreadNamePrefix(threadNamePrefix);
		setDaemon(true);
		setPoolSize(threads);
		setWaitForTasksToCompleteOnShutdown(true);
		setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
		setAwaitTerminationSeconds(STOP_SECONDS);
		initialize();
	}

	@Override
	public void shutdown() {
		super.shutdown();
		getScheduledExecutor().shutdownNow();
	}

}
