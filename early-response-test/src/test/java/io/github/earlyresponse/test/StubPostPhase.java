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

package io.github.earlyresponse.test;

import java.time.Duration;
import java.time.Instant;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;

/**
 * A post-phase that nothing runs.
 */
record StubPostPhase(String id, String name, State state, Instant startedAt,
		Delivery delivery) implements PostPhaseExecution {

	static StubPostPhase started(String id, String name) {
		return new StubPostPhase(id, name, State.RUNNING, Instant.EPOCH, Delivery.SENT);
	}

	static StubPostPhase notStarted(String id, String name) {
		return new StubPostPhase(id, name, State.ACCEPTED, null, Delivery.NOT_SENT);
	}

	@Override
	public Instant acceptedAt() {
		return Instant.EPOCH;
	}

	@Override
	public Instant respondedAt() {
		return this.startedAt;
	}

	@Override
	public Instant finishedAt() {
		return null;
	}

	@Override
	public int attempt() {
		return (this.startedAt != null) ? 1 : 0;
	}

	@Override
	public Instant nextAttemptAt() {
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
	public Duration timeLimit() {
		return null;
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
