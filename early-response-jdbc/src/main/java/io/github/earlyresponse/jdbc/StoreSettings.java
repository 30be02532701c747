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

package io.github.earlyresponse.jdbc;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Settings of the store.
 *
 * @param node the name of this node
 * @param heartbeat the interval at which leases are renewed
 * @param giveUpAfter the time without renewal after which they are given up
 * @param takeoverAfter the time without renewal after which others take over
 * @param deadAfterCrashes how often a process can die of a post-phase
 * @param retryAfter when a client may try again if nothing can be stored
 * @param maxBacklog how many may wait for a node with capacity
 * @param countInterval the interval at which stored post-phases are counted
 * @param keepDeadLetters when dead letters are deleted, {@code null} for never
 * @param checkpointInterval the interval at which checkpoints are written behind
 * @param unknownAfter how long post-phases with unknown names are left to other nodes
 */
record StoreSettings(String node, Duration heartbeat, Duration giveUpAfter, Duration takeoverAfter,
		int deadAfterCrashes, Duration retryAfter, int maxBacklog, Duration countInterval,
		@Nullable Duration keepDeadLetters, Duration checkpointInterval, Duration unknownAfter) {

}
