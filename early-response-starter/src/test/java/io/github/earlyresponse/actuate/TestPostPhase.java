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

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.PostPhaseResult;

/**
 * A post-phase that is where it is said to be.
 */
record TestPostPhase(String id, State state, Instant acceptedAt) implements PostPhaseExecution {

	TestPostPhase(String id) {
		this(id, State.FINISHED, Instant.now());
	}

	@Override
	public String name() {
		return "pack";
	}

	@Override
	public Instant respondedAt() {
		return null;
	}

	@Override
	public Instant startedAt() {
		return null;
	}

	@Override
	public Instant finishedAt() {
		return (this.state == State.FINISHED) ? Instant.now() : null;
	}

	@Override
	public int attempt() {
		return 1;
	}

	@Override
	public Instant nextAttemptAt() {
		return null;
	}

	@Override
	public Duration timeLimit() {
		return null;
	}

	@Override
	public PostPhaseProgress progress() {
		return null;
	}

	@Override
	public String owner() {
		return null;
	}

	@Override
	public Delivery delivery() {
		return Delivery.SENT;
	}

	PostPhaseResult ended(PostPhaseOutcome outcome, Throwable failure) {
		return new PostPhaseResult(this, outcome, Duration.ofSeconds(2), failure);
	}

	@Override
	public PostPhaseOutcome outcome() {
		return null;
	}

	@Override
	public boolean durable() {
		return false;
	}

	@Override
	public String node() {
		return null;
	}

}
