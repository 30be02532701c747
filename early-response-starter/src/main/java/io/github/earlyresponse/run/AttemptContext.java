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
import java.util.concurrent.CancellationException;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.engine.PostPhaseRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

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

	@Override
	public <T> @Nullable T lastCheckpoint(Class<T> type) {
		Class<?> declared = checkpointType();
		Assert.isTrue(declared == Object.class || ClassUtils.resolvePrimitiveIfNecessary(type) == declared,
				() -> this.execution + " asks for a checkpoint of " + type + ", but its checkpointType is " + declared);
		return this.execution.checkpoints().last(type);
	}

	@Override
	public void checkpoint(Object cursor) {
		Assert.notNull(cursor, "A checkpoint needs a cursor");
		Class<?> declared = checkpointType();
		Assert.isTrue(declared.isInstance(cursor), () -> "The checkpoint of " + this.execution + " is of "
				+ cursor.getClass() + ", but its checkpointType is " + declared);
		if (this.attempt.isEnded()) {
			throw new CancellationException(this.execution + " has ended");
		}
		this.execution.checkpoints().store(cursor, this::throwIfStopRequested);
	}

	private Class<?> checkpointType() {
		PostPhaseRecord record = this.execution.record();
		return (record != null) ? record.work().checkpointType() : Object.class;
	}

	private void throwIfStopRequested() {
		if (cancellationRequested()) {
			throw new CancellationException(this.execution + " should stop");
		}
	}

}
