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

package io.github.earlyresponse.memory;

/**
 * Action to take on a request when there is no capacity for its post-phases.
 */
public enum WhenSaturated {

	/**
	 * Respond with a 503 and do not call the handler.
	 */
	REJECT,

	/**
	 * Call the handler, complete the response, and then run the post-phases on the
	 * request thread.
	 */
	CALLER_RUNS,

	/**
	 * Call the handler and store its durable post-phases, which run when a node has
	 * capacity for them. Post-phases of the same request that are not durable still need
	 * capacity: without it, the request is rejected. One that is added at run time is
	 * rejected when it is added.
	 */
	ENQUEUE

}
