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

import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.run.PostPhaseRunner;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests, and accepts their post-phases.
 */
class Admission {

	private final MemoryEngineSettings settings;

	private final PostPhaseRunner runner;

	private final Ledger ledger;

	private final Lifecycle lifecycle;

	private final @Nullable PostPhaseStore store;

	Admission(MemoryEngineSettings settings, PostPhaseRunner runner, Ledger ledger, Lifecycle lifecycle,
			@Nullable PostPhaseStore store) {
		this.settings = settings;
		this.runner = runner;
		this.ledger = ledger;
		this.lifecycle = lifecycle;
		this.store = store;
	}

	/**
	 * Acquires the permits for a request.
	 * @param request the request
	 * @return the route of its post-phases. Those that are not durable never take that
	 * through the store
	 * @throws PostPhaseRejectedException if there are not enough permits
	 */
	Route admit(ReservationRequest request) {
		boolean running = this.lifecycle.isRunning();
		if (running && this.ledger.acquire(request.total())) {
			return Route.EXECUTOR;
		}
		if (running && this.settings.whenSaturated() == WhenSaturated.CALLER_RUNS) {
			return Route.CALLER;
		}
		if (running && enqueues(request)) {
			return Route.STORE;
		}
		if (request.names().isEmpty()) {
			this.runner.rejected(request.handler());
		}
		request.names().forEach(this.runner::rejected);
		throw rejection();
	}

	/**
	 * Acquires permits for those post-phases that cannot wait in the store, if the others
	 * can.
	 */
	private boolean enqueues(ReservationRequest request) {
		int durable = request.durable().size();
		int others = request.names().size() - durable;
		if (this.settings.whenSaturated() != WhenSaturated.ENQUEUE || durable == 0 || !this.ledger.acquire(others)) {
			return false;
		}
		boolean enqueues = canEnqueue(durable);
		if (!enqueues) {
			this.ledger.release(others);
		}
		return enqueues;
	}

	private boolean canEnqueue(int number) {
		return this.store != null && this.store.canEnqueue(number);
	}

	/**
	 * Acquires one more permit for a request that was admitted before.
	 * @param name the name of the post-phase
	 * @param durable whether it can wait in the store
	 * @return its route
	 * @throws PostPhaseRejectedException if there is no permit
	 */
	Route admitOneMore(String name, boolean durable) {
		if (this.ledger.acquire(1)) {
			return Route.EXECUTOR;
		}
		if (this.settings.whenSaturated() == WhenSaturated.CALLER_RUNS) {
			return Route.CALLER;
		}
		if (durable && this.settings.whenSaturated() == WhenSaturated.ENQUEUE && canEnqueue(1)) {
			return Route.STORE;
		}
		this.runner.rejected(name);
		throw rejection();
	}

	private PostPhaseRejectedException rejection() {
		return new PostPhaseRejectedException("There is no capacity for further work at the moment.",
				this.settings.retryAfter());
	}

	MemoryPostPhase accept(String name, @Nullable String owner, Route route) {
		MemoryPostPhase postPhase = this.ledger.add(name, owner, route);
		this.runner.accepted(postPhase.execution());
		return postPhase;
	}

	void release(int permits) {
		this.ledger.release(permits);
	}

}
