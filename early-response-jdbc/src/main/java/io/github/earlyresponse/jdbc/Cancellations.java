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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.engine.StoreClient;
import io.github.earlyresponse.engine.Takeover;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Cancels durable post-phases, whichever node works on them. What no node works on is
 * deleted at once. The node of another one is told through a table, which each node reads
 * about twice per second.
 */
final class Cancellations {

	private static final Log logger = LogFactory.getLog(Cancellations.class);

	/** The interval at which to look. */
	static final Duration INTERVAL = Duration.ofMillis(400);

	/**
	 * How often it is looked again which node works on one that has just changed hands.
	 */
	private static final int LOOKS = 5;

	private final PostPhaseTable table;

	private final CancellationTable cancellations;

	private final TransactionOperations transaction;

	private final StatusWriter statuses;

	private final UnaryOperator<String> names;

	private final String node;

	private final Supplier<@Nullable StoreClient> client;

	private boolean failed;

	/**
	 * Creates the cancellations.
	 * @param table where post-phases are stored
	 * @param cancellations where nodes are told
	 * @param transaction the transaction of each
	 * @param statuses keeps the status of those that have ended
	 * @param names the current name of a post-phase, given the one with which it was
	 * stored
	 * @param node the name of this node
	 * @param client cancels what is on this node
	 */
	Cancellations(PostPhaseTable table, CancellationTable cancellations, TransactionOperations transaction,
			StatusWriter statuses, UnaryOperator<String> names, String node, Supplier<@Nullable StoreClient> client) {
		this.table = table;
		this.cancellations = cancellations;
		this.transaction = transaction;
		this.statuses = statuses;
		this.names = names;
		this.node = node;
		this.client = client;
	}

	/**
	 * Cancels a post-phase, or has its node cancel it.
	 * @param id its id
	 * @param grace the time until it is interrupted, if it is running
	 * @return {@code false} if it is unknown or has ended
	 */
	boolean cancel(String id, Duration grace) {
		for (int i = 0; i < LOOKS; i++) {
			PostPhaseTable.Found found = find(id);
			if (found == null || found.dead()) {
				return false;
			}
			if (found.node() != null) {
				request(id, grace);
				return true;
			}
			if (end(found)) {
				return true;
			}
		}
		// Whoever works on it is told
		request(id, grace);
		return true;
	}

	private PostPhaseTable.@Nullable Found find(String id) {
		return Objects.requireNonNull(this.transaction.execute((status) -> Optional.ofNullable(this.table.find(id))))
			.orElse(null);
	}

	private void request(String id, Duration grace) {
		long millis = grace.toMillis();
		try {
			this.transaction.executeWithoutResult((status) -> {
				if (!this.cancellations.shorten(id, millis)) {
					this.cancellations.insert(id, millis);
				}
			});
		}
		catch (DuplicateKeyException ex) {
			// Somebody else has added it
			this.transaction.executeWithoutResult((status) -> this.cancellations.shorten(id, millis));
		}
	}

	/**
	 * Ends one that no node works on.
	 * @return {@code false} if a node has begun to
	 */
	private boolean end(PostPhaseTable.Found found) {
		Lease lease = found.lease();
		FinishedStatus status = new FinishedStatus(lease.id(), this.names.apply(lease.name()), lease.owner(),
				lease.acceptedAt(), null, null, Instant.now(), found.row().attempts().started(), Delivery.UNKNOWN, null,
				PostPhaseOutcome.CANCELLED, null);
		boolean deleted = Boolean.TRUE.equals(this.transaction.execute((transaction) -> {
			// The version changes with each lease
			if (this.table.delete(List.of(lease))[0] == 0) {
				return false;
			}
			this.statuses.finished(List.of(status), List.of(lease));
			this.cancellations.delete(lease.id());
			return true;
		}));
		StoreClient client = this.client.get();
		if (deleted && client != null) {
			client.cancelled(new Takeover(lease.id(), status.name(), lease.owner(), lease.acceptedAt(),
					found.row().replayedAt(), found.due(), found.row().attempts(), new CancelledPostPhase(this.node)));
		}
		return deleted;
	}

	/**
	 * Looks for what this node is to cancel.
	 */
	void look() {
		try {
			List<CancellationTable.Cancellation> found = this.transaction
				.execute((status) -> this.cancellations.findAll());
			found.forEach(this::cancel);
			this.failed = false;
		}
		catch (RuntimeException | Error ex) {
			if (!this.failed) {
				logger.warn("Post-phases that other nodes want to be cancelled could not be read, which is tried again",
						ex);
			}
			this.failed = true;
		}
	}

	private void cancel(CancellationTable.Cancellation cancellation) {
		String id = cancellation.id();
		if (this.node.equals(cancellation.node())) {
			StoreClient client = this.client.get();
			if (client != null) {
				client.cancel(id, Duration.ofMillis(cancellation.graceMillis()));
			}
		}
		else if (cancellation.node() == null) {
			PostPhaseTable.Found found = find(id);
			if (found == null || found.dead()) {
				this.transaction.executeWithoutResult((status) -> this.cancellations.delete(id));
			}
			else if (found.node() == null) {
				end(found);
			}
		}
	}

}
