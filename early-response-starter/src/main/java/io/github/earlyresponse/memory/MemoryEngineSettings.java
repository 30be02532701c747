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

import java.time.Duration;

/**
 * How the {@link MemoryPostPhaseEngine} behaves.
 *
 * @param capacity how many post-phases can be in flight at once
 * @param whenSaturated what becomes of a request when there is no room
 * @param retryAfter when a rejected client may try again
 * @param shutdownTimeout how long stopping waits for the post-phases in flight
 * @param handBackAfter how long stopping waits for those that are stored, before they are
 * handed back; at most the shutdown timeout
 */
public record MemoryEngineSettings(int capacity, WhenSaturated whenSaturated, Duration retryAfter,
		Duration shutdownTimeout, Duration handBackAfter) {

	/**
	 * Settings with which stopping waits for all post-phases equally long.
	 * @param capacity how many post-phases can be in flight at once
	 * @param whenSaturated what becomes of a request when there is no room
	 * @param retryAfter when a rejected client may try again
	 * @param shutdownTimeout how long stopping waits for the post-phases in flight
	 */
	public MemoryEngineSettings(int capacity, WhenSaturated whenSaturated, Duration retryAfter,
			Duration shutdownTimeout) {
		this(capacity, whenSaturated, retryAfter, shutdownTimeout, shutdownTimeout);
	}
}
