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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what became of the post-phases that were accepted or rejected since the last
 * reset.
 */
class PostPhaseRecorder implements PostPhaseListener {

	private final Set<String> accepted = new HashSet<>();

	private final Map<String, PostPhaseExecution> pending = new LinkedHashMap<>();

	private final Map<String, List<@Nullable Object>> offered = new HashMap<>();

	private final List<PostPhaseResult> results = new ArrayList<>();

	private final List<String> rejected = new ArrayList<>();

	@Override
	public synchronized void accepted(PostPhaseExecution postPhase) {
		this.accepted.add(postPhase.id());
		this.pending.put(postPhase.id(), postPhase);
	}

	@Override
	public synchronized void rejected(String name) {
		this.rejected.add(name);
	}

	@Override
	public synchronized void finished(PostPhaseResult result) {
		if (this.accepted.contains(result.postPhase().id())) {
			this.results.add(result);
			this.pending.remove(result.postPhase().id());
			notifyAll();
		}
	}

	/**
	 * Waits until each post-phase that was accepted has ended.
	 * @param nanos how long
	 * @return those that have not, in the order of their acceptance
	 */
	synchronized Collection<PostPhaseExecution> awaitPending(long nanos) throws InterruptedException {
		long deadline = System.nanoTime() + nanos;
		for (long left = nanos; left > 0 && !this.pending.isEmpty(); left = deadline - System.nanoTime()) {
			TimeUnit.NANOSECONDS.timedWait(this, left);
		}
		return List.copyOf(this.pending.values());
	}

	/**
	 * Post-phases that end nowhere, because their processes have died of them.
	 */
	synchronized void dead(Set<String> ids) {
		this.pending.keySet().removeAll(ids);
	}

	/**
	 * A post-phase that was replaced has run.
	 */
	synchronized void offered(String id, @Nullable Object[] arguments) {
		if (this.accepted.contains(id)) {
			this.offered.put(id, Collections.unmodifiableList(Arrays.asList(arguments)));
		}
	}

	/**
	 * What was recorded so far.
	 * @param deadLetters the dead letters there are, also of others
	 */
	synchronized Recording recording(List<DeadLetter> deadLetters) {
		return new Recording(List.copyOf(this.results), List.copyOf(this.rejected), Map.copyOf(this.offered),
				deadLetters.stream().filter((deadLetter) -> this.accepted.contains(deadLetter.id())).toList());
	}

	synchronized void reset() {
		this.accepted.clear();
		this.pending.clear();
		this.offered.clear();
		this.results.clear();
		this.rejected.clear();
	}

}
