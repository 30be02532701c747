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

package io.github.earlyresponse;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;

import org.jspecify.annotations.Nullable;

/**
 * The context of a running post-phase: a parameter of a {@link PostPhase} method or a
 * {@link PostPhaseTask}, and the result of {@link EarlyResponse#context()}.
 */
public interface PostPhaseContext {

	/**
	 * Return the id of this post-phase, which is random and unique.
	 * @return the id
	 */
	String id();

	/**
	 * Return the name of this post-phase.
	 * @return the name
	 */
	String name();

	/**
	 * Return the number of this attempt.
	 * @return the number, {@code 1} for the first attempt
	 * @see Retry
	 */
	int attempt();

	/**
	 * Return what is known about the delivery of the early response.
	 * @return the delivery
	 */
	Delivery delivery();

	/**
	 * Return the reason why the response was {@link Delivery#ABORTED}.
	 * @return the failure of the connection, or {@code null} if none was detected
	 */
	@Nullable IOException deliveryFailure();

	/**
	 * Return a copy of the request, taken when the handler returned or sent its response.
	 * @return the copy of the request
	 */
	RequestSnapshot request();

	/**
	 * Return whether the post-phase should stop, because it was cancelled, reached its
	 * time limit, or the application is shutting down and no longer waits. Its thread is
	 * also interrupted, after a {@linkplain PostPhaseOperations#cancel(String, Duration)
	 * grace period} if there is one; a loop that never blocks should call this method.
	 * @return whether the post-phase should stop
	 */
	boolean cancellationRequested();

	/**
	 * Restart the time limit: the post-phase has the given time from now on, whatever its
	 * limit was. Has no effect once the limit was reached; after a cancellation, it can
	 * only shorten the time until the interrupt.
	 * @param timeout the time from now on, zero for no limit
	 * @throws IllegalArgumentException if the duration is negative
	 */
	void restartTimeout(Duration timeout);

	/**
	 * Report the progress of the post-phase, for {@link PostPhaseExecution#progress()}
	 * and the client that follows it. Cheap enough for each iteration of a loop, because
	 * only the last value is stored and nobody is notified.
	 * @param done the amount of work done, in any unit
	 * @param total the total amount of work, {@code 0} if it is unknown
	 * @param message a description of the current work, also shown to the client if it
	 * may follow the post-phase; {@code null} for none. Longer messages are truncated to
	 * 1000 characters and end with an ellipsis
	 * @throws IllegalArgumentException if a number is negative, or more is done than the
	 * total
	 */
	void progress(long done, long total, @Nullable String message);

	/**
	 * Report the progress of the post-phase, without a message.
	 * @param done the amount of work done, in any unit
	 * @param total the total amount of work, {@code 0} if it is unknown
	 * @throws IllegalArgumentException if a number is negative, or more is done than the
	 * total
	 * @see #progress(long, long, String)
	 */
	default void progress(long done, long total) {
		progress(done, total, null);
	}

	/**
	 * Return how far this post-phase has got: the cursor that was last given to
	 * {@link #checkpoint(Object)}, by this attempt or an earlier one. Call it at the
	 * beginning, to go on from there. <pre class="code">
	 * Long last = context.lastCheckpoint(Long.class);
	 * for (Customer customer : this.customers.after(last)) {
	 *     this.mailer.send(customer, letter);
	 *     context.checkpoint(customer.id());
	 * }</pre>
	 * @param type the type of the cursor
	 * @param <T> the type of the cursor
	 * @return the cursor, or {@code null} if there is none
	 * @throws IllegalArgumentException if the cursor in memory is of another type, or
	 * that of a durable post-phase could not be stored. A stored one that cannot be read
	 * as this type fails the post-phase, which is not retried
	 */
	<T> @Nullable T lastCheckpoint(Class<T> type);

	/**
	 * Store how far this post-phase has got, after an item is done: the next attempt goes
	 * on from there. The cursor is what is needed for that, such as the id of the item.
	 * Cheap enough for each iteration of a loop.
	 * <p>
	 * In a transaction, the checkpoint counts when that is committed. The checkpoint of a
	 * durable post-phase is then part of the transaction, if that is one on the
	 * {@code DataSource} of its store. Otherwise it is written behind, at most every
	 * {@code early-response.durable.checkpoint-interval} (1 second), and before the next
	 * attempt at the latest: after a crash, the work of about that time is done again.
	 * <p>
	 * An attempt that fails after its checkpoint has moved on starts the retries anew: it
	 * counts as the first failure.
	 * @param cursor the cursor. That of a durable post-phase is written as JSON of at
	 * most 8 KB, and read back as the type of {@link #lastCheckpoint(Class)}
	 * @throws CancellationException when the cursor is stored and the post-phase
	 * {@linkplain #cancellationRequested() should stop}; in a transaction, after the
	 * commit. Also if a durable post-phase was taken over by another node; nothing is
	 * stored then, and the transaction is rolled back
	 * @throws IllegalArgumentException if the cursor cannot be written, or is too large
	 * @throws IllegalStateException if the checkpoint of a durable post-phase would be
	 * part of a transaction while another one that includes such a checkpoint is not
	 * completed, as with {@code REQUIRES_NEW}
	 */
	void checkpoint(Object cursor);

}
