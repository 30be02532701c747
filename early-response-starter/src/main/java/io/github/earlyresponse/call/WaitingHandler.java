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

package io.github.earlyresponse.call;

import io.github.earlyresponse.PostPhaseContext;
import org.jspecify.annotations.Nullable;

/**
 * A handler that has sent its response and waits on its own thread, on which the rest of
 * it runs as a post-phase.
 */
public interface WaitingHandler {

	/**
	 * Lets the handler continue, unless it was told before that its rest does not run.
	 * Does not block.
	 * @param run begins and ends the rest of it
	 */
	void resume(Run run);

	/**
	 * Lets the handler continue as above, and waits for its end. If the current thread is
	 * interrupted meanwhile, the thread of the handler is interrupted instead.
	 * @param run begins and ends the rest of it
	 */
	void resumeAndWait(Run run);

	/**
	 * The run of the rest of a handler. Called on the thread of the handler.
	 */
	interface Run {

		/**
		 * Begins the rest, when it is its turn.
		 * @return its context, {@code null} if it must not run
		 */
		@Nullable PostPhaseContext begin();

		/**
		 * Ends the rest. Not called if it must not run.
		 * @param failure what it threw, {@code null} if it returned
		 */
		void end(@Nullable Throwable failure);

	}

}
