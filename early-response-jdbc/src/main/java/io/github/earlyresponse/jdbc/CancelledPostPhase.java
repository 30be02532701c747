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

import java.time.Duration;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.Checkpoints;
import io.github.earlyresponse.engine.StoredPostPhase;
import org.jspecify.annotations.Nullable;

/**
 * A post-phase that was cancelled while no node was working on it. Its row is deleted
 * already, and it never runs.
 *
 * @param node the name of this node
 */
record CancelledPostPhase(String node) implements StoredPostPhase {

	@Override
	public void attach(PostPhaseExecution postPhase) {
	}

	@Override
	public PostPhaseWork work() {
		return new NoWork();
	}

	@Override
	public ContextCarrier.Context context() {
		return () -> () -> {
		};
	}

	@Override
	public @Nullable RequestSnapshot request() {
		return null;
	}

	@Override
	public Checkpoints checkpoints() {
		throw new IllegalStateException("A cancelled post-phase has no checkpoints");
	}

	@Override
	public boolean isCompleted() {
		return false;
	}

	@Override
	public void ended(PostPhaseOutcome outcome, AttemptCount attempts, @Nullable Throwable failure) {
	}

	@Override
	public void retry(AttemptCount attempts, Duration delay, Throwable failure) {
	}

	@Override
	public void handBack(boolean responseComplete) {
	}

	@Override
	public void enqueue() {
	}

	/**
	 * Work that never runs.
	 */
	private static final class NoWork implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) {
			throw new IllegalStateException("A cancelled post-phase does not run");
		}

	}

}
