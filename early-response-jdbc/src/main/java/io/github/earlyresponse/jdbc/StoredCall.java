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

package io.github.earlyresponse.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RetryLaterException;
import io.github.earlyresponse.call.PostPhaseMethod;
import io.github.earlyresponse.call.PostPhaseWork;
import org.jspecify.annotations.Nullable;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.ExceptionTypeFilter;
import org.springframework.util.backoff.BackOff;

/**
 * The call of a {@link io.github.earlyresponse.PostPhase @PostPhase} method with the
 * arguments that were stored. If the method has a transaction on the DataSource of the
 * store, the post-phase is completed in it.
 */
final class StoredCall implements PostPhaseWork {

	private static final ThreadLocal<@Nullable StoredCall> current = new ThreadLocal<>();

	private final PostPhaseMethod method;

	private final Supplier<Call> call;

	private final Completion completion;

	/** Whether its method runs. Only the thread of the call uses this. */
	private boolean entered;

	/** Whether a transaction that has committed has deleted the row. */
	private volatile boolean completed;

	/**
	 * Creates the work.
	 * @param method the method
	 * @param call reads the call
	 * @param completion deletes the row in the current transaction
	 */
	StoredCall(PostPhaseMethod method, Supplier<Call> call, Completion completion) {
		this.method = method;
		this.call = call;
		this.completion = completion;
	}

	/**
	 * The stored call that runs on the current thread.
	 * @return the call, {@code null} if there is none
	 */
	static @Nullable StoredCall current() {
		return current.get();
	}

	@Override
	public @Nullable Duration timeout() {
		return this.method.timeout();
	}

	@Override
	public boolean isRepeatable() {
		return true;
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public @Nullable RetryPolicy retryPolicy() {
		RetryPolicy policy = this.method.retryPolicy();
		return (policy != null) ? new ReadablePolicy(policy) : null;
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
	public void run(PostPhaseContext context, @Nullable Throwable failure) throws Throwable {
		Call call = this.call.get();
		StoredCall outer = current.get();
		current.set(this);
		try {
			call.run(context, null);
		}
		catch (RetryLaterException ex) {
			throw unreadableOr(ex);
		}
		finally {
			if (outer != null) {
				current.set(outer);
			}
			else {
				current.remove();
			}
		}
	}

	/**
	 * What cannot be read, a later attempt could not read either.
	 */
	private static RuntimeException unreadableOr(RetryLaterException later) {
		Throwable cause = later.getCause();
		while (cause != null && !(cause instanceof UnreadablePayloadException)) {
			cause = cause.getCause();
		}
		return (cause instanceof UnreadablePayloadException unreadable) ? unreadable : later;
	}

	/**
	 * The method is about to run.
	 * @return {@code false} if it runs already, and calls itself
	 */
	boolean enter() {
		boolean outermost = !this.entered;
		this.entered = true;
		return outermost;
	}

	/**
	 * The outermost call of the method has ended.
	 */
	void leave() {
		this.entered = false;
	}

	/**
	 * Completes the post-phase in the current transaction, as the last thing it does.
	 * @throws LeaseLostException if it was taken over, so that the transaction has to be
	 * rolled back
	 */
	void completeInTransaction() {
		this.completion.complete(() -> this.completed = true);
	}

	PostPhaseMethod method() {
		return this.method;
	}

	boolean isCompleted() {
		return this.completed;
	}

	/**
	 * Deletes the row in the current transaction.
	 */
	@FunctionalInterface
	interface Completion {

		/**
		 * Deletes the row.
		 * @param committed is called when the transaction has committed
		 */
		void complete(Runnable committed);

	}

	/**
	 * What cannot be read is not retried: it does not get any better.
	 */
	private record ReadablePolicy(RetryPolicy policy) implements RetryPolicy {

		private static final ExceptionTypeFilter unreadable = new ExceptionTypeFilter(
				List.of(UnreadablePayloadException.class), List.of());

		@Override
		public boolean shouldRetry(Throwable failure) {
			// The post-phase may have wrapped it
			return !unreadable.match(failure, true) && this.policy.shouldRetry(failure);
		}

		@Override
		public BackOff getBackOff() {
			return this.policy.getBackOff();
		}

	}

}
