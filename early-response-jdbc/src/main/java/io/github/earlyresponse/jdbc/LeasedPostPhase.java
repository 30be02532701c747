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
import java.util.function.Supplier;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.AttemptCount;
import io.github.earlyresponse.engine.Checkpoints;
import io.github.earlyresponse.engine.StoredPostPhase;
import org.jspecify.annotations.Nullable;

/**
 * A stored post-phase of which this node has the lease.
 */
final class LeasedPostPhase implements StoredPostPhase {

	private final Lease lease;

	private final StoredCall work;

	private final ContextCarrier.Context context;

	private final @Nullable RequestSnapshot request;

	private final LeasedCheckpoints checkpoints;

	private final Duration takeoverAfter;

	private final LeaseEndWriter ends;

	private final LeasedStatus status;

	private final String node;

	private volatile boolean uncertain;

	/** Whether the transaction that inserts it is still active. */
	private boolean pending;

	/** Its end, which nobody would find in the database before that. */
	private @Nullable Supplier<LeaseEnd> held;

	/**
	 * Creates a leased post-phase.
	 * @param lease its lease
	 * @param work its work
	 * @param context its context
	 * @param request its request, if it needs it
	 * @param checkpoints how far it has got
	 * @param takeoverAfter the time after which a node that stops is sure to have gone
	 * @param ends where the end of the lease goes
	 * @param status what is stored for those who follow it
	 * @param node the name of this node
	 */
	LeasedPostPhase(Lease lease, StoredCall work, ContextCarrier.Context context, @Nullable RequestSnapshot request,
			LeasedCheckpoints checkpoints, Duration takeoverAfter, LeaseEndWriter ends, LeasedStatus status,
			String node) {
		this.lease = lease;
		this.work = work;
		this.context = context;
		this.request = request;
		this.checkpoints = checkpoints;
		this.takeoverAfter = takeoverAfter;
		this.ends = ends;
		this.status = status;
		this.node = node;
	}

	@Override
	public void attach(PostPhaseExecution postPhase) {
		this.status.attach(postPhase);
	}

	@Override
	public String node() {
		return this.node;
	}

	Lease lease() {
		return this.lease;
	}

	/**
	 * A transaction is going to insert it. What becomes of it is written when that has
	 * been completed.
	 */
	synchronized void pending() {
		this.pending = true;
	}

	/**
	 * The transaction has been completed.
	 * @param uncertain whether its commit failed, perhaps only its answer. If the row is
	 * there the transaction was committed, and the row is the only one to know that
	 */
	void completed(boolean uncertain) {
		this.uncertain = uncertain;
		Supplier<LeaseEnd> end;
		synchronized (this) {
			this.pending = false;
			end = this.held;
			this.held = null;
		}
		if (end != null) {
			this.ends.add(this.checkpoints, end);
		}
	}

	/**
	 * Ends the lease.
	 * @param end makes the end, when all that the post-phase has done is known
	 */
	private void end(Supplier<LeaseEnd> end) {
		synchronized (this) {
			if (this.pending) {
				this.held = end;
				return;
			}
		}
		this.ends.add(this.checkpoints, end);
	}

	boolean isUncertain() {
		return this.uncertain;
	}

	@Override
	public PostPhaseWork work() {
		return this.work;
	}

	@Override
	public ContextCarrier.Context context() {
		return this.context;
	}

	@Override
	public @Nullable RequestSnapshot request() {
		return this.request;
	}

	@Override
	public Checkpoints checkpoints() {
		return this.checkpoints;
	}

	@Override
	public boolean isCompleted() {
		return this.work.isCompleted();
	}

	@Override
	public void ended(PostPhaseOutcome outcome, AttemptCount attempts, @Nullable Throwable failure) {
		Instant now = Instant.now();
		FinishedStatus status = (isCompleted()) ? null : this.status.finished(outcome, failure);
		end(() -> switch (outcome) {
			case COMPLETED -> new LeaseEnd.Deletion(this.lease, !isCompleted(), status);
			case SKIPPED -> (this.uncertain) ? handBack(now, false) : new LeaseEnd.Deletion(this.lease, false, status);
			case CANCELLED -> new LeaseEnd.Deletion(this.lease, false, status);
			case FAILED, TIMED_OUT -> new LeaseEnd.Burial(this.lease, attempts, FailureText.of(outcome, failure), now,
					this.checkpoints.progress(), status);
			case ABANDONED -> handBack(now, false);
		});
	}

	@Override
	public void retry(AttemptCount attempts, Duration delay, Throwable failure) {
		Instant due = Instant.now().plus(delay);
		end(() -> new LeaseEnd.Retry(this.lease, due, attempts, FailureText.of(failure), this.checkpoints.progress()));
	}

	@Override
	public void handBack(boolean responseComplete) {
		Instant due = Instant.now().plus((responseComplete) ? Duration.ZERO : this.takeoverAfter);
		end(() -> handBack(due, false));
	}

	@Override
	public void enqueue() {
		Instant due = Instant.now();
		end(() -> handBack(due, true));
	}

	private LeaseEnd handBack(Instant due, boolean enqueued) {
		return new LeaseEnd.HandBack(this.lease, due, enqueued, this.checkpoints.progress());
	}

}
