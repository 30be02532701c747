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

package io.github.earlyresponse.imperative;

import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * Threads for handlers that send in mid-method: a new one for each call, so that no call
 * waits for the end of another. Admission bounds their number, and they end with the
 * post-phase. It is not an {@link java.util.concurrent.Executor} itself, so that as a
 * bean it is never taken for one of the application's.
 */
public final class HandlerThreads {

	private final SimpleAsyncTaskExecutor executor;

	/**
	 * Creates the threads.
	 * @param namePrefix how their names begin
	 * @param virtual whether they are virtual
	 */
	public HandlerThreads(String namePrefix, boolean virtual) {
		this.executor = new SimpleAsyncTaskExecutor(namePrefix);
		this.executor.setDaemon(true);
		this.executor.setVirtualThreads(virtual);
	}

	void execute(Runnable task) {
		this.executor.execute(task);
	}

}
