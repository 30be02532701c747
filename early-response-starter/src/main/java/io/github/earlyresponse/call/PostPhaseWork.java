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

import org.springframework.core.retry.RetryPolicy;

/**
 * What a post-phase does. A {@link Call} is plain data, a name and arguments, that can be
 * stored; the others exist in memory only.
 */
public interface PostPhaseWork {

	/**
	 * The time limit of an attempt.
	 * @return the time limit, zero for none, {@code null} for that of the engine
	 */
	default @Nullable Duration timeout() {
		return null;
	}

	/**
	 * Whether the work can be run more than once.
	 * @return whether there can be a further attempt
	 */
	boolean isRepeatable();

	/**
	 * When a failed attempt is retried.
	 * @return the retry policy, {@code null} for that of the engine
	 */
	default @Nullable RetryPolicy retryPolicy() {
		return null;
	}

	/**
	 * For how long failed attempts are retried.
	 * @return the time since the post-phase was accepted, {@code null} for that of the
	 * engine
	 */
	default @Nullable Duration giveUpAfter() {
		return null;
	}

	/**
	 * The type of its checkpoints.
	 * @return the type, {@link Object} if it is not specified
	 */
	default Class<?> checkpointType() {
		return Object.class;
	}

	/**
	 * Whether the work has to be stored, so that it outlives the process.
	 * @return whether it is durable
	 */
	default boolean isDurable() {
		return false;
	}

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
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public @Nullable RetryPolicy retryPolicy() {
			return this.method.retryPolicy();
		}

		@Override
		public @Nullable Duration giveUpAfter() {
			return this.method.giveUpAfter();
		}

		@Override
		public Class<?> checkpointType() {
			return this.method.checkpointType();
		}

		@Override
		public boolean isDurable() {
			return this.method.isDurable();
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
	 */
	record Task(PostPhaseTask task) implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Exception {
			this.task.run(context);
		}

	}

	/**
	 * The rest of a handler, which cannot be run again. It runs on the thread of the
	 * handler, and nowhere else.
	 *
	 * @param handler the handler
	 * @param timeout the time limit, zero for none, {@code null} for that of the engine
	 */
	record Remainder(WaitingHandler handler, @Nullable Duration timeout) implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return false;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) {
			throw new IllegalStateException("The rest of a handler runs on the thread of the handler");
		}

	}

	/**
	 * Work that could not be prepared, and fails for that reason.
	 *
	 * @param reason why it could not be prepared
	 */
	record Unprepared(Throwable reason) implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return false;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Throwable {
			throw this.reason;
		}

	}

}
