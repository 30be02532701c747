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
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

	private final Map<String, List<@Nullable Object>> offered = new HashMap<>();

	private final List<PostPhaseResult> results = new ArrayList<>();

	private final List<String> rejected = new ArrayList<>();

	@Override
	public synchronized void accepted(PostPhaseExecution postPhase) {
		this.accepted.add(postPhase.id());
	}

	@Override
	public synchronized void rejected(String name) {
		this.rejected.add(name);
	}

	@Override
	public synchronized void finished(PostPhaseResult result) {
		if (this.accepted.remove(result.postPhase().id())) {
			this.results.add(result);
		}
	}

	/**
	 * A post-phase that was replaced has run.
	 */
	synchronized void offered(String id, @Nullable Object[] arguments) {
		if (this.accepted.contains(id)) {
			this.offered.put(id, Collections.unmodifiableList(Arrays.asList(arguments)));
		}
	}

	synchronized Recording recording() {
		return new Recording(List.copyOf(this.results), List.copyOf(this.rejected), Map.copyOf(this.offered));
	}

	synchronized void reset() {
		this.accepted.clear();
		this.offered.clear();
		this.results.clear();
		this.rejected.clear();
	}

}
