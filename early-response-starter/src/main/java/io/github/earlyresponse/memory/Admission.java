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
	 * @return the route of its post-phases, and of those that are added. Those of which
	 * {@link #route} knows another one never take it
	 * @throws PostPhaseRejectedException if there are not enough permits
	 */
	Route admit(ReservationRequest request) {
		int leftToOthers = leftToOthers(request);
		if (this.lifecycle.isRunning() && (leftToOthers == 0 || this.ledger.acquireOfStore(leftToOthers))) {
			Route route = admitHere(request, leftToOthers);
			if (route != null) {
				return route;
			}
			this.ledger.release(Route.STORE, leftToOthers);
		}
		if (request.names().isEmpty()) {
			this.runner.rejected(request.handler());
		}
		request.names().forEach(this.runner::rejected);
		throw rejection();
	}

	private int leftToOthers(ReservationRequest request) {
		if (request.durable().isEmpty()) {
			return 0;
		}
		int leftToOthers = 0;
		for (String name : request.names()) {
			leftToOthers += (isLeftToOthers(name, request)) ? 1 : 0;
		}
		return leftToOthers;
	}

	private boolean isLeftToOthers(String name, ReservationRequest request) {
		return request.durable().contains(name) && this.ledger.isLeftToOthers(name);
	}

	private @Nullable Route admitHere(ReservationRequest request, int leftToOthers) {
		if (this.ledger.acquire(request.total() - leftToOthers)) {
			return Route.EXECUTOR;
		}
		if (this.settings.whenSaturated() == WhenSaturated.CALLER_RUNS) {
			return Route.CALLER;
		}
		return (enqueues(request, leftToOthers)) ? Route.STORE : null;
	}

	/**
	 * Acquires permits for those post-phases that cannot wait in the store, and permits
	 * of the store for the others. Those that are added at run time may be durable.
	 */
	private boolean enqueues(ReservationRequest request, int leftToOthers) {
		int durable = (int) request.names().stream().filter(request.durable()::contains).count();
		int enqueued = durable - leftToOthers + request.spare();
		int others = request.names().size() - durable;
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
	 * The route of a post-phase of a request.
	 * @param name its name
	 * @param request the request
	 * @param admitted the route by which the request was admitted
	 * @return the route, for which it has a permit
	 */
	Route route(String name, ReservationRequest request, Route admitted) {
		if (isLeftToOthers(name, request)) {
			return Route.STORE;
		}
		return (admitted == Route.STORE && !request.durable().contains(name)) ? Route.EXECUTOR : admitted;
	}

	/**
	 * Whether a post-phase that is added can use a permit of a route.
	 * @param name its name
	 * @param durable whether it can wait in the store
	 * @param route the route
	 */
	boolean canTake(String name, boolean durable, Route route) {
		return (route == Route.STORE) ? durable : !durable || !this.ledger.isLeftToOthers(name);
	}

	/**
	 * Acquires one more permit for a request that was admitted before.
	 * @param name the name of the post-phase
	 * @param durable whether it can wait in the store
	 * @return its route
	 * @throws PostPhaseRejectedException if there is no permit
	 */
	Route admitOneMore(String name, boolean durable) {
		boolean leftToOthers = durable && this.ledger.isLeftToOthers(name);
		if (!leftToOthers && this.ledger.acquire(1)) {
			return Route.EXECUTOR;
		}
		if (!leftToOthers && this.settings.whenSaturated() == WhenSaturated.CALLER_RUNS) {
			return Route.CALLER;
		}
		boolean enqueues = leftToOthers || (durable && this.settings.whenSaturated() == WhenSaturated.ENQUEUE);
		if (enqueues && this.ledger.acquireOfStore(1)) {
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
