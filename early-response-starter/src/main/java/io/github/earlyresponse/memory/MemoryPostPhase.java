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

package io.github.earlyresponse.memory;

import java.util.concurrent.Future;

import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import io.github.earlyresponse.run.Execution;
import org.jspecify.annotations.Nullable;

/**
 * A post-phase in memory, and how it gets to a thread.
 */
final class MemoryPostPhase {

	private final Execution execution;

	private volatile Route route;

	/**
	 * Guarded by the reservation until that has ended, when it does not change any more.
	 */
	private boolean recorded;

	private volatile @Nullable PreparedTask task;

	private volatile @Nullable Future<?> retryTimer;

	MemoryPostPhase(Execution execution, Route route) {
		this.execution = execution;
		this.route = route;
	}

	Execution execution() {
		return this.execution;
	}

	Route route() {
		return this.route;
	}

	/**
	 * It has a permit of its own from here on.
	 */
	void leaveCaller() {
		this.route = Route.EXECUTOR;
	}

	boolean isRecorded() {
		return this.recorded;
	}

	void recorded(boolean recorded) {
		this.recorded = recorded;
	}

	@Nullable PreparedTask task() {
		return this.task;
	}

	void task(@Nullable PreparedTask task) {
		this.task = task;
	}

	/**
	 * Keeps a timer, unless it has fired already and there may be another one.
	 */
	void retryTimer(Future<?> retryTimer) {
		if (!retryTimer.isDone()) {
			this.retryTimer = retryTimer;
		}
	}

	/**
	 * It has ended without running: neither a thread nor a timer has to wait for it.
	 */
	void cancelWaiting() {
		PreparedTask task = this.task;
		if (task != null) {
			task.cancel();
		}
		Future<?> retryTimer = this.retryTimer;
		if (retryTimer != null) {
			retryTimer.cancel(false);
		}
	}

	@Override
	public String toString() {
		return this.execution.toString();
	}

}
