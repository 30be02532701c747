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

package io.github.earlyresponse.web.send;

import java.util.concurrent.Executor;

import io.github.earlyresponse.run.PlatformThreadPool;
import io.github.earlyresponse.run.ThreadState;
import io.github.earlyresponse.run.VirtualThreadFactory;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Threads for handlers that send in mid-method: as many as there are calls, so that no
 * call waits for the end of another. Admission bounds their number. It is not an
 * {@link Executor} itself, so that as a bean it is never taken for one of the
 * application's.
 */
public final class HandlerThreads implements AutoCloseable {

	private final Executor executor;

	private final Runnable shutdown;

	/**
	 * Creates the threads.
	 * @param namePrefix how their names begin
	 * @param virtual whether they are virtual
	 */
	public HandlerThreads(String namePrefix, boolean virtual) {
		if (virtual) {
			SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(new VirtualThreadFactory(namePrefix));
			this.executor = executor;
			this.shutdown = executor::close;
		}
		else {
			ThreadPoolTaskExecutor executor = new PlatformThreadPool(namePrefix);
			executor.setCorePoolSize(0);
			executor.setQueueCapacity(0);
			executor.setDaemon(true);
			executor.setWaitForTasksToCompleteOnShutdown(true);
			executor.initialize();
			this.executor = executor;
			this.shutdown = executor::shutdown;
		}
	}

	void execute(Runnable task) {
		this.executor.execute(() -> {
			ThreadState threadState = ThreadState.current();
			try {
				task.run();
			}
			finally {
				threadState.restore();
			}
		});
	}

	/**
	 * Ends the threads that are idle. The others end with their handlers.
	 */
	@Override
	public void close() {
		this.shutdown.run();
	}

}
