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
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * The leases of this node, which are valid as long as it is heard of. If its heartbeat
 * has not been possible for so long that other nodes may soon take the post-phases over,
 * they are given up.
 */
final class Leases {

	private static final Log logger = LogFactory.getLog(Leases.class);

	private static final long NEVER = Long.MIN_VALUE;

	/** How many rows the looks for orphans read for each heartbeat at most. */
	private static final int ROWS_PER_BEAT = 1_000;

	private final NodeTable nodes;

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final LeaseConnection connection;

	private final StoreSettings settings;

	private final Predicate<Lease> lost;

	/**
	 * How often orphans are looked for: twice until they are due. If there are very many
	 * leases, it is less often, because a look reads all of them.
	 */
	private final int beatsBetweenLooks;

	private final Set<Lease> leases = ConcurrentHashMap.newKeySet();

	private volatile long lastBeat = System.nanoTime();

	/** Whether the node has been heard of since it was started. */
	private volatile boolean heard;

	/** When they could be renewed again after they had been given up. */
	private volatile long lastRecovery = NEVER;

	/** What nobody here has leased, although it is leased by this node. */
	private volatile Set<Lease.Key> orphans = Set.of();

	private int beatsSinceLook;

	private boolean failed;

	/** A renewal that has been asked for and has not begun. */
	private final AtomicReference<@Nullable CompletableFuture<Void>> requested = new AtomicReference<>();

	/** Renews them, and can hang at the database. */
	private @Nullable StoreScheduler renewal;

	/** Gives them up. Nothing else uses its thread. */
	private @Nullable StoreScheduler watchdog;

	/**
	 * Creates the leases.
	 * @param nodes where the node is heard of
	 * @param table where they are stored
	 * @param transaction the transaction of a statement
	 * @param connection the connection of that transaction
	 * @param settings the name of this node, which no other process has or will have, and
	 * when they are renewed
	 * @param lost gives one up, and returns {@code false} if there is nothing to give up
	 */
	Leases(NodeTable nodes, PostPhaseTable table, TransactionOperations transaction, LeaseConnection connection,
			StoreSettings settings, Predicate<Lease> lost) {
		this.nodes = nodes;
		this.table = table;
		this.transaction = transaction;
		this.connection = connection;
		this.settings = settings;
		this.lost = lost;
		this.beatsBetweenLooks = Math.max(1,
				(int) (settings.giveUpAfter().toNanos() / settings.heartbeat().toNanos() / 2));
	}

	/**
	 * Renews them from now on, for the first time after an interval.
	 */
	synchronized void start() {
		this.connection.open();
		this.heard = false;
		this.lastBeat = System.nanoTime();
		StoreScheduler renewal = new StoreScheduler("post-phase-lease-", 1);
		renewal.schedule(this::beat, (context) -> renewal.getClock().instant().plus(pause()));
		this.renewal = renewal;
		Duration interval = this.settings.heartbeat();
		StoreScheduler watchdog = new StoreScheduler("post-phase-lease-watchdog-", 1);
		watchdog.scheduleWithFixedDelay(this::giveUpIfStale, watchdog.getClock().instant().plus(interval),
				interval.dividedBy(2));
		this.watchdog = watchdog;
	}

	/**
	 * How long to wait until the next renewal. One that has failed is repeated soon.
	 */
	private Duration pause() {
		Duration interval = this.settings.heartbeat();
		return (this.failed) ? interval.dividedBy(4) : interval;
	}

	void stop() {
		stopSchedulers();
		this.connection.close();
		// What has not ended by now does not run here any more, even if this is started
		// again
		this.leases.clear();
		this.orphans = Set.of();
	}

	/**
	 * Waits a moment for what they do, and keeps nobody else waiting for that.
	 */
	private void stopSchedulers() {
		StoreScheduler watchdog;
		StoreScheduler renewal;
		synchronized (this) {
			watchdog = this.watchdog;
			renewal = this.renewal;
			this.watchdog = null;
			this.renewal = null;
		}
		if (watchdog != null) {
			watchdog.shutdown();
		}
		if (renewal != null) {
			renewal.shutdown();
		}
	}

	void add(Lease lease) {
		this.leases.add(lease);
	}

	/**
	 * A lease has ended.
	 */
	void remove(Lease lease) {
		this.leases.remove(lease);
	}

	/**
	 * Whether leases are valid for certain: the node was heard of a moment ago.
	 */
	boolean areValid() {
		return this.heard && System.nanoTime() - this.lastBeat < 2 * this.settings.heartbeat().toNanos();
	}

	/**
	 * Whether they can be renewed while all connections of the pool are in use.
	 */
	boolean haveOwnConnection() {
		return this.connection.isKept();
	}

