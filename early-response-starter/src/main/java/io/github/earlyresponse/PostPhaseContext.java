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

import org.jspecify.annotations.Nullable;

/**
 * What a running post-phase can know and ask for. A parameter of a {@link PostPhase}
 * method or of a {@link PostPhaseTask}, and what {@link EarlyResponse#context()} returns.
 */
public interface PostPhaseContext {

	/**
	 * The id of this post-phase: unique, random, never the same for two of them.
	 * @return the id
	 */
	String id();

	/**
	 * The name of this post-phase.
	 * @return the name
	 */
	String name();

	/**
	 * What is known of the early response.
	 * @return the delivery
	 */
	Delivery delivery();

	/**
	 * Why the response was {@link Delivery#ABORTED}.
	 * @return the failure of the connection, {@code null} if none was seen
	 */
	@Nullable IOException deliveryFailure();

	/**
	 * A copy of the request as it was when the handler returned, or sent its response.
	 * @return the request
	 */
	RequestSnapshot request();

	/**
	 * Whether the post-phase should stop: it was cancelled, reached its time limit, or
	 * the application is shutting down and waits no longer. Its thread has been
	 * interrupted too, after a {@linkplain PostPhaseOperations#cancel(String, Duration)
	 * grace} if there is one; a loop that never blocks asks here.
	 * @return whether to stop
	 */
	boolean cancellationRequested();

	/**
	 * Begins the time limit anew: the post-phase has the given time from now on, whatever
	 * its limit was. Without effect once the limit was reached; once it is cancelled it
	 * can only shorten the time until it is interrupted.
	 * @param timeout the time from now on, zero for no limit
	 * @throws IllegalArgumentException if the duration is negative
	 */
	void restartTimeout(Duration timeout);

	/**
	 * Tells how far the post-phase is, for {@link PostPhaseExecution#progress()} and the
	 * client that follows it. Cheap enough for each turn of a loop: it only keeps the
	 * last one, and nobody is called.
	 * @param done how much is done, in whatever it counts
	 * @param total how much there is to do, {@code 0} if that is not known
	 * @param message what it is doing, for people, also for the client where that may
	 * follow it; {@code null} to say nothing. Longer ones are cut to 1000 characters, the
	 * last of which is an ellipsis then
	 * @throws IllegalArgumentException if a number is negative, or more is done than
	 * there is to do
	 */
	void progress(long done, long total, @Nullable String message);

	/**
	 * Tells how far the post-phase is, without a message.
	 * @param done how much is done, in whatever it counts
	 * @param total how much there is to do, {@code 0} if that is not known
	 * @throws IllegalArgumentException if a number is negative, or more is done than
	 * there is to do
	 * @see #progress(long, long, String)
	 */
	default void progress(long done, long total) {
		progress(done, total, null);
	}

}
