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

import java.time.Instant;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a post-phase that has ended.
 *
 * @param id its id
 * @param name its name
 * @param owner the name of the user
 * @param acceptedAt when it was accepted
 * @param respondedAt when its response was complete
 * @param startedAt when its first attempt started
 * @param finishedAt when it ended
 * @param attempt the number of attempts
 * @param delivery what became of the response
 * @param progress the progress that it has reported
 * @param outcome how it ended
 * @param failure the message of its failure
 */
record FinishedStatus(String id, String name, @Nullable String owner, Instant acceptedAt, @Nullable Instant respondedAt,
		@Nullable Instant startedAt, Instant finishedAt, int attempt, Delivery delivery,
		@Nullable PostPhaseProgress progress, PostPhaseOutcome outcome, @Nullable String failure) {

	static FinishedStatus of(PostPhaseExecution postPhase, PostPhaseOutcome outcome, @Nullable String failure) {
		return new FinishedStatus(postPhase.id(), postPhase.name(), postPhase.owner(), postPhase.acceptedAt(),
				postPhase.respondedAt(), postPhase.startedAt(), Instant.now(), postPhase.attempt(),
				postPhase.delivery(), postPhase.progress(), outcome, failure);
	}

	/**
	 * This one, with what is known about its first attempt.
	 * @param first what was stored while it ran, if there is anything
	 */
	FinishedStatus with(@Nullable RunningStatus first) {
		if (first == null) {
			return this;
		}
		return new FinishedStatus(this.id, this.name, this.owner, this.acceptedAt, first.respondedAt(),
				(first.startedAt() != null) ? first.startedAt() : this.startedAt, this.finishedAt,
				Math.max(this.attempt, first.attempt()), first.delivery(),
				(this.progress != null) ? this.progress : first.progress(), this.outcome, this.failure);
	}

}
