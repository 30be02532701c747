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
import java.util.function.Predicate;

import io.github.earlyresponse.DeadLetter;

/**
 * Runs on this node what a {@link PostPhaseStore} has found, and learns what it has lost.
 */
public interface StoreClient {

	/**
	 * Makes an attempt of a stored post-phase on the current thread.
	 * @param takeover what this node has taken over
	 */
	void takeOver(Takeover takeover);

	/**
	 * The lease of a post-phase is lost, or about to be: if it is running it is
	 * interrupted, and it does not end here any more.
	 * @param id the id of the post-phase
	 * @param lease whether something was stored with that lease, and not taken over by
	 * this node since
	 * @return {@code false} if it has ended, waits for its response, or is not of this
	 * node
	 */
	boolean lost(String id, Predicate<StoredPostPhase> lease);

	/**
	 * Cancels a post-phase of this node.
	 * @param id the id of the post-phase
	 * @param grace the time until it is interrupted, if it is running
	 * @return {@code false} if that changes nothing, or it is not of this node
	 */
	boolean cancel(String id, Duration grace);

	/**
	 * A post-phase that no node was working on has been cancelled: it ends here, without
	 * having run.
	 * @param takeover what was cancelled
	 */
	void cancelled(Takeover takeover);

	/**
	 * A post-phase has become a dead letter.
	 * @param deadLetter the dead letter, as it was stored
	 */
	void deadLettered(DeadLetter deadLetter);

}
