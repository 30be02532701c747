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

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskRejectedException;

/**
 * A virtual thread for each task. The tasks that are too many wait on their own threads;
 * admission sees to it that no more come than there is capacity for.
 */
final class VirtualThreadExecutor implements PostPhaseExecutor {

	private static final int TERMINATION_MILLIS = 1000;

	private final String threadNamePrefix;

	private final int maxConcurrency;

	private volatile @Nullable SimpleAsyncTaskExecutor executor;

	private volatile Semaphore running;

	VirtualThreadExecutor(String threadNamePrefix, int maxConcurrency) {
		this.threadNamePrefix = threadNamePrefix;
		this.maxConcurrency = maxConcurrency;
		this.running = new Semaphore(maxConcurrency, true);
	}

	@Override
	public void start() {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor(this.threadNamePrefix);
		executor.setVirtualThreads(true);
		this.running = new Semaphore(this.maxConcurrency, true);
		this.executor = executor;
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		SimpleAsyncTaskExecutor executor = this.executor;
		if (executor == null) {
			throw new TaskRejectedException("The executor has not been started");
		}
		return new VirtualThreadTask(executor, task, this.running);
	}

	@Override
	public void stop() {
		SimpleAsyncTaskExecutor executor = this.executor;
		if (executor != null) {
			executor.close();
			awaitTermination();
		}
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
	private static final class VirtualThreadTask implements PreparedTask, Runnable {

		private final SimpleAsyncTaskExecutor executor;

		private final Runnable task;

		private final Semaphore running;

		private @Nullable Thread waitingThread;

		private boolean takenBack;

		VirtualThreadTask(SimpleAsyncTaskExecutor executor, Runnable task, Semaphore running) {
			this.executor = executor;
			this.task = task;
			this.running = running;
		}

		@Override
		public void start() {
			this.executor.execute(this);
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
		 * @return {@code false} if the task was taken back meanwhile. If it was taken
		 * back at the last moment it has to see for itself that it is not wanted
		 */
		private boolean awaitRoom() {
			try {
				if (!setWaitingThread(Thread.currentThread())) {
					return false;
				}
				this.running.acquire();
				return true;
			}
			catch (InterruptedException ex) {
				return false;
			}
			finally {
				setWaitingThread(null);
			}
		}

		private synchronized boolean setWaitingThread(@Nullable Thread thread) {
			this.waitingThread = thread;
			return !this.takenBack;
		}

		@Override
		public synchronized void takeBack() {
			this.takenBack = true;
			if (this.waitingThread != null) {
				this.waitingThread.interrupt();
			}
		}

	}

}
