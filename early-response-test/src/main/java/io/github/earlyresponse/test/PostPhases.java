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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.engine.PostPhaseStore;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * The post-phases of the current test, to be injected into it. Waits for post-phases and
 * supports assertions about them, as in
 * {@code assertThat(postPhases).ran("pack-export").withOutcome(COMPLETED)}.
 * <p>
 * After each test method, post-phases that have not ended are awaited. Before the next
 * test method, recorded post-phases are cleared.
 *
 * @see AutoConfigurePostPhases
 */
public final class PostPhases implements AssertProvider<PostPhasesAssert> {

	private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(10);

	/** Nobody is notified of a response that is complete, or of a dead letter. */
	private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

	private final PostPhaseRecorder recorder;

	private final @Nullable PostPhaseOperations operations;

	private final @Nullable PostPhaseStore store;

	/**
	 * Create the post-phases of a test.
	 * @param recorder the recorder that is notified about post-phases
	 * @param operations the operations to wait for them, {@code null} if there are none
	 * @param store the store of durable ones, {@code null} if there is none
	 */
	PostPhases(PostPhaseRecorder recorder, @Nullable PostPhaseOperations operations, @Nullable PostPhaseStore store) {
		this.recorder = recorder;
		this.operations = operations;
		this.store = store;
	}

	/**
	 * Wait up to 10 seconds until no post-phase is in flight, and each durable one of
	 * this test has ended.
	 * @throws AssertionError if one has not
	 */
	public void awaitIdle() {
		awaitIdle(DEFAULT_LIMIT);
	}

	/**
	 * Wait until no post-phase is in flight, and each durable one of this test has ended,
	 * which may wait for its next attempt in the database.
	 * @param limit the maximum time to wait
	 * @throws AssertionError if one has not
	 */
	public void awaitIdle(Duration limit) {
		if (this.operations == null) {
			return;
		}
		Map<String, String> left = awaitIdle(this.operations, limit);
		if (!left.isEmpty()) {
			throw new AssertionError(left.values()
				.stream()
				.sorted()
				.collect(Collectors.joining("\n  ", "Still in flight after " + limit + ":\n  ", "")));
		}
	}

	/**
	 * Waits until it is idle.
	 * @return a line for each post-phase that has not ended, by their ids
	 */
	private Map<String, String> awaitIdle(PostPhaseOperations operations, Duration limit) {
		long deadline = System.nanoTime() + limit.toNanos();
		try {
			long left = limit.toNanos();
			Collection<PostPhaseExecution> pending = this.recorder
				.awaitPending(Math.min(left, POLL_INTERVAL.toNanos()));
			while (!pending.isEmpty() && left > 0) {
				this.recorder.dead(ids(operations.deadLetters(Integer.MAX_VALUE)));
				left = deadline - System.nanoTime();
				pending = this.recorder.awaitPending(Math.min(left, POLL_INTERVAL.toNanos()));
			}
			Map<String, String> lines = new HashMap<>();
			pending.forEach((postPhase) -> lines.put(postPhase.id(), line(postPhase, "it waits in its store")));
			if (!operations.awaitIdle(Duration.ofNanos(Math.max(0, left)))) {
				operations.inFlight()
					.forEach((postPhase) -> lines.put(postPhase.id(), line(postPhase, state(postPhase))));
			}
			return lines;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while waiting for post-phases", ex);
		}
	}

	private static Set<String> ids(List<DeadLetter> deadLetters) {
		return deadLetters.stream().map(DeadLetter::id).collect(Collectors.toSet());
	}

	private static String line(PostPhaseExecution postPhase, String state) {
		return "\"" + postPhase.name() + "\": " + state;
	}

	private static String state(PostPhaseExecution postPhase) {
		return switch (postPhase.state()) {
			case ACCEPTED -> "its response is not complete";
			case QUEUED -> "it waits for a thread";
			case RUNNING, FINISHED -> "it runs";
			case WAITING -> "it waits for its next attempt";
		};
	}

	/**
	 * Lose the durable post-phases in flight as a process that is killed does, and take
	 * them over as another one does: those that run are interrupted, and whatever they do
	 * then, they neither complete nor fail, and a transaction that would complete one is
	 * rolled back. Each makes its next attempt at once, unless it has become a dead
	 * letter because of its crashes.
	 * <p>
	 * To be called while a post-phase is held, for instance by a latch in what it calls.
	 * Waits up to 10 seconds until all responses are complete. Post-phases that have
	 * ended are not affected, nor are those in memory, those that wait for their next
	 * attempt, and objects of the application.
	 * @return the number of post-phases that were lost
	 * @throws IllegalStateException if nothing can be lost, because there is no durable
	 * engine
	 * @throws AssertionError if no durable post-phase is in flight, or a response is not
	 * complete
	 */
	public int crashAndTakeOver() {
		if (this.operations == null || this.store == null) {
			throw new IllegalStateException("There are no durable post-phases that a crash could affect. Set "
					+ "early-response.durable.engine to jdbc, with early-response-jdbc on the class path");
		}
		awaitResponses(this.operations);
		int lost = this.store.crash();
		if (lost == 0) {
			throw new AssertionError("No durable post-phase is in flight that a crash could affect. Hold one, for "
					+ "instance by a latch in what it calls." + System.lineSeparator() + recording());
		}
		return lost;
	}

	private void awaitResponses(PostPhaseOperations operations) {
		long deadline = System.nanoTime() + DEFAULT_LIMIT.toNanos();
		while (operations.inFlight().stream().anyMatch((postPhase) -> postPhase.state() == State.ACCEPTED)) {
			if (System.nanoTime() - deadline > 0) {
				throw new AssertionError("A response is not complete after " + DEFAULT_LIMIT);
			}
			pause();
		}
	}

	private static void pause() {
		try {
			TimeUnit.NANOSECONDS.sleep(POLL_INTERVAL.toNanos());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while waiting for post-phases", ex);
		}
	}

	/**
	 * Wait up to 10 seconds until a post-phase is a dead letter.
	 */
	Recording awaitDeadLetter(String name) {
		long deadline = System.nanoTime() + DEFAULT_LIMIT.toNanos();
		Recording recording = recording();
		while (!recording.hasDeadLetter(name) && System.nanoTime() - deadline < 0) {
			pause();
			recording = recording();
		}
		return recording;
	}

	/**
	 * Return the post-phases that have ended, without waiting for others.
	 * @return their results, in the order in which they ended
	 */
	public List<PostPhaseResult> results() {
		return this.recorder.recording(List.of()).results();
	}

	/**
	 * Return the names of the rejected post-phases.
	 * @return the names, with repetitions
	 */
	public List<String> rejected() {
		return this.recorder.recording(List.of()).rejected();
	}

	/**
	 * Clear all recorded post-phases. Those in flight will not be recorded. Called before
	 * each test method.
	 */
	public void reset() {
		this.recorder.reset();
	}

	Recording recording() {
		return this.recorder
			.recording((this.operations != null) ? this.operations.deadLetters(Integer.MAX_VALUE) : List.of());
	}

	/**
	 * Use AssertJ's {@code assertThat} instead.
	 */
	@Override
	public PostPhasesAssert assertThat() {
		return new PostPhasesAssert(this);
	}

}
