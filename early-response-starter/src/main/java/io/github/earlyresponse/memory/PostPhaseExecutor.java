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
import java.util.function.Consumer;

import io.github.earlyresponse.memory.Places.Place;
import org.jspecify.annotations.Nullable;

/**
 * Holds the executor of the post-phases. It is not an {@link Executor} itself, so that as
 * a bean it is never taken for one of the application's.
 */
public interface PostPhaseExecutor {

	/**
	 * Makes the executor ready. Called again after {@link #stop()} when the application
	 * context is restarted.
	 */
	void start();

	/**
	 * Prepares to run a task on one of the threads.
	 * @param task the task
	 * @return the task, not started
	 * @throws RuntimeException if the executor takes no tasks
	 */
	PreparedTask prepare(Runnable task);

	/**
	 * Prepares to run a task on another thread, which waits and takes the place of one of
	 * the threads of the executor.
	 * @param resumption lets that thread continue; it has to acquire the place, to run
	 * the task, and to release the place
	 * @return the task, not started, {@code null} if the executor runs tasks on its own
	 * threads only, as by default
	 * @throws RuntimeException if the executor takes no tasks
	 */
	default @Nullable PreparedTask prepareElsewhere(Consumer<Place> resumption) {
		return null;
	}

	/**
	 * Ends the threads, giving what still runs a moment. It was interrupted before.
	 */
	void stop();

	/**
	 * A task that was made ready, to be started later or never. Making it ready is the
	 * larger part, so that starting it is quick.
	 */
	@FunctionalInterface
	interface PreparedTask {

		/**
		 * Runs the task, waiting on its thread and not on the caller until there is room.
		 * @throws RuntimeException if the executor does not take the task
		 */
		void start();

		/**
		 * Cancels the task if it is waiting. That may come too late, or before the start,
		 * so that the task has to see for itself that it must not run. Does nothing by
		 * default, for executors that cannot do that.
		 */
		default void cancel() {
		}

	}

}
