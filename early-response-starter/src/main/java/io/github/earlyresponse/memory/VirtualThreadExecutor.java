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
import java.util.function.Consumer;

import io.github.earlyresponse.memory.Places.Place;
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

	private static final Duration TERMINATION = Duration.ofSeconds(1);

	private final String threadNamePrefix;

	private final int maxConcurrency;

	private volatile @Nullable Executor threads;

	private volatile Places places;

	VirtualThreadExecutor(String threadNamePrefix, int maxConcurrency) {
		this.threadNamePrefix = threadNamePrefix;
		this.maxConcurrency = maxConcurrency;
		this.places = new Places(maxConcurrency);
	}

	@Override
	public void start() {
		this.places = new Places(this.maxConcurrency);
		this.threads = new SimpleAsyncTaskExecutor(new VirtualThreadFactory(this.threadNamePrefix));
	}

	@Override
	public PreparedTask prepare(Runnable task) {
		startedThreads();
		return new VirtualThreadTask(this.places, task);
	}

	@Override
	public PreparedTask prepareElsewhere(Consumer<Place> resumption) {
		startedThreads();
		return new Resumption(this.places.place(), resumption);
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
		this.places.awaitFree(TERMINATION);
	}

	/**
	 * Waits on its own thread until there is room.
	 */
	private final class VirtualThreadTask extends Place implements PreparedTask, Runnable {

		private final Runnable task;

		VirtualThreadTask(Places places, Runnable task) {
			super(places);
			this.task = task;
		}

		@Override
		public void start() {
			startedThreads().execute(this);
		}

		@Override
		public void run() {
			run(this.task);
		}

		@Override
		public void cancel() {
			cancelWaiting();
		}

	}

	/**
	 * Lets another thread continue, which waits as those of this executor do.
	 */
	private record Resumption(Place place, Consumer<Place> resumption) implements PreparedTask {

		@Override
		public void start() {
			this.resumption.accept(this.place);
		}

		@Override
		public void cancel() {
			this.place.cancelWaiting();
		}

	}

}
