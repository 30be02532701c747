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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Finds nodes that have died, and ends the leases that they had. One node at a time does
 * that for another one, whose row it locks: that node cannot come back to life meanwhile.
 */
final class DeadNodes {

	private static final Log logger = LogFactory.getLog(DeadNodes.class);

	private static final int BATCH_SIZE = 500;

	/** After how many looks it is checked that all leases are those of a node. */
	private static final int LOOKS_BETWEEN_CHECKS = 20;

	/** After how many times of a lease a dead node without leases is forgotten. */
	private static final int FORGET_AFTER = 10;

	private final NodeTable nodes;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final StoreSettings settings;

	private final DatabaseClock clock;

	private final BooleanSupplier outage;

	private final CrashHandler crashHandler;

	private final Runnable ended;

	private @Nullable StoreScheduler scheduler;

	private int looks;

	/** The last heartbeats of all nodes, and since when this one knows them. */
	private Map<String, Sighting> sightings = Map.of();

	/**
	 * Creates it.
	 * @param nodes where nodes are stored
	 * @param table where their leases are stored
	 * @param transaction the transaction of a batch
	 * @param settings when a node is dead
	 * @param clock the clock that is compared with that of the database now and then
	 * @param outage whether other nodes may look as if they had died, because they could
	 * not be heard of
	 * @param crashHandler ends the leases
	 * @param ended is called when leases have been ended
	 */
	DeadNodes(NodeTable nodes, PostPhaseTable table, TransactionOperations transaction, StoreSettings settings,
			DatabaseClock clock, BooleanSupplier outage, CrashHandler crashHandler, Runnable ended) {
		this.nodes = nodes;
		this.table = table;
		this.transaction = transaction;
		this.settings = settings;
		this.clock = clock;
		this.outage = outage;
		this.crashHandler = crashHandler;
		this.ended = ended;
	}

	synchronized void start() {
		StoreScheduler scheduler = new StoreScheduler("post-phase-dead-nodes-", 1);
		scheduler.scheduleWithFixedDelay(this::look, this.settings.lookInterval());
		this.scheduler = scheduler;
	}

	void stop() {
		StoreScheduler scheduler;
		synchronized (this) {
			scheduler = this.scheduler;
			this.scheduler = null;
		}
		if (scheduler != null) {
			scheduler.shutdown();
		}
	}

	private void look() {
		try {
			compareClocks();
			if (this.outage.getAsBoolean()) {
				this.sightings = Map.of();
			}
			else {
				endLeasesOfDeadNodes();
			}
		}
		catch (RuntimeException | Error ex) {
			this.sightings = Map.of();
			logger.warn("Nodes that have died could not be looked for, which is tried again: " + ex);
		}
	}

	/**
	 * Compares the clock of this node with that of the database.
	 */
	void compareClocks() {
		this.clock.synchronize(() -> this.transaction.execute((status) -> this.nodes.now()));
	}

	private void endLeasesOfDeadNodes() {
		List<NodeTable.Node> nodes = this.transaction.execute((status) -> this.nodes.findAll());
		if (this.looks++ % LOOKS_BETWEEN_CHECKS == 0) {
			addMissing(nodes);
		}
		this.sightings = sightings(nodes);
		for (NodeTable.Node node : nodes) {
			if (isDead(node) && isWatched(node)) {
				endLeases(node);
			}
		}
	}

	private Map<String, Sighting> sightings(List<NodeTable.Node> nodes) {
		Map<String, Sighting> sightings = new HashMap<>();
		for (NodeTable.Node node : nodes) {
			Sighting last = this.sightings.get(node.name());
			boolean same = last != null && last.heartbeat().equals(node.lastHeartbeat());
			sightings.put(node.name(), (same) ? last : new Sighting(node.lastHeartbeat(), System.nanoTime()));
		}
		return sightings;
	}

	/**
	 * Whether a node had the time for another heartbeat while this one has watched it. So
	 * it has not if the database was away, if its clock has been set, or if this node has
	 * just been started.
	 */
	private boolean isWatched(NodeTable.Node node) {
		Sighting sighting = this.sightings.get(node.name());
		return sighting != null && System.nanoTime() - sighting.since() > 2 * this.settings.heartbeat().toNanos();
	}

	private boolean isDead(NodeTable.Node node) {
		return !node.name().equals(this.settings.node()) && node.silence().compareTo(this.settings.leaseTime()) > 0;
	}

	/**
	 * Adds nodes that have leases but no row, as after a table was emptied. They are dead
	 * in time, unless they are heard of.
	 */
	private void addMissing(List<NodeTable.Node> nodes) {
		List<String> leasing = this.transaction.execute((status) -> this.table.nodes());
		Set<String> missing = new TreeSet<>(leasing);
		nodes.forEach((node) -> missing.remove(node.name()));
		missing.remove(this.settings.node());
		for (String name : missing) {
			try {
				this.transaction.executeWithoutResult((status) -> this.nodes.add(name));
			}
			catch (DuplicateKeyException ex) {
				logger.debug("Node " + name + " was added meanwhile", ex);
			}
		}
	}

	private void endLeases(NodeTable.Node node) {
		int ended;
		int sum = 0;
		do {
			ended = endBatch(node.name());
			sum += ended;
			if (ended > 0) {
				this.ended.run();
			}
		}
		while (ended == BATCH_SIZE && !Thread.currentThread().isInterrupted());
		if (sum > 0) {
			logger.warn("Node " + node.name() + " has died: its " + sum + " post-phases are taken over");
		}
	}

	private int endBatch(String name) {
		Batch batch = this.transaction.execute((status) -> {
			NodeTable.Node node = this.nodes.lock(name);
			// An outage may have begun while this waited for a connection
			return (node != null && isDead(node) && !this.outage.getAsBoolean()) ? endBatch(node) : Batch.NONE;
		});
		batch.notification().run();
		return batch.size();
	}

	private Batch endBatch(NodeTable.Node node) {
		// What a transaction of the node is just completing is not waited for
		List<PostPhaseTable.Leased> leased = this.table.lock(node.name(), BATCH_SIZE);
		Duration forgetAfter = this.settings.leaseTime().multipliedBy(FORGET_AFTER);
		if (leased.isEmpty() && node.silence().compareTo(forgetAfter) > 0) {
			this.nodes.remove(node.name());
		}
		return new Batch(leased.size(), this.crashHandler.end(leased));
	}

	/**
	 * A heartbeat of a node.
	 *
	 * @param heartbeat when it was, by the clock of the database
	 * @param since since when it is known here
	 */
	private record Sighting(Instant heartbeat, long since) {

	}

	/**
	 * Leases that were ended.
	 *
	 * @param size how many
	 * @param notification notifies of them
	 */
	private record Batch(int size, Runnable notification) {

		private static final Batch NONE = new Batch(0, () -> {
		});

	}

}
