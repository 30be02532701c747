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
	 * interrupted too; a loop that never blocks asks here.
	 * @return whether to stop
	 */
	boolean cancellationRequested();

	/**
	 * Begins the time limit anew: the post-phase has the given time from now on, whatever
	 * its limit was. Without effect once the limit was reached.
	 * @param timeout the time from now on, zero for no limit
	 * @throws IllegalArgumentException if the duration is negative
	 */
	void restartTimeout(Duration timeout);

}
