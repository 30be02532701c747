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
 * A durable post-phase as it was stored at one moment, whichever node works on it. Its
 * node stores what it knows of one that runs at most every
 * {@code early-response.durable.progress-interval}, if
 * {@code early-response.status.enabled} is {@code true}. Without that, one that has a
 * node is {@link State#RUNNING}, and what only that node knows is {@code null}.
 *
 * @param id its id
 * @param name its name
 * @param state its state, never {@link State#ACCEPTED}
 * @param owner the name of the user of the request, if it was determined
 * @param acceptedAt when it was accepted
 * @param respondedAt when its response was complete
 * @param startedAt when its first attempt started
 * @param finishedAt when it ended, {@code null} before the end
 * @param attempt the number of the current or last attempt, {@code 0} before the first
 * @param nextAttemptAt when the next attempt is due, {@code null} if it is not waiting
 * for one
 * @param delivery what is known about the delivery of the early response
 * @param progress the progress that it reported
 * @param outcome how it ended, {@code null} before the end. A dead letter is
 * {@link PostPhaseOutcome#FAILED} or {@link PostPhaseOutcome#TIMED_OUT}
 * @param failure a description of the last failure, {@code null} if there was none
 * @param node the name of the node that works on it, {@code null} if none does
 * @see PostPhaseOperations#findDurable(String)
 */
public record DurablePostPhase(String id, String name, State state, @Nullable String owner, Instant acceptedAt,
		@Nullable Instant respondedAt, @Nullable Instant startedAt, @Nullable Instant finishedAt, int attempt,
		@Nullable Instant nextAttemptAt, Delivery delivery, @Nullable PostPhaseProgress progress,
		@Nullable PostPhaseOutcome outcome, @Nullable String failure,
		@Nullable String node) implements PostPhaseExecution {

	@Override
	public boolean durable() {
		return true;
	}

	@Override
	public @Nullable Duration timeLimit() {
		return null;
	}

}
