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

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded at a moment.
 *
 * @param results the post-phases that ended, in the order of their ends
 * @param rejected the names of those for which there was no room
 * @param offered by their ids, what those were offered that were replaced
 * @param deadLetters those that are dead letters now
 */
record Recording(List<PostPhaseResult> results, List<String> rejected, Map<String, List<@Nullable Object>> offered,
		List<DeadLetter> deadLetters) {

	/**
	 * What a post-phase was offered.
	 * @param result the post-phase
	 * @return the arguments, {@code null} if it was not replaced
	 */
	@Nullable List<@Nullable Object> offered(PostPhaseResult result) {
		return this.offered.get(result.postPhase().id());
	}

	List<PostPhaseResult> runs() {
		return this.results.stream().filter((result) -> result.postPhase().startedAt() != null).toList();
	}

	List<PostPhaseResult> runs(String name) {
		return runs().stream().filter((result) -> result.postPhase().name().equals(name)).toList();
	}

	Set<String> namesOfRuns() {
		return runs().stream()
			.map((result) -> result.postPhase().name())
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	boolean hasDeadLetter(String name) {
		return this.deadLetters.stream().anyMatch((deadLetter) -> deadLetter.name().equals(name));
	}

	/**
	 * A line for each.
	 */
	@Override
	public String toString() {
		if (this.results.isEmpty() && this.rejected.isEmpty() && this.deadLetters.isEmpty()) {
			return "There were no post-phases.";
		}
		return Stream
			.of(this.results.stream().map(this::line),
					this.rejected.stream().map((name) -> "\"" + name + "\": rejected"),
					this.deadLetters.stream().map(Recording::line))
			.flatMap(Function.identity())
			.collect(Collectors.joining("\n  ", "There were:\n  ", ""));
	}

	private static String line(DeadLetter deadLetter) {
		return "\"" + deadLetter.name() + "\": dead letter after attempt " + deadLetter.attempts() + ", "
				+ deadLetter.failure();
	}

	private String line(PostPhaseResult result) {
		StringBuilder line = new StringBuilder("\"").append(result.postPhase().name())
			.append("\": ")
			.append(result.outcome());
		if (result.postPhase().startedAt() == null) {
			line.append(", did not run");
		}
		line.append(", response ").append(result.postPhase().delivery());
		if (offered(result) != null) {
			line.append(", replaced, was offered ").append(offered(result));
		}
		if (result.failure() != null) {
			line.append(", threw ").append(result.failure());
		}
		return line.toString();
	}

}
