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

import java.util.HashSet;
import java.util.Map;
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

	/** With how many streams watch each. */
	private final Map<String, Watched> watched = new ConcurrentHashMap<>();

	private final AtomicBoolean reading = new AtomicBoolean();

	private volatile boolean failed;

	WatchedDurables(StatusStore store) {
		this.store = store;
	}

	/**
	 * A stream watches a post-phase.
	 */
	void add(PostPhaseExecution postPhase) {
		this.watched.merge(postPhase.id(), new Watched(postPhase, 1),
				(before, added) -> new Watched(postPhase, before.streams() + 1));
	}

	/**
	 * A stream watches it no more.
	 */
	void remove(String id) {
		this.watched.computeIfPresent(id,
				(same, watched) -> (watched.streams() > 1) ? new Watched(watched.last(), watched.streams() - 1) : null);
	}

	boolean contains(String id) {
		return this.watched.containsKey(id);
	}

	/**
	 * A post-phase as it was read last.
	 * @return the post-phase, {@code null} if there is no such post-phase any more, or
	 * nobody watches it
	 */
	@Nullable PostPhaseExecution find(String id) {
		Watched watched = this.watched.get(id);
		return (watched != null) ? watched.last() : null;
	}

	/**
	 * Reads those that are watched, unless that is going on.
	 * @param executor where to read them
	 */
	void read(Executor executor) {
		if (this.watched.isEmpty() || !this.reading.compareAndSet(false, true)) {
			return;
		}
		try {
			executor.execute(this::read);
		}
		catch (RejectedExecutionException ex) {
			this.reading.set(false);
		}
	}

	/**
	 * Whatever was going on before a stop goes on no more.
	 */
	void restart() {
		this.reading.set(false);
	}

	private void read() {
		try {
			Set<String> ids = new HashSet<>(this.watched.keySet());
			Map<String, PostPhaseExecution> found = this.store.findDurable(ids);
			ids.forEach((id) -> this.watched.computeIfPresent(id,
					(same, watched) -> new Watched(found.get(id), watched.streams())));
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

	/**
	 * A post-phase that is watched.
	 *
	 * @param last the post-phase as it was read last, {@code null} if it was not there
	 * @param streams how many streams watch it
	 */
	private record Watched(@Nullable PostPhaseExecution last, int streams) {

	}

}
