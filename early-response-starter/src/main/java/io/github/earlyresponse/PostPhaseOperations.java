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

package io.github.earlyresponse;

import java.time.Duration;
import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * The post-phases of this application: a bean for operators and for tests.
 */
public interface PostPhaseOperations {

	/**
	 * The post-phases that were accepted and have not ended.
	 * @return a snapshot of them, in no particular order
	 */
	Collection<PostPhaseExecution> inFlight();

	/**
	 * The post-phase of the given id, if it was accepted and has not ended.
	 * @param id the id of the post-phase
	 * @return the post-phase, {@code null} if there is none of that id in flight
	 */
	@Nullable PostPhaseExecution find(String id);

	/**
	 * How many post-phases were accepted and have not ended.
	 * @return the number of post-phases in flight
	 */
	int inFlightCount();

	/**
	 * How many post-phases have their response behind them and wait for a thread.
	 * @return the number of waiting post-phases
	 */
	int queuedCount();

	/**
	 * How many post-phases can be in flight at once.
	 * @return the capacity
	 */
	int capacity();

	/**
	 * Cancels a post-phase. One that has not started never will; one that runs is
	 * interrupted and sees {@link PostPhaseContext#cancellationRequested()}. The outcome
	 * is {@link PostPhaseOutcome#CANCELLED}. The grace of one that was cancelled before
	 * ends at once.
	 * @param id the id of the post-phase
	 * @return {@code false} if it is unknown, has ended, or is already being stopped
	 */
	boolean cancel(String id);

	/**
	 * Cancels a post-phase and lets it end by itself at first. One that has not started
	 * never will. One that runs sees {@link PostPhaseContext#cancellationRequested()} at
	 * once and is interrupted when the grace is over, or its time limit where that comes
	 * first. The outcome is {@link PostPhaseOutcome#CANCELLED}, also where it returns or
	 * throws within the grace, which nobody can tell from giving up, and where it reaches
	 * its time limit. Cancelling again makes the grace shorter, never longer.
	 * @param id the id of the post-phase
	 * @param grace the time until it is interrupted, zero for at once
	 * @return {@code false} if it is unknown, has ended, or is already being stopped, in
	 * no longer time
	 * @throws IllegalArgumentException if the grace is negative
	 */
	boolean cancel(String id, Duration grace);

	/**
	 * Waits until no post-phase is in flight.
	 * @param timeout how long to wait at most
	 * @return whether none is in flight
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	boolean awaitIdle(Duration timeout) throws InterruptedException;

}
