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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import org.jspecify.annotations.Nullable;

/**
 * A stored post-phase that this node has leased: what runs, as it was stored, and what
 * becomes of it. None of the methods blocks or throws; what they report is stored later,
 * unless the lease was lost.
 */
public interface StoredPostPhase {

	/**
	 * Called once, before anything else, with the post-phase as it is in memory.
	 * @param postPhase the post-phase, whose values can be stored until it has ended
	 */
	void attach(PostPhaseExecution postPhase);

	/**
	 * The node that has leased it.
	 * @return the name of this node
	 */
	String node();

	/**
	 * The work, with the arguments as they were stored.
	 * @return the work
	 */
	PostPhaseWork work();

	/**
	 * The context of the request, as it was stored.
	 * @return the context
	 */
	ContextCarrier.Context context();

	/**
	 * The copy of the request, as it was stored.
	 * @return the copy, {@code null} if the work does not ask for it
	 */
	@Nullable RequestSnapshot request();

	/**
	 * How far the post-phase has got, which is stored with what becomes of it, or before.
	 * @return its checkpoints
	 */
	Checkpoints checkpoints();

	/**
	 * Whether the post-phase has completed in its own transaction. That holds whatever
	 * its attempt ends with, such as an exception that was thrown after the commit.
	 * @return {@code true} if it has
	 */
	boolean isCompleted();

	/**
	 * The post-phase has ended. One that has failed is kept as a dead letter.
	 * @param outcome how it ended
	 * @param attempts the attempts that were made
	 * @param failure why it failed
	 */
	void ended(PostPhaseOutcome outcome, AttemptCount attempts, @Nullable Throwable failure);

	/**
	 * An attempt failed, and another one follows, on this node or another.
	 * @param attempts the attempts that were made
	 * @param delay when the next one is due
	 * @param failure why the last one failed
	 */
	void retry(AttemptCount attempts, Duration delay, Throwable failure);

	/**
	 * This node gives up its lease, so that another one takes the post-phase over.
	 * @param responseComplete {@code false} if the response is not complete yet. Nobody
	 * takes the post-phase over then before this node has gone
	 */
	void handBack(boolean responseComplete);

	/**
	 * Does the same for a post-phase that {@linkplain PostPhaseStore#reserveBacklog waits
	 * in the store} from now on.
	 */
	void enqueue();

}
