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

package io.github.earlyresponse.run;

import java.time.Duration;
import java.time.Instant;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Execution} as the application sees it, which cannot be cast to anything that
 * changes it. It refers to the execution rather than copying it, because the id is only
 * made for those who ask for it.
 */
final class ExecutionView implements PostPhaseExecution {

	private final Execution execution;

	ExecutionView(Execution execution) {
		this.execution = execution;
	}

	@Override
	public String id() {
		return this.execution.id();
	}

	@Override
	public String name() {
		return this.execution.name();
	}

	@Override
	public State state() {
		return this.execution.state();
	}

	@Override
	public Instant acceptedAt() {
		return this.execution.acceptedAt();
	}

	@Override
	public @Nullable Instant respondedAt() {
		return this.execution.respondedAt();
	}

	@Override
	public @Nullable Instant startedAt() {
		return this.execution.startedAt();
	}

	@Override
	public @Nullable Instant finishedAt() {
		return this.execution.finishedAt();
	}

	@Override
	public int attempt() {
		return this.execution.attempt();
	}

	@Override
	public @Nullable Instant nextAttemptAt() {
		return this.execution.nextAttemptAt();
	}

	@Override
	public @Nullable Duration timeLimit() {
		return this.execution.timeLimit();
	}

	@Override
	public Delivery delivery() {
		return this.execution.delivery();
	}

	@Override
	public @Nullable PostPhaseProgress progress() {
		return this.execution.progress();
	}

	@Override
	public @Nullable String owner() {
		return this.execution.owner();
	}

	@Override
	public @Nullable PostPhaseOutcome outcome() {
		return this.execution.outcome();
	}

	@Override
	public boolean durable() {
		return this.execution.durable();
	}

	@Override
	public @Nullable String node() {
		return this.execution.node();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof ExecutionView view && this.execution == view.execution;
	}

	@Override
	public int hashCode() {
		return this.execution.hashCode();
	}

	@Override
	public String toString() {
		return this.execution.toString();
	}

}
