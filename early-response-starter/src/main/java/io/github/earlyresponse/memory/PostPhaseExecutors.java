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

import java.util.concurrent.Executor;

/**
 * The executors that post-phases can run on.
 */
public final class PostPhaseExecutors {

	private PostPhaseExecutors() {
	}

	/**
	 * Platform threads that are made when needed and end when idle.
	 * @param threadNamePrefix how the names of the threads begin
	 * @param maxConcurrency how many tasks run at once
	 * @return the executor
	 */
	public static PostPhaseExecutor platformThreads(String threadNamePrefix, int maxConcurrency) {
		return new PlatformThreadExecutor(threadNamePrefix, maxConcurrency);
	}

	/**
	 * A virtual thread for each task.
	 * @param threadNamePrefix how the names of the threads begin
	 * @param maxConcurrency how many tasks run at once
	 * @return the executor
	 */
	public static PostPhaseExecutor virtualThreads(String threadNamePrefix, int maxConcurrency) {
		return new VirtualThreadExecutor(threadNamePrefix, maxConcurrency);
	}

	/**
	 * An executor of the application, which is neither started nor stopped from here.
	 * @param executor the executor
	 * @return the executor
	 */
	public static PostPhaseExecutor of(Executor executor) {
		return new ApplicationExecutor(executor);
	}

	/**
	 * An executor of the application as above, with a warning when it first keeps the
	 * request thread.
	 * @param name its name
	 * @param executor the executor
	 * @return the executor
	 */
	public static PostPhaseExecutor of(String name, Executor executor) {
		return new WatchedExecutor(name, executor);
	}

}
