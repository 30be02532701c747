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

package io.github.earlyresponse.status;

import java.time.Duration;
import java.time.Instant;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a post-phase that has ended: values that refer to nothing else, neither
 * its arguments nor its request.
 */
record FinishedPostPhase(String id, String name, Instant acceptedAt, @Nullable Instant respondedAt,
		@Nullable Instant startedAt, @Nullable Instant finishedAt, int attempt, Delivery delivery,
		@Nullable PostPhaseProgress progress, @Nullable String owner, boolean durable, PostPhaseOutcome outcome,
		@Nullable String failure) implements PostPhaseExecution {

	static FinishedPostPhase of(PostPhaseResult result, boolean showErrors) {
		return of(result.postPhase(), result.outcome(), (showErrors) ? result.failureMessage() : null);
	}

	static FinishedPostPhase of(PostPhaseExecution postPhase, PostPhaseOutcome outcome, @Nullable String failure) {
		return new FinishedPostPhase(postPhase.id(), postPhase.name(), postPhase.acceptedAt(), postPhase.respondedAt(),
				postPhase.startedAt(), postPhase.finishedAt(), postPhase.attempt(), postPhase.delivery(),
				postPhase.progress(), postPhase.owner(), postPhase.durable(), outcome, failure);
	}

	@Override
	public State state() {
		return State.FINISHED;
	}

	@Override
	public @Nullable String node() {
		return null;
	}

	@Override
	public @Nullable Instant nextAttemptAt() {
		return null;
	}

	@Override
	public @Nullable Duration timeLimit() {
		return null;
	}

}
