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

package io.github.earlyresponse.call;

import java.time.Duration;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseTask;
import org.jspecify.annotations.Nullable;

/**
 * What a post-phase does. A {@link Call} is plain data, a name and arguments, that an
 * engine can write down; a {@link Task} exists in memory only.
 */
public sealed interface PostPhaseWork {

	/**
	 * The time limit.
	 * @return the time limit, zero for none, {@code null} for that of the engine
	 */
	@Nullable Duration timeout();

	/**
	 * Does the work on the current thread.
	 * @param context the context of the post-phase
	 * @param failure what the handler threw
	 * @throws Throwable whatever the work throws
	 */
	void run(PostPhaseContext context, @Nullable Throwable failure) throws Throwable;

	/**
	 * The call of a {@link io.github.earlyresponse.PostPhase @PostPhase} method.
	 *
	 * @param method the method
	 * @param arguments a value for each of its parameters, {@code null} for those that
	 * the engine fills in
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Call(PostPhaseMethod method, @Nullable Object[] arguments) implements PostPhaseWork {

		@Override
		public @Nullable Duration timeout() {
			return this.method.timeout();
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Throwable {
			this.method.invoke(this.arguments, context, failure);
		}

	}

	/**
	 * A task that was written where it was decided on.
	 *
	 * @param task the task
	 * @param timeout the time limit, zero for none, {@code null} for that of the engine
	 */
	record Task(PostPhaseTask task, @Nullable Duration timeout) implements PostPhaseWork {

		/**
		 * Creates a task with the time limit of the engine.
		 * @param task the task
		 */
		public Task(PostPhaseTask task) {
			this(task, null);
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Exception {
			this.task.run(context);
		}

	}

}
