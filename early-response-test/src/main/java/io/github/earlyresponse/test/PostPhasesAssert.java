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

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.earlyresponse.PostPhaseResult;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about {@link PostPhases}. Each waits up to 10 seconds until all post-phases
 * have ended, and fails if one has not.
 * <p>
 * A post-phase ran if it was started, however it ended. It did not run if it was
 * rejected, or accepted but skipped, cancelled or abandoned before it was started.
 */
public final class PostPhasesAssert extends AbstractAssert<PostPhasesAssert, PostPhases> {

	PostPhasesAssert(PostPhases postPhases) {
		super(postPhases, PostPhasesAssert.class);
	}

	/**
	 * Verify that a post-phase ran at least once.
	 * @param name the name of the post-phase
	 * @return assertions about all its runs
	 */
	public PostPhaseRunsAssert ran(String name) {
		Recording recording = recordingOnceIdle();
		List<PostPhaseResult> runs = recording.runs(name);
		check(!runs.isEmpty(), "Expecting post-phase \"" + name + "\" to have run.", recording);
		return new PostPhaseRunsAssert(name, runs, recording).as(descriptionText());
	}

	/**
	 * Verify that a post-phase did not run.
	 * @param name the name of the post-phase
	 * @return this assertion
	 */
	public PostPhasesAssert didNotRun(String name) {
		Recording recording = recordingOnceIdle();
		return check(recording.runs(name).isEmpty(), "Expecting post-phase \"" + name + "\" not to have run.",
				recording);
	}

	/**
	 * Verify that all of the given post-phases ran, each at least once and in any order,
	 * and no others.
	 * @param names the names of the post-phases
	 * @return this assertion
	 */
	public PostPhasesAssert ranOnly(String... names) {
		Set<String> expected = new LinkedHashSet<>(Arrays.asList(names));
		Recording recording = recordingOnceIdle();
		return check(recording.namesOfRuns().equals(expected), "Expecting only post-phases " + quoted(expected)
				+ " to have run, but " + quoted(recording.namesOfRuns()) + " did.", recording);
	}

	/**
	 * Verify that no post-phase ran.
	 * @return this assertion
	 */
	public PostPhasesAssert ranNothing() {
		Recording recording = recordingOnceIdle();
		return check(recording.runs().isEmpty(), "Expecting no post-phase to have run.", recording);
	}

	/**
	 * Verify that a post-phase was rejected at least once.
	 * @param name the name of the post-phase; for a handler without names, the name of
	 * its method
	 * @return this assertion
	 */
	public PostPhasesAssert rejected(String name) {
		Recording recording = recordingOnceIdle();
		return check(recording.rejected().contains(name), "Expecting post-phase \"" + name + "\" to be rejected.",
				recording);
	}

	/**
	 * Verify that a durable post-phase became a dead letter at least once, and still is
	 * one.
	 * @param name the name of the post-phase
	 * @return this assertion
	 */
	public PostPhasesAssert deadLettered(String name) {
		recordingOnceIdle();
		Recording recording = this.actual.awaitDeadLetter(name);
		return check(recording.hasDeadLetter(name), "Expecting post-phase \"" + name + "\" to be a dead letter.",
				recording);
	}

	private Recording recordingOnceIdle() {
		isNotNull();
		this.actual.awaitIdle();
		return this.actual.recording();
	}

	private PostPhasesAssert check(boolean fulfilled, String expectation, Recording recording) {
		if (!fulfilled) {
			throw failure("%s%n%s", expectation, recording);
		}
		return this;
	}

	private static String quoted(Set<String> names) {
		return names.stream().map((name) -> "\"" + name + "\"").collect(Collectors.joining(", ", "[", "]"));
	}

}
