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

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseResult;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * The post-phases of the current test, to be injected into it. Waits for post-phases and
 * supports assertions about them, as in
 * {@code assertThat(postPhases).ran("pack-export").withOutcome(COMPLETED)}.
 * <p>
 * After each test method, post-phases in flight are awaited. Before the next test method,
 * recorded post-phases are cleared.
 *
 * @see AutoConfigurePostPhases
 */
public final class PostPhases implements AssertProvider<PostPhasesAssert> {

	private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

	private final PostPhaseRecorder recorder;

	private final @Nullable PostPhaseOperations operations;

	/**
	 * Create the post-phases of a test.
	 * @param recorder the recorder that is notified about post-phases
	 * @param operations the operations to wait for them, {@code null} if there are none
	 */
	PostPhases(PostPhaseRecorder recorder, @Nullable PostPhaseOperations operations) {
		this.recorder = recorder;
		this.operations = operations;
	}

	/**
	 * Wait up to 10 seconds until no post-phase is in flight.
	 * @throws AssertionError if one still is
	 */
	public void awaitIdle() {
		awaitIdle(DEFAULT_LIMIT);
	}

	/**
	 * Wait until no post-phase is in flight.
	 * @param limit the maximum time to wait
	 * @throws AssertionError if one still is
	 */
	public void awaitIdle(Duration limit) {
		if (this.operations == null || awaitIdle(this.operations, limit)) {
			return;
		}
		Collection<PostPhaseExecution> inFlight = this.operations.inFlight();
		if (!inFlight.isEmpty()) {
			throw new AssertionError(inFlight.stream()
				.map(PostPhases::line)
				.sorted()
				.collect(Collectors.joining("\n  ", "Still in flight after " + limit + ":\n  ", "")));
		}
	}

	private static boolean awaitIdle(PostPhaseOperations operations, Duration limit) {
		try {
			return operations.awaitIdle(limit);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while waiting for post-phases", ex);
		}
	}

	private static String line(PostPhaseExecution postPhase) {
		return "\"" + postPhase.name() + "\": " + switch (postPhase.state()) {
			case ACCEPTED -> "its response is not complete";
			case QUEUED -> "it waits for a thread";
			case RUNNING, FINISHED -> "it runs";
			case WAITING -> "it waits for its next attempt";
		};
	}

	/**
	 * Return the post-phases that have ended, without waiting for others.
	 * @return their results, in the order in which they ended
	 */
	public List<PostPhaseResult> results() {
		return recording().results();
	}

	/**
	 * Return the names of the rejected post-phases.
	 * @return the names, with repetitions
	 */
	public List<String> rejected() {
		return recording().rejected();
	}

	/**
	 * Clear all recorded post-phases. Those in flight will not be recorded. Called before
	 * each test method.
	 */
	public void reset() {
		this.recorder.reset();
	}

	Recording recording() {
		return this.recorder.recording();
	}

	/**
	 * Use AssertJ's {@code assertThat} instead.
	 */
	@Override
	public PostPhasesAssert assertThat() {
		return new PostPhasesAssert(this);
	}

}
