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
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

/**
 * Knows the post-phases that clients may ask for: those in flight, and for some time
 * those that have ended.
 */
public final class StatusStore implements PostPhaseListener {

	private final PostPhaseOperations operations;

	private final boolean showErrors;

	private final int keepAtMost;

	private final Cache<String, FinishedPostPhase> finished;

	/**
	 * The ids of those that have ended, in this order. Caffeine bounds by how often an
	 * entry is asked for, which would not keep the latest.
	 */
	private final Queue<String> ids = new ArrayDeque<>();

	/**
	 * Creates the store.
	 * @param settings how long and how many are kept
	 * @param operations the post-phases in flight
	 */
	public StatusStore(StatusSettings settings, PostPhaseOperations operations) {
		this.operations = operations;
		this.showErrors = settings.showErrors();
		this.keepAtMost = settings.keepAtMost();
		// On the caller, because it is short and the common pool is the application's
		this.finished = Caffeine.newBuilder().expireAfterWrite(settings.keepFor()).executor(Runnable::run).build();
	}

	@Override
	public void finished(PostPhaseResult result) {
		if (result.postPhase().durable()) {
			// Its engine keeps it, for all nodes
			return;
		}
		FinishedPostPhase postPhase = FinishedPostPhase.of(result, this.showErrors);
		// It is told before it leaves those in flight; what is not there was not
		// announced
		if (this.operations.find(postPhase.id()) != null) {
			keep(postPhase);
		}
	}

	private void keep(FinishedPostPhase postPhase) {
		this.finished.put(postPhase.id(), postPhase);
		synchronized (this.ids) {
			this.ids.add(postPhase.id());
			while (this.ids.size() > this.keepAtMost || isForgotten(this.ids.peek())) {
				this.finished.invalidate(this.ids.remove());
			}
		}
	}

	private boolean isForgotten(@Nullable String id) {
		return id != null && this.finished.getIfPresent(id) == null;
	}

	/**
	 * Finds a post-phase. What is durable is always the one that is stored, also on the
	 * node that works on it: clients that ask one node after the other see nothing go
	 * backwards.
	 * @throws StatusUnavailableException if what is stored cannot be read
	 */
	@Nullable PostPhaseExecution find(String id) {
		PostPhaseExecution found = findHere(id);
		if (found != null && !found.durable()) {
			return found;
		}
		PostPhaseExecution stored = findDurable(List.of(id)).get(id);
		if (stored != null) {
			return stored;
		}
		// Not stored before the commit, or not durable and ended in between
		return (found != null) ? found : this.finished.getIfPresent(id);
	}

	/**
	 * Finds a post-phase of this node.
	 */
	@Nullable PostPhaseExecution findHere(String id) {
		PostPhaseExecution ended = this.finished.getIfPresent(id);
		PostPhaseExecution found = (ended != null) ? ended : this.operations.find(id);
		// It may have ended in between, which is told before it leaves those in flight
		return (found != null) ? found : this.finished.getIfPresent(id);
	}

	/**
	 * Finds durable post-phases, all at once.
	 * @throws StatusUnavailableException if they cannot be read
	 */
	Map<String, PostPhaseExecution> findDurable(Collection<String> ids) {
		try {
			Map<String, PostPhaseExecution> found = new HashMap<>();
			this.operations.findDurable(ids).forEach((id, postPhase) -> found.put(id, status(postPhase)));
			return found;
		}
		catch (RuntimeException ex) {
			throw new StatusUnavailableException(ex);
		}
	}

	private PostPhaseExecution status(DurablePostPhase postPhase) {
		PostPhaseOutcome outcome = postPhase.outcome();
		return (outcome != null)
				? FinishedPostPhase.of(postPhase, outcome, (this.showErrors) ? postPhase.failure() : null) : postPhase;
	}

	/**
	 * Cancels a post-phase.
	 * @param id its id
	 * @param grace how long it may go on uninterrupted
	 * @throws StatusUnavailableException if it is stored and cannot be cancelled
	 */
	void cancel(String id, Duration grace) {
		try {
			this.operations.cancel(id, grace);
		}
		catch (RuntimeException ex) {
			throw new StatusUnavailableException(ex);
		}
	}

}
