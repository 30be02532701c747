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

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * One accepted post-phase, as listeners and operators see it. The values are live.
 *
 * @see PostPhaseListener
 * @see PostPhaseOperations#inFlight()
 */
public interface PostPhaseExecution {

	/**
	 * The id: unique, random, never the same for two of them.
	 * @return the id
	 */
	String id();

	/**
	 * The name of the post-phase.
	 * @return the name
	 */
	String name();

	/**
	 * Where it is on its way.
	 * @return the state
	 */
	State state();

	/**
	 * When room was reserved for it, before the handler ran.
	 * @return the time of admission
	 */
	Instant acceptedAt();

	/**
	 * When its response was complete, so that it began to wait for a thread.
	 * @return the time of the response, {@code null} before it
	 */
	@Nullable Instant respondedAt();

	/**
	 * When it began to run.
	 * @return the time of its start, {@code null} before it
	 */
	@Nullable Instant startedAt();

	/**
	 * The time limit that it runs under.
	 * @return the time limit, counted from its start or from its last
	 * {@linkplain PostPhaseContext#restartTimeout restart}; {@code null} if it has none,
	 * and before it runs
	 */
	@Nullable Duration timeLimit();

	/**
	 * What is known of the early response.
	 * @return the delivery, {@link Delivery#NOT_SENT} before the response
	 */
	Delivery delivery();

	/**
	 * How far it says it is.
	 * @return the last {@linkplain PostPhaseContext#progress(long, long, String)
	 * progress}, {@code null} if it has not told any
	 */
	@Nullable PostPhaseProgress progress();

	/**
	 * The user whose request it is. Asked for only where
	 * {@code early-response.status.enabled} is {@code true}.
	 * @return the name of the principal of the request when it was accepted, {@code null}
	 * if it had none or was not asked
	 */
	@Nullable String owner();

	/**
	 * Where a post-phase is on its way.
	 */
	enum State {

		/**
		 * Room is reserved; the response is not complete yet.
		 */
		ACCEPTED,

		/**
		 * The response is complete; it waits for a thread.
		 */
		QUEUED,

		/**
		 * It runs.
		 */
		RUNNING,

		/**
		 * It has its outcome.
		 */
		FINISHED

	}

}
