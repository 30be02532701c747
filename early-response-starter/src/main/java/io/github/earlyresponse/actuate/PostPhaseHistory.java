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

package io.github.earlyresponse.actuate;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

/**
 * Counts post-phases and remembers the last failures.
 */
public final class PostPhaseHistory implements PostPhaseListener {

	/**
	 * How many failures are remembered.
	 */
	static final int FAILURES = 20;

	private final LongAdder accepted = new LongAdder();

	private final LongAdder rejected = new LongAdder();

	private final LongAdder failedAttempts = new LongAdder();

	private final LongAdder takenOver = new LongAdder();

	private final LongAdder handedBack = new LongAdder();

	private final Map<PostPhaseOutcome, LongAdder> outcomes = new ConcurrentHashMap<>();

	private final Deque<FailureDescriptor> failures = new ArrayDeque<>();

	@Override
	public void accepted(PostPhaseExecution postPhase) {
		this.accepted.increment();
	}

	@Override
	public void rejected(String name) {
		this.rejected.increment();
	}

	@Override
	public void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
		this.failedAttempts.increment();
	}

	@Override
	public void finished(PostPhaseResult result) {
		this.outcomes.computeIfAbsent(result.outcome(), (outcome) -> new LongAdder()).increment();
		switch (result.outcome()) {
			case FAILED, TIMED_OUT, ABANDONED -> remember(FailureDescriptor.of(result));
			case COMPLETED, CANCELLED, SKIPPED -> {
			}
		}
	}

	@Override
	public void takenOver(PostPhaseExecution postPhase, Instant due) {
		this.takenOver.increment();
	}

	@Override
	public void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
		this.handedBack.increment();
	}

	private void remember(FailureDescriptor failure) {
		synchronized (this.failures) {
			if (this.failures.size() == FAILURES) {
				this.failures.removeLast();
			}
			this.failures.addFirst(failure);
		}
	}

	TotalsDescriptor totals() {
		Map<String, Long> outcomes = new LinkedHashMap<>();
		for (PostPhaseOutcome outcome : PostPhaseOutcome.values()) {
			LongAdder count = this.outcomes.get(outcome);
			outcomes.put(outcome.name().toLowerCase(Locale.ROOT), (count != null) ? count.sum() : 0);
		}
		return new TotalsDescriptor(this.accepted.sum(), this.rejected.sum(), this.failedAttempts.sum(),
				this.takenOver.sum(), this.handedBack.sum(), outcomes);
	}

	List<FailureDescriptor> failures() {
		synchronized (this.failures) {
			return List.copyOf(this.failures);
		}
	}

	@Nullable FailureDescriptor failure(String id) {
		return failures().stream().filter((failure) -> failure.id().equals(id)).findFirst().orElse(null);
	}

}
