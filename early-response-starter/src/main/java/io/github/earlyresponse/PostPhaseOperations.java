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
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Operations on the post-phases of this application: a bean for operators and for tests.
 */
public interface PostPhaseOperations {

	/**
	 * Return the post-phases of this node that were accepted and have not ended.
	 * @return a snapshot, in no particular order
	 */
	Collection<PostPhaseExecution> inFlight();

	/**
	 * Return the post-phase of this node with the given id, if it was accepted and has
	 * not ended.
	 * @param id the id of the post-phase
	 * @return the post-phase, or {@code null} if there is none with that id in flight
	 */
	@Nullable PostPhaseExecution find(String id);

	/**
	 * Return the number of post-phases that were accepted and have not ended.
	 * @return the number of post-phases in flight
	 */
	int inFlightCount();

	/**
	 * Return the number of post-phases whose response is complete and that wait for a
	 * thread.
	 * @return the number of waiting post-phases
	 */
	int queuedCount();

	/**
	 * Return the maximum number of post-phases in flight.
	 * @return the capacity
	 */
	int capacity();

	/**
	 * Cancel a post-phase. If it has not started, it never will; if it is running, it is
	 * interrupted and {@link PostPhaseContext#cancellationRequested()} returns
	 * {@code true}. The outcome is {@link PostPhaseOutcome#CANCELLED}. The grace period
	 * of an earlier cancellation ends at once.
	 * <p>
	 * A durable post-phase can be on any node, or wait for one. Another node than this
	 * one stops it within a second.
	 * @param id the id of the post-phase
	 * @return {@code false} if it is unknown, has ended, or is already being stopped on
	 * this node
	 */
	boolean cancel(String id);

	/**
	 * Cancel a post-phase with a grace period in which it can end by itself. If it has
	 * not started, it never will. If it is running,
	 * {@link PostPhaseContext#cancellationRequested()} returns {@code true} at once, and
	 * it is interrupted after the grace period, or at its time limit if that comes first.
	 * The outcome is {@link PostPhaseOutcome#CANCELLED}, even if it reaches its time
	 * limit, or returns or throws an exception within the grace period, which is
	 * indistinguishable from giving up. Cancelling again can shorten the grace period but
	 * not extend it.
	 * @param id the id of the post-phase
	 * @param grace the time until it is interrupted, zero for at once
	 * @return {@code false} if it is unknown, has ended, or is already being stopped on
	 * this node in no more than this time
	 * @throws IllegalArgumentException if the grace period is negative
	 */
	boolean cancel(String id, Duration grace);

	/**
	 * Wait until no post-phase is in flight.
	 * @param timeout the maximum time to wait
	 * @return whether none is in flight
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	boolean awaitIdle(Duration timeout) throws InterruptedException;

	/**
	 * Return a durable post-phase as it is stored, whichever node works on it. What its
	 * node knows of a running one is stored at most every
	 * {@code early-response.durable.progress-interval} (1 second), if
	 * {@code early-response.status.enabled} is {@code true}. One that has ended is found
	 * for {@code early-response.status.keep-for} then, and not otherwise.
	 * @param id the id of the post-phase
	 * @return the post-phase as it was when this method was called, or {@code null} if
	 * there is none with that id, or no durable engine
	 * @throws RuntimeException if the database cannot be reached, as thrown by Spring's
	 * {@code DataAccessException} and {@code TransactionException}
	 */
	@Nullable DurablePostPhase findDurable(String id);

	/**
	 * Return durable post-phases as they are stored, all at once.
	 * @param ids the ids of the post-phases
	 * @return those that were found, by their ids
	 * @throws RuntimeException if the database cannot be reached
	 * @see #findDurable(String)
	 */
	Map<String, DurablePostPhase> findDurable(Collection<String> ids);

	/**
	 * Return the durable post-phases of all nodes that have not ended, and dead letters,
	 * one page at a time.
	 * @param query which post-phases
	 * @return a page, those that were accepted first at its beginning; empty without a
	 * durable engine
	 * @throws RuntimeException if the database cannot be reached
	 */
	DurablePage listDurable(DurableQuery query);

	/**
	 * Return the durable post-phases of all nodes that have failed for good.
	 * @param limit the maximum number
	 * @return those that failed last, the last one first; empty without a durable engine
	 */
	List<DeadLetter> deadLetters(int limit);

	/**
	 * Run a dead letter again, on any node, as if it had not been tried yet.
	 * @param id the id of the post-phase
	 * @return {@code false} if there is no such dead letter
	 */
	boolean replay(String id);

	/**
	 * Delete a dead letter.
	 * @param id the id of the post-phase
	 * @return {@code false} if there is no such dead letter
	 */
	boolean discard(String id);

	/**
	 * Run all dead letters of a name again.
	 * @param name the name of the post-phases, as it was stored
	 * @return how many there were
	 * @see #replay(String)
	 */
	int replayAll(String name);

	/**
	 * Delete all dead letters of a name.
	 * @param name the name of the post-phases, as it was stored
	 * @return how many there were
	 */
	int discardAll(String name);

}
