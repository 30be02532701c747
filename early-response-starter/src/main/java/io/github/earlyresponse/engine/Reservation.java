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

import java.util.List;
import java.util.function.Supplier;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.call.PostPhaseWork;

/**
 * The capacity that was reserved for one request, and the post-phases that use it. They
 * end together: what was {@linkplain #record recorded} is started when the response is
 * complete, everything else is skipped.
 */
public interface Reservation {

	/**
	 * A post-phase that was requested by name.
	 * @param index the index of its name
	 * @return the post-phase
	 */
	PostPhaseExecution named(int index);

	/**
	 * Adds a post-phase at run time. It uses spare capacity, or else further capacity.
	 * What is {@linkplain #record recorded} later is this work.
	 * @param name the name of the post-phase
	 * @param work the work, with its arguments
	 * @return the post-phase
	 * @throws PostPhaseRejectedException if there is no capacity left
	 * @throws IllegalStateException if the post-phases have been started or skipped
	 */
	PostPhaseExecution add(String name, PostPhaseWork work);

	/**
	 * Stores a post-phase that was {@linkplain #add added} in the transaction of the
	 * current thread, so that both are there or neither is. Does nothing if the engine
	 * does not store it, or takes no part in the transaction. It is {@linkplain #record
	 * recorded} later all the same, or else skipped.
	 * @param postPhase the post-phase
	 * @param record its record as of now
	 * @throws RuntimeException if it cannot be stored
	 */
	default void storeInTransaction(PostPhaseExecution postPhase, Supplier<PostPhaseRecord> record) {
	}

	/**
	 * Skips a post-phase that was {@linkplain #add added} and is not needed after all.
	 * Spare capacity that it used is spare again.
	 * @param postPhase the post-phase
	 */
	void remove(PostPhaseExecution postPhase);

	/**
	 * Records what is going to run if the response turns out as expected, in place of
	 * what was recorded before. Called when the result of the handler is available: for a
	 * handler that returns it, inside the transaction of the handler and before its
	 * commit. Called again only if something else is going to run after all, such as
	 * after a rollback, for another attempt, or for an error response; with an empty list
	 * if nothing is.
	 * <p>
	 * An exception fails the handler, whose transaction is rolled back. The record of a
	 * post-phase that has ended already is released at once. A record that is replaced
	 * need not be released.
	 * @param records the records, one for each post-phase that is going to run
	 */
	void record(List<PostPhaseRecord> records);

	/**
	 * Starts the post-phases that were recorded and skips the others. All of them are
	 * started or skipped, whatever one of them throws. Does not block, unless a
	 * post-phase runs on the caller.
	 * @param delivery what became of the response
	 */
	void start(ResponseDelivery delivery);

	/**
	 * Skips all post-phases, recorded or not.
	 * @param delivery what became of the response
	 */
	void skip(ResponseDelivery delivery);

}
