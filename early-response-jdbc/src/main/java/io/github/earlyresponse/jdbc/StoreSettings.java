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
 * @param takeoverAfter the time without renewal after which others have taken over
 * @param deadAfterCrashes how often a process can die of a post-phase
 * @param retryAfter when a client may try again if nothing can be stored
 * @param maxBacklog how many may wait for a node with capacity
 * @param countInterval the interval at which stored post-phases are counted
 * @param keepDeadLetters when dead letters are deleted, {@code null} for never
 * @param checkpointInterval the interval at which checkpoints are written behind
 * @param unknownAfter how long post-phases with unknown names are left to other nodes
 * @param status how the status of post-phases is stored
 */
record StoreSettings(String node, Duration heartbeat, Duration takeoverAfter, int deadAfterCrashes, Duration retryAfter,
		int maxBacklog, Duration countInterval, @Nullable Duration keepDeadLetters, Duration checkpointInterval,
		Duration unknownAfter, StatusSettings status) {

	/**
	 * The time without heartbeat after which a node is dead, and its leases are over.
	 */
	Duration leaseTime() {
		return this.takeoverAfter.multipliedBy(3).dividedBy(4);
	}

	/**
	 * The interval at which dead nodes are looked for.
	 */
	Duration lookInterval() {
		return this.takeoverAfter.dividedBy(4);
	}

	/**
	 * The time without heartbeat after which a node gives its leases up, before they are
	 * over.
	 */
	Duration giveUpAfter() {
		return leaseTime().multipliedBy(3).dividedBy(4);
	}

	/**
	 * Whether a post-phase becomes a dead letter if another process dies of it. It then
	 * runs alone among those, so that they do not die of each other.
	 * @param crashes how many processes have died while they had it
	 */
	boolean isLastChance(int crashes) {
		return this.deadAfterCrashes > 1 && crashes >= this.deadAfterCrashes - 1;
	}

}
