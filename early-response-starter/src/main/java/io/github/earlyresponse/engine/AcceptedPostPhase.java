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

import io.github.earlyresponse.PostPhaseExecution;

/**
 * A post-phase that has its room. Whoever holds it ends up submitting or skipping it;
 * what comes after that, or after it was cancelled or abandoned, runs nothing.
 */
public interface AcceptedPostPhase extends PostPhaseExecution {

	/**
	 * Makes the post-phase ready to run, best before the response is complete: from then
	 * on there is no time to lose, because the client may send its next request. What was
	 * kept for a post-phase that has ended already is given back at once.
	 * @param continuation what to run and with what
	 * @throws IllegalStateException if it was prepared before and waits to be submitted
	 */
	void prepare(Continuation continuation);

	/**
	 * Hands the post-phase over to run. Does not block, unless it runs on the caller.
	 * @param response what became of the response
	 * @throws IllegalStateException if it was neither prepared nor ended before
	 */
	void submit(ResponseDelivery response);

	/**
	 * Ends the post-phase without running it, whether or not it was prepared.
	 * @param response what became of the response
	 */
	void skip(ResponseDelivery response);

}
