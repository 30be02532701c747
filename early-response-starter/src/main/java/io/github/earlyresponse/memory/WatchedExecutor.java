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

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * An executor that the application brought and manages. Warns once if it does not take a
 * task off the request thread: the next request on the connection waits then. It cannot
 * leave that thread interrupted, with which the container would close the connection.
 */
final class WatchedExecutor implements PostPhaseExecutor {

	private static final Log logger = LogFactory.getLog(WatchedExecutor.class);

	private static final long LONG_NANOS = Duration.ofSeconds(1).toNanos();

	private final String name;

	private final Executor executor;

	private final AtomicBoolean warned = new AtomicBoolean();

	WatchedExecutor(String name, Executor executor) {
		this.name = name;
		this.executor = executor;
	}

	@Override
	public void start() {
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		return new WatchedTask(task);
	}

	@Override
	public void stop() {
	}

	private void warn(String text) {
		if (this.warned.compareAndSet(false, true)) {
			logger
				.warn("The Executor bean '" + this.name + "' " + text + " The next request on the connection waits for "
						+ "that. Use an executor with threads and a queue of its own, or leave out "
						+ "early-response.executor.bean. This is said once");
		}
	}

	private final class WatchedTask implements PreparedTask, Runnable {

		private final Runnable task;

		/**
		 * Only compared with the current thread, which has set it itself if it is the
		 * same.
		 */
		private @Nullable Thread caller;

		WatchedTask(Runnable task) {
			this.task = task;
		}

		@Override
		public void start() {
			long begin = System.nanoTime();
			Thread caller = Thread.currentThread();
			boolean interrupted = caller.isInterrupted();
			this.caller = caller;
			try {
				WatchedExecutor.this.executor.execute(this);
			}
			finally {
				this.caller = null;
				if (!interrupted) {
					Thread.interrupted();
				}
				long taken = System.nanoTime() - begin;
				if (taken > LONG_NANOS) {
					warn("has kept the request thread for " + Duration.ofNanos(taken).toMillis()
							+ " ms before it took a post-phase or refused it.");
				}
			}
		}

		@Override
		public void run() {
			if (this.caller == Thread.currentThread()) {
				warn("runs a post-phase on the request thread, after its response.");
			}
			this.task.run();
		}

	}

}
