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

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

/**
 * The status of a post-phase of which this node has the lease.
 */
final class LeasedStatus {

	private final Lease lease;

	private final StatusWriter writer;

	private volatile @Nullable PostPhaseExecution postPhase;

	LeasedStatus(Lease lease, StatusWriter writer) {
		this.lease = lease;
		this.writer = writer;
	}

	/**
	 * The post-phase has become known: what it reports is stored from now on.
	 */
	void attach(PostPhaseExecution postPhase) {
		this.postPhase = postPhase;
		this.writer.add(this.lease, postPhase);
	}

	/**
	 * What is kept of it when it has ended.
	 * @return the status, {@code null} if none is kept
	 */
	@Nullable FinishedStatus finished(PostPhaseOutcome outcome, @Nullable Throwable failure) {
		PostPhaseExecution postPhase = this.postPhase;
		if (postPhase == null || !this.writer.isEnabled()) {
			return null;
		}
		String message = new PostPhaseResult(postPhase, outcome, Duration.ZERO, failure).failureMessage();
		return FinishedStatus.of(postPhase, outcome, message);
	}

}
