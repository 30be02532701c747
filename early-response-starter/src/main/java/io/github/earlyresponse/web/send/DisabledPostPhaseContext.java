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

package io.github.earlyresponse.web.send;

import java.io.IOException;
import java.time.Duration;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the context of a post-phase that is none, because nothing is continued.
 */
record DisabledPostPhaseContext() implements PostPhaseContext {

	@Override
	public String id() {
		return "disabled";
	}

	@Override
	public String name() {
		return "disabled";
	}

	@Override
	public int attempt() {
		return 1;
	}

	@Override
	public Delivery delivery() {
		return Delivery.NOT_SENT;
	}

	@Override
	public @Nullable IOException deliveryFailure() {
		return null;
	}

	@Override
	public RequestSnapshot request() {
		throw new IllegalStateException("No copy of the request was taken: early-response.enabled is false");
	}

	@Override
	public boolean cancellationRequested() {
		return false;
	}

	@Override
	public void restartTimeout(Duration timeout) {
	}

	@Override
	public void progress(long done, long total, @Nullable String message) {
	}

	@Override
	public <T> @Nullable T lastCheckpoint(Class<T> type) {
		return null;
	}

	@Override
	public void checkpoint(Object cursor) {
	}

}
