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

	Admission(MemoryEngineSettings settings, PostPhaseRunner runner, Ledger ledger, Lifecycle lifecycle) {
		this.settings = settings;
		this.runner = runner;
		this.ledger = ledger;
		this.lifecycle = lifecycle;
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
	 * Acquires permits for those post-phases that cannot wait in the store, and permits
	 * of the store for the others. Those that are added at run time may be durable.
	 */
	private boolean enqueues(ReservationRequest request) {
		int enqueued = request.durable().size() + request.spare();
		int others = request.total() - enqueued;
		if (this.settings.whenSaturated() != WhenSaturated.ENQUEUE || enqueued == 0 || !this.ledger.acquire(others)) {
			return false;
		}
		boolean enqueues = this.ledger.acquireOfStore(enqueued);
		if (!enqueues) {
			this.ledger.release(Route.EXECUTOR, others);
		}
		return enqueues;
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
		if (durable && this.settings.whenSaturated() == WhenSaturated.ENQUEUE && this.ledger.acquireOfStore(1)) {
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

	void release(Route route, int permits) {
		this.ledger.release(route, permits);
	}

}
