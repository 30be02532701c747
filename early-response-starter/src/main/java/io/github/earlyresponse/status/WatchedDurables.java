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

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.earlyresponse.PostPhaseExecution;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The durable post-phases that are watched, as they were when they were last read: all of
 * them at once, however many watch them, and by a thread that keeps no stream waiting for
 * a database that does not answer.
 */
final class WatchedDurables {

	private static final Log logger = LogFactory.getLog(WatchedDurables.class);

	private final StatusStore store;

	/** Empty for those that were not found any more. */
	private final Map<String, Optional<PostPhaseExecution>> last = new ConcurrentHashMap<>();

	private final AtomicBoolean reading = new AtomicBoolean();

	private volatile boolean failed;

	WatchedDurables(StatusStore store) {
		this.store = store;
	}

	/**
	 * A post-phase is going to be watched.
	 */
	void add(PostPhaseExecution postPhase) {
		this.last.put(postPhase.id(), Optional.of(postPhase));
	}

	boolean contains(String id) {
		return this.last.containsKey(id);
	}

	/**
	 * A post-phase as it was read last.
	 * @return the post-phase, {@code null} if there is no such post-phase any more
	 */
	@Nullable PostPhaseExecution find(String id) {
		return this.last.computeIfAbsent(id, (unknown) -> Optional.ofNullable(this.store.find(unknown))).orElse(null);
	}

	/**
	 * Reads those that are still watched, unless that is going on.
	 * @param watched the ids of all that are watched, durable or not
	 * @param executor where to read them
	 */
	void read(Collection<String> watched, Executor executor) {
		this.last.keySet().retainAll(watched);
		if (this.last.isEmpty() || !this.reading.compareAndSet(false, true)) {
			return;
		}
		try {
			executor.execute(this::read);
		}
		catch (RejectedExecutionException ex) {
			this.reading.set(false);
		}
	}

	private void read() {
		try {
			Set<String> ids = new HashSet<>(this.last.keySet());
			Map<String, PostPhaseExecution> found = this.store.findDurable(ids);
			ids.forEach((id) -> this.last.replace(id, Optional.ofNullable(found.get(id))));
			this.failed = false;
		}
		catch (RuntimeException ex) {
			if (!this.failed) {
				logger.warn("Clients that watch durable post-phases hear nothing of them until these can be read again",
						ex);
			}
			this.failed = true;
		}
		finally {
			this.reading.set(false);
		}
	}

}
