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

package io.github.earlyresponse.run;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.util.ClassUtils;

/**
 * A pool of platform threads that inherit nothing from the request that happens to make
 * them: they are used again, by other requests. They have the class loader of the thread
 * that made the pool, which is that of the application.
 */
public final class PlatformThreadPool extends ThreadPoolTaskExecutor {

	private final @Nullable ClassLoader classLoader = ClassUtils.getDefaultClassLoader();

	/**
	 * Creates a pool, to be initialized.
	 * @param threadNamePrefix how the names of the threads begin
	 */
	public PlatformThreadPool(String threadNamePrefix) {
		setThreadNamePrefix(threadNamePrefix);
	}

	@Override
	public Thread createThread(Runnable task) {
		Thread thread = new Thread(getThreadGroup(), task, nextThreadName(), 0, false);
		thread.setContextClassLoader(this.classLoader);
		thread.setPriority(getThreadPriority());
		thread.setDaemon(isDaemon());
		return thread;
	}

}
