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

package io.github.earlyresponse.run;

import java.io.IOException;
import java.time.Duration;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.RequestSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What a post-phase sees of itself during an attempt.
 */
final class AttemptContext implements PostPhaseContext {

	private final Execution execution;

	private final Attempt attempt;

	private final @Nullable RequestSnapshot request;

	AttemptContext(Execution execution, Attempt attempt, @Nullable RequestSnapshot request) {
		this.execution = execution;
		this.attempt = attempt;
		this.request = request;
	}

	@Override
	public String id() {
		return this.execution.id();
	}

	@Override
	public String name() {
		return this.execution.name();
	}

	@Override
	public int attempt() {
		return this.attempt.number();
	}

	@Override
	public Delivery delivery() {
		return this.execution.delivery();
	}

	@Override
	public @Nullable IOException deliveryFailure() {
		return this.execution.deliveryFailure();
	}

	@Override
	public RequestSnapshot request() {
		RequestSnapshot request = this.request;
		Assert.state(request != null, "No copy of the request was taken");
		return request;
	}

	@Override
	public boolean cancellationRequested() {
		return this.attempt.isStopRequested();
	}

	@Override
	public void restartTimeout(Duration timeout) {
		this.attempt.restartTimeout(timeout);
	}

	@Override
	public void progress(long done, long total, @Nullable String message) {
		this.execution.progress(new PostPhaseProgress(done, total, message));
	}

}
