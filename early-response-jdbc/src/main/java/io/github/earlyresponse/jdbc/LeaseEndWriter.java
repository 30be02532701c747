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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.engine.StoreObserver;
import io.github.earlyresponse.jdbc.LeaseEnd.Burial;
import io.github.earlyresponse.jdbc.LeaseEnd.Deletion;
import io.github.earlyresponse.jdbc.LeaseEnd.HandBack;
import io.github.earlyresponse.jdbc.LeaseEnd.Retry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.support.TransactionOperations;

/**
 * Writes what has become of stored post-phases, in batches and on a thread of its own, so
 * that neither a request nor a post-phase waits for it. What cannot be written is written
 * again, as long as it takes: the lease goes on meanwhile.
 */
final class LeaseEndWriter {

	private static final Log logger = LogFactory.getLog(LeaseEndWriter.class);

	private static final int MAX_BATCH = 500;

	/** How long a batch is collected, which saves statements and commits. */
	private static final long COLLECT_MILLIS = 10;

	private static final Duration RETRY_DELAY = Duration.ofMillis(500);

	/** How often one that cannot be written is logged. */
	private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(1);

	private final PostPhaseTable table;

	private final TransactionOperations transaction;

	private final StatusWriter statuses;

	private final Consumer<LeaseEnd> ended;

	private final Consumer<DeadLetter> buried;

	private final Supplier<StoreObserver> observer;

	private final BlockingQueue<LeaseEnd> queue = new LinkedBlockingQueue<>();

	/** How many wait for a transaction of their post-phase. */
	private final AtomicInteger delayed = new AtomicInteger();

	private volatile @Nullable Thread thread;

	private long lastWarning;

	private volatile boolean stopping;

	/**
	 * Creates the writer.
	 * @param table where to write
	 * @param transaction the transaction of a batch
	 * @param statuses keeps the status of what has ended
	 * @param ended is called when the end of a lease was written
	 * @param buried is called when a dead letter was written
	 * @param observer is notified about each batch
	 */
	LeaseEndWriter(PostPhaseTable table, TransactionOperations transaction, StatusWriter statuses,
			Consumer<LeaseEnd> ended, Consumer<DeadLetter> buried, Supplier<StoreObserver> observer) {
		this.table = table;
		this.transaction = transaction;
		this.statuses = statuses;
		this.ended = ended;
		this.buried = buried;
		this.observer = observer;
	}

	void start() {
		this.stopping = false;
		Thread thread = new Thread(this::run, "post-phase-store");
		thread.setDaemon(true);
		thread.start();
		this.thread = thread;
	}

	void add(LeaseEnd end) {
		this.queue.add(end);
	}

	/**
	 * Adds the end of a lease when no transaction of its post-phase holds the row, which
	 * all others would wait for.
	 * @param checkpoints how far the post-phase has got
	 * @param end makes the end
	 */
	void add(LeasedCheckpoints checkpoints, Supplier<LeaseEnd> end) {
		this.delayed.incrementAndGet();
		checkpoints.end(() -> {
			try {
				add(end.get());
			}
			finally {
				this.delayed.decrementAndGet();
			}
		});
	}

