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
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Leaves stored post-phases to other nodes that this one cannot read, such as those of
 * the next version of the application while it is deployed. Without other nodes, or when
 * they have been left for long, they become dead letters.
 */
final class UnreadablePostPhases {

	private static final Log logger = LogFactory.getLog(UnreadablePostPhases.class);

	private static final Duration MIN_DELAY = Duration.ofSeconds(1);

	private static final Duration MAX_DELAY = Duration.ofMinutes(1);

	private final DuePostPhases due;

	private final NodeTable nodes;

	private final TransactionOperations transaction;

	private final StoreSettings settings;

	/** The names for which it has been logged. */
	private final Set<String> logged = ConcurrentHashMap.newKeySet();

	/**
	 * Creates it.
	 * @param due writes that they are left
	 * @param nodes shows whether there are others
	 * @param transaction the transaction of a statement
	 * @param settings how long they are left to others
	 */
	UnreadablePostPhases(DuePostPhases due, NodeTable nodes, TransactionOperations transaction,
			StoreSettings settings) {
		this.due = due;
		this.nodes = nodes;
		this.transaction = transaction;
		this.settings = settings;
	}

	/**
	 * Leaves a post-phase to other nodes, which ends its lease.
	 * @param lease its lease
	 * @param leftSince since when it has been left, {@code null} if it has not
	 * @param reason why it cannot be read
	 * @return {@code false} if it becomes a dead letter
	 */
	boolean leave(Lease lease, @Nullable Instant leftSince, UnreadablePayloadException reason) {
		Instant now = Instant.now();
		Instant since = (leftSince != null) ? leftSince : now;
		Duration age = Duration.between(since, now);
		if (age.compareTo(this.settings.unknownAfter()) >= 0 || !hasOthers()) {
			return false;
		}
		if (this.logged.add(lease.name())) {
			logger.warn(lease + " is left to other nodes, as are others of this name that this node cannot read. What "
					+ "none of them runs within " + this.settings.unknownAfter() + " becomes a dead letter: "
					+ reason.getMessage());
		}
		Instant next = now.plus(delay(age));
		this.transaction.executeWithoutResult((status) -> this.due.leave(lease, next, since, FailureText.of(reason)));
		return true;
	}

	/**
	 * The time until it is due again: half of that since it was left for the first time,
	 * so that a node that can read it has it soon, and those that cannot are not busy
	 * with it.
	 */
	private static Duration delay(Duration age) {
		Duration delay = age.dividedBy(2);
		if (delay.compareTo(MIN_DELAY) < 0) {
			return MIN_DELAY;
		}
		return (delay.compareTo(MAX_DELAY) > 0) ? MAX_DELAY : delay;
	}

	/**
	 * Whether there are other nodes, or were until some time ago: they may come back, or
	 * seem to be gone because the database was.
	 */
	private boolean hasOthers() {
		return Boolean.TRUE.equals(this.transaction.<Boolean>execute((status) -> this.nodes.findAll()
			.stream()
			.anyMatch((node) -> !node.name().equals(this.settings.node()))));
	}

}
