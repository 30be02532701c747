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
import java.util.function.Consumer;

import io.github.earlyresponse.memory.Places.Place;
import io.github.earlyresponse.run.PlatformThreadPool;
import org.jspecify.annotations.Nullable;

import org.springframework.core.task.TaskRejectedException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * A pool of platform threads. Its queue has no bound of its own: admission sees to it
 * that no more tasks come than there is capacity for. Other threads can take the places
 * of some of them, which do not run tasks meanwhile.
 */
final class PlatformThreadExecutor implements PostPhaseExecutor {

	private static final Duration TERMINATION = Duration.ofSeconds(1);

	private final String threadNamePrefix;

	private final int maxConcurrency;

	private volatile @Nullable ThreadPoolTaskExecutor executor;

	private volatile Places places;

	PlatformThreadExecutor(String threadNamePrefix, int maxConcurrency) {
		this.threadNamePrefix = threadNamePrefix;
		this.maxConcurrency = maxConcurrency;
		this.places = new Places(maxConcurrency);
	}

	@Override
	public void start() {
		this.places = new Places(this.maxConcurrency);
		ThreadPoolTaskExecutor executor = new PlatformThreadPool(this.threadNamePrefix);
		executor.setCorePoolSize(this.maxConcurrency);
		executor.setMaxPoolSize(this.maxConcurrency);
		executor.setAllowCoreThreadTimeOut(true);
		// The shutdown waits for them, and what goes on all the same ends with the
		// process
		executor.setDaemon(true);
		executor.setAwaitTerminationMillis(TERMINATION.toMillis());
		executor.initialize();
		this.executor = executor;
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		return new PoolTask(startedExecutor(), this.places, task);
	}

	@Override
	public PreparedTask prepareElsewhere(Consumer<Place> resumption) {
		return new Resumption(startedExecutor(), this.places.place(), resumption);
	}

	private ThreadPoolTaskExecutor startedExecutor() {
		ThreadPoolTaskExecutor executor = this.executor;
		if (executor == null) {
			throw new TaskRejectedException("The executor has not been started");
		}
		return executor;
	}

	@Override
	public void stop() {
		ThreadPoolTaskExecutor executor = this.executor;
		if (executor != null) {
			long begin = System.nanoTime();
			executor.shutdown();
			this.places.awaitFree(TERMINATION.minusNanos(System.nanoTime() - begin));
		}
	}

	/**
	 * Is put into the pool itself and not what it runs, which an agent may wrap so that
	 * it could not be found there.
	 */
	private static final class PoolTask extends Place implements PreparedTask, Runnable {

		private final ThreadPoolTaskExecutor executor;

		private final Runnable task;

		PoolTask(ThreadPoolTaskExecutor executor, Places places, Runnable task) {
			super(places);
			this.executor = executor;
			this.task = task;
		}

		@Override
		public void start() {
			this.executor.execute(this);
		}

		@Override
		public void run() {
			run(this.task);
		}

		@Override
		public void cancel() {
			this.executor.getThreadPoolExecutor().remove(this);
			cancelWaiting();
		}

	}

	/**
	 * Lets another thread continue, which does not overtake the tasks in the queue.
	 */
	private record Resumption(ThreadPoolTaskExecutor executor, Place place,
			Consumer<Place> resumption) implements PreparedTask, Runnable {

		@Override
		public void start() {
			if (this.executor.getQueueSize() == 0) {
				run();
			}
			else {
				this.executor.execute(this);
			}
		}

		@Override
		public void run() {
			this.resumption.accept(this.place);
		}

		@Override
		public void cancel() {
			this.executor.getThreadPoolExecutor().remove(this);
			this.place.cancelWaiting();
		}

	}

}