	/**
	 * Renews the leases once for all that ask for it meanwhile, and waits for that.
	 * @return {@code false} if they could not be renewed in time
	 */
	boolean renewNow() {
		CompletableFuture<Void> renewal = request();
		try {
			renewal.get(this.settings.giveUpAfter().toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("Leases could not be renewed", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return false;
	}

	private CompletableFuture<Void> request() {
		CompletableFuture<Void> request = new CompletableFuture<>();
		CompletableFuture<Void> other = this.requested.compareAndExchange(null, request);
		if (other != null) {
			return other;
		}
		StoreScheduler renewal = renewal();
		if (renewal == null) {
			this.requested.set(null);
			request.completeExceptionally(new IllegalStateException("Leases are not renewed any more"));
		}
		else {
			renewal.execute(() -> renew(request));
		}
		return request;
	}

	private synchronized @Nullable StoreScheduler renewal() {
		return this.renewal;
	}

	private void renew(CompletableFuture<Void> request) {
		this.requested.set(null);
		try {
			renew();
			request.complete(null);
		}
		catch (RuntimeException | Error ex) {
			request.completeExceptionally(ex);
		}
	}

	/**
	 * Renews the leases.
	 * @throws RuntimeException if that is not possible
	 */
	void renew() {
		giveUpIfStale();
		Renewal renewal = Objects.requireNonNull(this.transaction.execute((status) -> {
			// From before the statement, because that is what it writes
			long now = System.nanoTime();
			boolean alive = this.nodes.beatIfAlive(this.settings.node(), this.settings.leaseTime());
			return new Renewal(now, !alive);
		}));
		if (this.heard && renewal.dead()) {
			// By a clock that goes on while this machine is suspended
			giveUpAll("Other nodes have taken this one for dead");
		}
		this.heard = true;
		if (renewal.time() - this.lastBeat > this.settings.giveUpAfter().toNanos()) {
			this.lastRecovery = renewal.time();
		}
		this.lastBeat = renewal.time();
	}

	private void warnOfFailure(Throwable failure) {
		logger.warn("The leases of " + this.leases.size() + " post-phases could not be renewed: " + failure);
	}

	int count() {
		return this.leases.size();
	}

	/**
	 * Gives leases up.
	 * @param lost gives one up, and returns {@code false} if there is nothing to give up
	 * @return those that were given up
	 */
	List<Lease> giveUp(Predicate<Lease> lost) {
		return this.leases.stream().filter(lost).toList();
	}

	private boolean isStale() {
		return System.nanoTime() - this.lastBeat > this.settings.giveUpAfter().toNanos();
	}

	/**
	 * Whether leases cannot be renewed, or could not until a moment ago: others may look
	 * as if their node had died.
	 */
	boolean isOutage() {
		// In this order, because the recovery is known before they are not stale any more
		return isStale() || isRecent(this.lastRecovery);
	}

	private boolean isRecent(long recovery) {
		return recovery != NEVER && System.nanoTime() - recovery < 2 * this.settings.giveUpAfter().toNanos();
	}

	private void beat() {
		try {
			renew();
			this.failed = false;
			if (++this.beatsSinceLook >= Math.max(this.beatsBetweenLooks, this.leases.size() / ROWS_PER_BEAT)) {
				this.beatsSinceLook = 0;
				endOrphans();
			}
		}
		catch (RuntimeException | Error ex) {
			this.failed = true;
			warnOfFailure(ex);
		}
	}

	/**
	 * Ends leases that nobody here has, and that would be renewed for ever: of what the
	 * scheduler has picked, or a transaction has inserted, when the connection broke and
	 * they did not get to know it. Those that are in between are seen once only.
	 */
	private void endOrphans() {
		List<Lease> leased = Objects.requireNonNullElse(
				this.transaction.execute((status) -> this.table.leased(this.settings.node())), List.of());
		Set<Lease.Key> here = new HashSet<>();
		this.leases.forEach((lease) -> here.add(lease.key()));
		List<Lease> unknown = leased.stream().filter((lease) -> !here.contains(lease.key())).toList();
		List<Lease> ended = unknown.stream().filter((lease) -> this.orphans.contains(lease.key())).toList();
		if (!ended.isEmpty()) {
			logger
				.warn(ended.size() + " post-phases are leased by this node, but do not run here. They are handed back");
			this.transaction.executeWithoutResult((status) -> this.table.handBack(ended, Instant.now()));
		}
		Set<Lease.Key> orphans = new HashSet<>();
		unknown.forEach((lease) -> orphans.add(lease.key()));
		this.orphans = orphans;
	}

	private void giveUpIfStale() {
		try {
			if (isStale()) {
				giveUpAll("Leases could not be renewed for " + this.settings.giveUpAfter());
			}
		}
		catch (RuntimeException | Error ex) {
			logger.error("Leases could not be given up", ex);
		}
	}

	private void giveUpAll(String reason) {
		int givenUp = giveUp(this.lost).size();
		if (givenUp > 0) {
			logger.error(reason + ", and those of " + givenUp
					+ " post-phases were given up. The post-phases that run were interrupted");
		}
	}

	/**
	 * A renewal.
	 *
	 * @param time when it was
	 * @param dead whether others could take this node for dead before
	 */
	private record Renewal(long time, boolean dead) {

	}

}
