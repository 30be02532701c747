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

package io.github.earlyresponse.engine;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.DurableQuery;
import org.jspecify.annotations.Nullable;

/**
 * Stores durable post-phases, so that they outlive the process.
 * <p>
 * What a node stores is leased by it until it hands it back, dies, or is not heard of for
 * too long. Then another node, or the next process, takes it over.
 */
public interface PostPhaseStore {

	/**
	 * Stores post-phases of one request in place of those that were stored before: in the
	 * transaction of the current thread if the store takes part in it, otherwise in one
	 * of its own.
	 * @param former what was stored before; it is gone if its transaction was not
	 * committed
	 * @param records what to store
	 * @return what was stored, in the same order, leased by this node
	 * @throws RuntimeException if it cannot be stored
	 */
	List<StoredPostPhase> store(List<StoredPostPhase> former, List<PostPhaseRecord> records);

	/**
	 * Stores a post-phase in the transaction of the current thread, if the store takes
	 * part in it.
	 * @param name the name of the post-phase
	 * @param record makes its record, if there is such a transaction
	 * @param rolledBack is called if the transaction is rolled back: it is not stored
	 * then
	 * @param uncertain is called if nobody knows whether the transaction was committed.
	 * It can be stored again then, in place of what may be there
	 * @return the record as it was stored, leased by this node, {@code null} if there is
	 * no such transaction
	 * @throws RuntimeException if it cannot be stored
	 */
	@Nullable PostPhaseRecord storeInTransaction(String name, Supplier<PostPhaseRecord> record, Runnable rolledBack,
			Runnable uncertain);

	/**
	 * Whether this node works on the post-phases of a name. Others are left to other
	 * nodes: capacity is {@linkplain #reserveBacklog reserved} in the store for each, and
	 * when its response is complete, it is {@linkplain StoredPostPhase#enqueue enqueued}.
	 * @param name the name of a durable post-phase
	 * @return {@code true} by default
	 */
	default boolean worksOn(String name) {
		return true;
	}

	/**
	 * How many post-phases are stored, as counted some seconds ago. Does not block. They
	 * are counted from the first call on.
	 * @return the numbers, {@code null} if they are not known at the moment
	 */
	@Nullable StoredCounts counts();

	/**
	 * Reserves capacity for post-phases that are going to wait in the store until a node
	 * has a thread for them. Each is {@linkplain StoredPostPhase#enqueue enqueued} later,
	 * or its capacity is {@linkplain #releaseBacklog released}.
	 * @param number how many
	 * @return {@code false} if too many wait already
	 */
	boolean reserveBacklog(int number);

	/**
	 * Releases capacity that was reserved and is not needed after all.
	 * @param number for how many post-phases
	 */
	void releaseBacklog(int number);

	/**
	 * The post-phases that have failed for good.
	 * @param limit the maximum number
	 * @return the dead letters, the last one first
	 */
	List<DeadLetter> deadLetters(int limit);

	/**
	 * Makes a dead letter due.
	 * @param id the id of the post-phase
	 * @return {@code false} if there is no such dead letter
	 */
	boolean replay(String id);

	/**
	 * Deletes a dead letter.
	 * @param id the id of the post-phase
	 * @return {@code false} if there is no such dead letter
	 */
	boolean discard(String id);

	/**
	 * Makes all dead letters of a name due.
	 * @param name the name of the post-phases
	 * @return how many there were
	 */
	int replayAll(String name);

	/**
	 * Deletes all dead letters of a name.
	 * @param name the name of the post-phases
	 * @return how many there were
	 */
	int discardAll(String name);

	/**
	 * The post-phases with the given ids, whichever node works on them. Those that have
	 * ended are among them as long as the store keeps their status.
	 * @param ids the ids
	 * @return those that were found, by their ids
	 * @throws RuntimeException if the store cannot be reached
	 */
	Map<String, DurablePostPhase> find(Collection<String> ids);

	/**
	 * The post-phases of all nodes that have not ended, and dead letters.
	 * @param query which of them
	 * @return a part of them
	 * @throws RuntimeException if the store cannot be reached
	 */
	DurablePage list(DurableQuery query);

	/**
	 * Cancels a post-phase, whichever node works on it. That of another node ends when
	 * that node gets to know of it.
	 * @param id the id of the post-phase
	 * @param grace the time until it is interrupted, if it is running
	 * @return {@code false} if it is unknown or has ended
	 * @throws RuntimeException if the store cannot be reached
	 */
	boolean cancel(String id, Duration grace);

	/**
	 * Starts to take over post-phases whose lease has ended or whose next attempt is due.
	 * @param client runs them
	 */
	void start(StoreClient client);

	/**
	 * Loses the leases of this node as if its process had died, and takes over what it
	 * had: what runs is interrupted, and nothing of what it does afterwards is stored.
	 * For tests.
	 * @return how many post-phases were lost. Those whose response is not complete stay
	 * @throws UnsupportedOperationException if the store cannot do that
	 */
	default int crash() {
		throw new UnsupportedOperationException(getClass().getName() + " cannot simulate a crash");
	}

	/**
	 * Takes nothing over any more. What is leased can still end.
	 */
	void stopTakingOver();

	/**
	 * Stores what has been reported, and stops.
	 */
	void stop();

}
