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

import java.util.concurrent.Future;
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
	public Runnable execute(Runnable task) {
		SimpleAsyncTaskExecutor executor = this.executor;
		if (executor == null) {
			throw new TaskRejectedException("The executor has not been started");
		}
		Semaphore running = this.running;
		Future<?> future = executor.submit(() -> runWhenThereIsRoom(task, running));
		return () -> future.cancel(true);
	}

	private void runWhenThereIsRoom(Runnable task, Semaphore running) {
		try {
			running.acquire();
		}
		catch (InterruptedException ex) {
			// The task was taken back, or abandoned by stop(): it has its outcome
			return;
		}
		try {
			task.run();
		}
		finally {
			running.release();
		}
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
		try {
			if (this.running.tryAcquire(this.maxConcurrency, TERMINATION_MILLIS, TimeUnit.MILLISECONDS)) {
				this.running.release(this.maxConcurrency);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
