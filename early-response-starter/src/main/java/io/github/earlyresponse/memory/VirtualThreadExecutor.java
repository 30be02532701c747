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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * A virtual thread for each task. The tasks that are too many wait on their own threads;
 * admission sees to it that no more come than there is capacity for.
 */
final class VirtualThreadExecutor implements PostPhaseExecutor {

	private static final int TERMINATION_MILLIS = 1000;

	private final String threadNamePrefix;

	private final int maxConcurrency;

	private volatile @Nullable ThreadFactory threadFactory;

	private volatile Semaphore running;

	VirtualThreadExecutor(String threadNamePrefix, int maxConcurrency) {
		this.threadNamePrefix = threadNamePrefix;
		this.maxConcurrency = maxConcurrency;
		this.running = new Semaphore(maxConcurrency, true);
	}

	@Override
	public void start() {
		this.running = new Semaphore(this.maxConcurrency, true);
		this.threadFactory = new VirtualThreadTaskExecutor(this.threadNamePrefix).getVirtualThreadFactory();
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		return new VirtualThreadTask(startedFactory(), task, this.running);
	}

	private ThreadFactory startedFactory() {
		ThreadFactory threadFactory = this.threadFactory;
		if (threadFactory == null) {
			throw new TaskRejectedException("The executor has not been started or is stopped");
		}
		return threadFactory;
	}

	@Override
	public void stop() {
		this.threadFactory = null;
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

		private final Thread thread;

		private boolean waiting;

		private boolean takenBack;

		VirtualThreadTask(ThreadFactory threadFactory, Runnable task, Semaphore running) {
			this.task = task;
			this.running = running;
			this.thread = threadFactory.newThread(this);
		}

		@Override
		public void start() {
			startedFactory();
			this.thread.start();
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
				if (!setWaiting(true)) {
					return false;
				}
				this.running.acquire();
				return true;
			}
			catch (InterruptedException ex) {
				return false;
			}
			finally {
				setWaiting(false);
			}
		}

		private synchronized boolean setWaiting(boolean waiting) {
			this.waiting = waiting;
			return !this.takenBack;
		}

		@Override
		public synchronized void takeBack() {
			this.takenBack = true;
			if (this.waiting) {
				this.thread.interrupt();
			}
		}

	}

}