	/**
	 * Writes what there is, and stops. What cannot be written within a few seconds is
	 * left to whoever takes the post-phases over.
	 */
	void stop() {
		Thread thread = this.thread;
		this.stopping = true;
		if (thread == null) {
			return;
		}
		boolean interrupted = Thread.interrupted();
		try {
			thread.join(STOP_TIMEOUT.toMillis());
			thread.interrupt();
			thread.join(INTERRUPT_TIMEOUT.toMillis());
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		this.thread = null;
	}

	private void run() {
		List<LeaseEnd> batch = new ArrayList<>();
		boolean failed = false;
		try {
			while (!(this.stopping && batch.isEmpty() && this.delayed.get() == 0 && this.queue.isEmpty())) {
				collect(batch);
				failed = !write(batch, failed);
				if (failed) {
					Thread.sleep(RETRY_DELAY.toMillis());
				}
			}
		}
		catch (InterruptedException ex) {
			logger.warn("What became of " + (batch.size() + this.queue.size() + this.delayed.get())
					+ " post-phases could not be stored before the shutdown. They will be taken over");
		}
	}

	private void collect(List<LeaseEnd> batch) throws InterruptedException {
		if (batch.isEmpty()) {
			LeaseEnd first = this.queue.poll(100, TimeUnit.MILLISECONDS);
			if (first == null) {
				return;
			}
			batch.add(first);
			if (this.queue.size() < MAX_BATCH && !this.stopping) {
				Thread.sleep(COLLECT_MILLIS);
			}
		}
		this.queue.drainTo(batch, Math.max(0, MAX_BATCH - batch.size()));
	}

	/**
	 * Writes a batch, and empties it if that succeeds. One that has failed before is
	 * written one by one, because one of them may be the reason.
	 * @return whether all were written
	 */
	private boolean write(List<LeaseEnd> batch, boolean failedBefore) {
		if (batch.isEmpty()) {
			return true;
		}
		try {
			if (failedBefore) {
				while (!batch.isEmpty()) {
					write(batch.subList(0, 1));
					batch.remove(0);
				}
			}
			else {
				write(batch);
				batch.clear();
			}
			return true;
		}
		catch (RuntimeException | Error ex) {
			warn(batch.size(), failedBefore, ex);
			if (failedBefore) {
				// Those behind it do not wait for it
				this.queue.add(batch.remove(0));
			}
			return false;
		}
	}

	private void warn(int number, boolean failedBefore, Throwable failure) {
		long now = System.nanoTime();
		if (!failedBefore || now - this.lastWarning > WARNING_INTERVAL.toNanos()) {
			this.lastWarning = now;
			logger.warn("What became of " + number + " post-phases could not be stored, and is stored again", failure);
		}
	}

	private void write(List<LeaseEnd> batch) {
		long start = System.nanoTime();
		List<DeadLetter> deadLetters = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			List<FinishedStatus> finished = new ArrayList<>();
			List<Deletion> deletions = select(batch, Deletion.class);
			int[] deleted = this.table.delete(leases(deletions));
			warnOfLoss(deletions, deleted);
			for (int i = 0; i < deleted.length; i++) {
				add(finished, deletions.get(i).status(), deleted[i]);
			}
			List<Retry> retries = select(batch, Retry.class);
			warnOfLoss(retries, this.table.retry(retries));
			List<Burial> burials = select(batch, Burial.class);
			int[] counts = this.table.bury(burials);
			warnOfLoss(burials, counts);
			for (int i = 0; i < counts.length; i++) {
				if (counts[i] != 0) {
					deadLetters.add(burials.get(i).deadLetter());
				}
				add(finished, burials.get(i).status(), counts[i]);
			}
			this.table.handBack(select(batch, HandBack.class));
			this.statuses.finished(finished, leases(deletions));
		});
		Duration duration = Duration.ofNanos(System.nanoTime() - start);
		batch.forEach(this.ended);
		deadLetters.forEach(this.buried);
		notifyObserver(batch.size(), duration);
	}

	/**
	 * Adds the status of one that has ended, unless its lease was lost.
	 */
	private static void add(List<FinishedStatus> finished, @Nullable FinishedStatus status, int count) {
		if (status != null && count != 0) {
			finished.add(status);
		}
	}

	private void notifyObserver(int size, Duration duration) {
		try {
			this.observer.get().stored(size, duration);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("A StoreObserver failed", ex);
		}
	}

	private static <T extends LeaseEnd> List<T> select(List<LeaseEnd> batch, Class<T> type) {
		return batch.stream().filter(type::isInstance).map(type::cast).toList();
	}

	private static List<Lease> leases(List<? extends LeaseEnd> ends) {
		return ends.stream().map(LeaseEnd::lease).toList();
	}

	private static void warnOfLoss(List<? extends LeaseEnd> ends, int[] counts) {
		for (int i = 0; i < ends.size(); i++) {
			boolean neverRun = ends.get(i) instanceof Deletion deletion && !deletion.completed();
			if (counts[i] == 0 && !neverRun) {
				logger.warn(ends.get(i).lease()
						+ " has run here, but its row was taken over or deleted meanwhile. It may run twice");
			}
		}
	}

}
