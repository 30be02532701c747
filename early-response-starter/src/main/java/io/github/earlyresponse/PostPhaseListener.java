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

import java.time.Instant;

/**
 * Listener that is notified about every post-phase. All beans of this type are called, in
 * their order.
 * <p>
 * Unless they say otherwise, methods are called on the thread on which the event occurs,
 * a request thread or that of the post-phase, and must not block. An exception is logged
 * and affects neither the request nor the post-phase nor other listeners.
 */
public interface PostPhaseListener {

	/**
	 * Called when a post-phase was accepted: when capacity was reserved for it or, with
	 * {@code early-response.when-saturated}, it may run without.
	 * @param postPhase the post-phase
	 */
	default void accepted(PostPhaseExecution postPhase) {
	}

	/**
	 * Called when there was no capacity for a post-phase and the client gets a 503.
	 * @param name the name of the post-phase; for an {@link AfterResponse} handler
	 * without names, the name of its method
	 */
	default void rejected(String name) {
	}

	/**
	 * Called when an attempt of a post-phase starts, on its thread and with the context
	 * of its request.
	 * @param postPhase the post-phase
	 */
	default void started(PostPhaseExecution postPhase) {
	}

	/**
	 * Called when an attempt of a post-phase failed, or asked for a later one, and
	 * another one is due unless the post-phase is cancelled, on its thread and with the
	 * context of its request. After the last attempt, only {@link #finished} is called.
	 * @param postPhase the post-phase, with the number of the failed attempt and the time
	 * of the next one
	 * @param failure the exception that the attempt threw, or a
	 * {@link java.util.concurrent.TimeoutException} if it reached its time limit
	 */
	default void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
	}

	/**
	 * Called when a post-phase has ended, exactly once for each accepted one, whether or
	 * not it started. A durable one that was {@linkplain #handedBack handed back} ends
	 * where it was {@linkplain #takenOver taken over}.
	 * @param result how it ended
	 */
	default void finished(PostPhaseResult result) {
	}

	/**
	 * Called when this node has taken over a durable post-phase: its next attempt is due,
	 * or the node that had it has died or handed it back. It starts at once, on the
	 * thread of the caller.
	 * @param postPhase the post-phase
	 * @param due since when it could have been taken over
	 */
	default void takenOver(PostPhaseExecution postPhase, Instant due) {
	}

	/**
	 * Called when this node leaves a durable post-phase to its store, where it does not
	 * use capacity. For this node, that is the end of it, unless it is
	 * {@linkplain #takenOver taken over} again.
	 * @param postPhase the post-phase
	 * @param reason why
	 */
	default void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
	}

	/**
	 * Called when a durable post-phase has become a dead letter, once, on the node that
	 * has stored it as such, unless that node dies at this moment. That is after
	 * {@link #finished}, or without it if the processes that had it have died. Called on
	 * a thread of the store, without the context of the request.
	 * @param deadLetter the dead letter
	 * @see PostPhaseOperations#replay(String)
	 */
	default void deadLettered(DeadLetter deadLetter) {
	}

}
