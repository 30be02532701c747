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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.run.VirtualThreadFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;

/**
 * A virtual thread for each task. The tasks that are too many wait on their own threads;
 * admission sees to it that no more come than there is capacity for.
 * <p>
 * The threads are started by an executor of Spring, as agents that take a trace along
 * know it; they do not see threads that are started in another way.
 */
final class VirtualThreadExecutor implements PostPhaseExecutor {

	private static final int TERMINATION_MILLIS = 1000;

	private final String threadNamePrefix;

	private final int maxConcurrency;

	private volatile @Nullable Executor threads;

	private volatile Semaphore running;

	VirtualThreadExecutor(String threadNamePrefix, int maxConcurrency) {
		this.threadNamePrefix = threadNamePrefix;
		this.maxConcurrency = maxConcurrency;
		this.running = new Semaphore(maxConcurrency, true);
	}

	@Override
	public void start() {
		this.running = new Semaphore(this.maxConcurrency, true);
		this.threads = new SimpleAsyncTaskExecutor(new VirtualThreadFactory(this.threadNamePrefix));
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		startedThreads();
		return new VirtualThreadTask(task, this.running);
	}

	private Executor startedThreads() {
		Executor threads = this.threads;
		if (threads == null) {
			throw new TaskRejectedException("The executor has not been started or is stopped");
		}
		return threads;
	}

	@Override
	public void stop() {
		this.threads = null;
		awaitTermination();
	}

	/**
	 * What runs has its place, so that nobody has to keep a list of the threads.
	 */
	private void awaitTermination() {
		Semaphore running = this.running;
		try {
			if (running.tryAcquire(this.maxConcurrency, TERMINATION_MILLIS, TimeUnit.MILLISECONDS)) {
				running.release(this.maxConcurrency);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Waits on its own thread until there is room.
	 */
	private final class VirtualThreadTask implements PreparedTask, Runnable {

		private final Runnable task;

		private final Semaphore running;

		private @Nullable Thread waiting;

		private boolean cancelled;

		VirtualThreadTask(Runnable task, Semaphore running) {
			this.task = task;
			this.running = running;
		}

		@Override
		public void start() {
			startedThreads().execute(this);
		}

		@Override
		public void run() {
			if (!awaitRoom()) {
				return;
			}
			try {
				this.task.run();
			}
			finally {
				this.running.release();
			}
		}

		/**
		 * Waits for room.
		 * @return {@code false} if the task was cancelled meanwhile. If it was cancelled
		 * at the last moment it has to see for itself that it must not run
		 */
		private boolean awaitRoom() {
			try {
				if (!setWaiting(Thread.currentThread())) {
					return false;
				}
				this.running.acquire();
				return true;
			}
			catch (InterruptedException ex) {
				return false;
			}
			finally {
				setWaiting(null);
			}
		}

		private synchronized boolean setWaiting(@Nullable Thread waiting) {
			this.waiting = waiting;
			return !this.cancelled;
		}

		@Override
		public synchronized void cancel() {
			this.cancelled = true;
			if (this.waiting != null) {
				this.waiting.interrupt();
			}
		}

	}

}
