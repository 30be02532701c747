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

import java.time.Instant;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.engine.AttemptCount;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a stored post-phase when this node gives up its lease.
 */
sealed interface LeaseEnd {

	/**
	 * The lease.
	 * @return the lease
	 */
	Lease lease();

	/**
	 * It is deleted.
	 *
	 * @param lease the lease
	 * @param completed whether it was completed, as opposed to never run
	 * @param status the status that is kept of it, {@code null} if none is, or it is
	 * stored already
	 */
	record Deletion(Lease lease, boolean completed, @Nullable FinishedStatus status) implements LeaseEnd {

	}

	/**
	 * Another attempt follows.
	 *
	 * @param lease the lease
	 * @param due when it is due
	 * @param attempts the attempts so far
	 * @param failure why the last one failed
	 * @param progress what else is left of the last one
	 * @param status the status that others see of it, {@code null} if it is not stored
	 */
	record Retry(Lease lease, Instant due, AttemptCount attempts, @Nullable String failure, Progress progress,
			@Nullable RunningStatus status) implements LeaseEnd {

	}

	/**
	 * It becomes a dead letter.
	 *
	 * @param lease the lease
	 * @param attempts the attempts so far
	 * @param failure why the last one failed
	 * @param deadAt when that was
	 * @param progress what else is left of the last one
	 * @param status the status that is kept of it, {@code null} if none is
	 */
	record Burial(Lease lease, AttemptCount attempts, @Nullable String failure, Instant deadAt, Progress progress,
			@Nullable FinishedStatus status) implements LeaseEnd {

		DeadLetter deadLetter() {
			return new DeadLetter(this.lease.id(), this.lease.name(), Lease.knownOwner(this.lease.owner()),
					this.lease.acceptedAt(), this.deadAt, this.attempts.started(), this.failure);
		}

	}

	/**
	 * It is left to whoever takes it over.
	 *
	 * @param lease the lease
	 * @param due when it is due
	 * @param enqueued whether it is one of the backlog from then on
	 * @param progress what is left of the last attempt
	 * @param status the status that others see of it, {@code null} if it is not stored
	 */
	record HandBack(Lease lease, Instant due, boolean enqueued, Progress progress,
			@Nullable RunningStatus status) implements LeaseEnd {

	}

}
