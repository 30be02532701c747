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
 * An accepted post-phase, as seen by listeners and operators. The values are live.
 *
 * @see PostPhaseListener
 * @see PostPhaseOperations#inFlight()
 */
public interface PostPhaseExecution {

	/**
	 * Return the id, which is random and unique.
	 * @return the id
	 */
	String id();

	/**
	 * Return the name of the post-phase.
	 * @return the name
	 */
	String name();

	/**
	 * Return the current state.
	 * @return the state
	 */
	State state();

	/**
	 * Return when the post-phase was accepted: before the handler ran, or when an
	 * {@link AfterResponse} added it.
	 * @return the time of admission
	 */
	Instant acceptedAt();

	/**
	 * Return when the response was complete and the post-phase began to wait for a
	 * thread.
	 * @return the time of the response, or {@code null} before it and after the
	 * post-phase was {@linkplain PostPhaseListener#takenOver taken over}
	 */
	@Nullable Instant respondedAt();

	/**
	 * Return when the first attempt started.
	 * @return the start time, or {@code null} before the start
	 */
	@Nullable Instant startedAt();

	/**
	 * Return when the post-phase ended, whether or not it started.
	 * @return the end time, or {@code null} before the end
	 */
	@Nullable Instant finishedAt();

	/**
	 * Return the number of the current or, between two attempts and after the end, of the
	 * last attempt.
	 * @return the number of attempts that have been started, {@code 0} before the start
	 * @see Retry
	 */
	int attempt();

	/**
	 * Return when the next attempt is due.
	 * @return the time of the next attempt, or {@code null} if the post-phase is not
	 * waiting for one
	 */
	@Nullable Instant nextAttemptAt();

	/**
	 * Return the time limit of the running attempt.
	 * @return the time limit, counted from the start of the attempt or from the last
	 * {@linkplain PostPhaseContext#restartTimeout restart}; {@code null} if there is
	 * none, or if no attempt is running
	 */
	@Nullable Duration timeLimit();

	/**
	 * Return what is known about the delivery of the early response.
	 * @return the delivery, {@link Delivery#NOT_SENT} before the response
	 */
	Delivery delivery();

	/**
	 * Return the progress that the post-phase last reported.
	 * @return the last {@linkplain PostPhaseContext#progress(long, long, String)
	 * progress}, or {@code null} if none was reported
	 */
	@Nullable PostPhaseProgress progress();

	/**
	 * Return the user of the request. Only determined if
	 * {@code early-response.status.enabled} is {@code true}.
	 * @return the name of the principal when the request was accepted, or {@code null} if
	 * it had none or was not determined
	 */
	@Nullable String owner();

	/**
	 * Return how the post-phase ended.
	 * @return the outcome, or {@code null} before the end
	 */
	@Nullable PostPhaseOutcome outcome();

	/**
	 * Return whether the post-phase is durable, which it is from the time on at which it
	 * was stored.
	 * @return {@code true} if it is stored, {@code false} if it is in memory only
	 * @see PostPhase#durable()
	 */
	boolean durable();

	/**
	 * Return the node that works on a durable post-phase.
	 * @return the name of the node, which is that of its host, followed by the number of
	 * its process and a random suffix; {@code null} if no node works on it, or it is in
	 * memory only
	 */
	@Nullable String node();

	/**
	 * State of a post-phase.
	 */
	enum State {

		/**
		 * The post-phase is accepted; the response is not complete yet.
		 */
		ACCEPTED,

		/**
		 * The response is complete; the post-phase is waiting for a thread.
		 */
		QUEUED,

		/**
		 * The post-phase is running.
		 */
		RUNNING,

		/**
		 * An attempt failed; the post-phase is waiting for the time of the next one.
		 */
		WAITING,

		/**
		 * The post-phase has its outcome.
		 */
		FINISHED

	}

}
