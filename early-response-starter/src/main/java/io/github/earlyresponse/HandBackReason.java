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

/**
 * Why a node leaves a durable post-phase to its store, from which this node or another
 * one takes it over.
 *
 * @see PostPhaseListener#handedBack
 */
public enum HandBackReason {

	/**
	 * An attempt failed, or asked for a later one, and the next one is not due yet.
	 */
	RETRY,

	/**
	 * The node had no capacity for it when it was accepted, or does not work on
	 * post-phases of its name.
	 */
	ENQUEUED,

	/**
	 * The node shuts down: the post-phase waited for a thread, or has not ended in time.
	 */
	SHUTDOWN,

	/**
	 * The node could not renew its lease in time, or another one has taken it over.
	 */
	LEASE_LOST

}
