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

package io.github.earlyresponse.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of a durable post-phase of any node.
 *
 * @param id its id
 * @param name its name
 * @param state its {@linkplain io.github.earlyresponse.DurableQuery.State state} in lower
 * case, or {@code finished} if it has ended and is no dead letter
 * @param node the node that works on it
 * @param owner the name of the user of the request, if it was determined
 * @param acceptedAt when it was accepted
 * @param age the time since then
 * @param startedAt when its first attempt started, if that is stored
 * @param attempt the number of the current or last attempt
 * @param nextAttemptAt when the next attempt is due
 * @param progress the progress that was stored last
 * @param outcome the outcome in lower case, once it has ended
 * @param failure a description of the last failure
 */
public record DurableDescriptor(String id, String name, String state, @Nullable String node, @Nullable String owner,
		Instant acceptedAt, Duration age, @Nullable Instant startedAt, int attempt, @Nullable Instant nextAttemptAt,
		@Nullable PostPhaseProgress progress, @Nullable String outcome,
		@Nullable String failure) implements OperationResponseBody {

	static DurableDescriptor of(DurablePostPhase postPhase, Instant now) {
		PostPhaseOutcome outcome = postPhase.outcome();
		return new DurableDescriptor(postPhase.id(), postPhase.name(), state(postPhase), postPhase.node(),
				postPhase.owner(), postPhase.acceptedAt(), Duration.between(postPhase.acceptedAt(), now),
				postPhase.startedAt(), postPhase.attempt(), postPhase.nextAttemptAt(), postPhase.progress(),
				(outcome != null) ? value(outcome) : null, postPhase.failure());
	}

	private static String state(DurablePostPhase postPhase) {
		if (postPhase.node() != null) {
			return value(DurableQuery.State.LEASED);
		}
		if (postPhase.outcome() == PostPhaseOutcome.FAILED || postPhase.outcome() == PostPhaseOutcome.TIMED_OUT) {
			return value(DurableQuery.State.DEAD);
		}
		return (postPhase.outcome() != null) ? value(State.FINISHED)
				: value((postPhase.state() == State.WAITING) ? DurableQuery.State.WAITING : DurableQuery.State.DUE);
	}

	private static String value(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

}
