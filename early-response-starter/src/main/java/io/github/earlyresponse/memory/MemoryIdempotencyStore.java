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

package io.github.earlyresponse.memory;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.IdempotencyStore;
import io.github.earlyresponse.engine.IdempotentRequest;
import io.github.earlyresponse.engine.StoredResult;
import org.jspecify.annotations.Nullable;

/**
 * Keeps results in memory, for development: as they are, and no more than so many. It
 * forgets those that were claimed first.
 */
public final class MemoryIdempotencyStore implements IdempotencyStore {

	private static final int AT_MOST = 10_000;

	private final long keepNanos;

	/** In the order in which they were claimed. */
	private final Map<String, Claim> claims = new LinkedHashMap<>();

	/**
	 * Creates the store.
	 * @param keepFor how long results are kept
	 */
	public MemoryIdempotencyStore(Duration keepFor) {
		this.keepNanos = keepFor.toNanos();
	}

	@Override
	public void prepare() {
	}

	@Override
	public void checkBody(Type bodyType, String handler) {
	}

	@Override
	public synchronized IdempotencyClaim claim(IdempotentRequest request) {
		this.claims.values().removeIf(Claim::isExpired);
		Claim former = this.claims.get(request.id());
		if (former != null) {
			return former.repeat(request.fingerprint());
		}
		Claim claim = new Claim(request);
		this.claims.put(request.id(), claim);
		if (this.claims.size() > AT_MOST) {
			Iterator<Claim> eldest = this.claims.values().iterator();
			eldest.next();
			eldest.remove();
		}
		return claim;
	}

	private final class Claim implements IdempotencyClaim.Granted {

		private final IdempotentRequest request;

		private @Nullable StoredResult stored;

		private boolean ended;

		private long endedAt;

		Claim(IdempotentRequest request) {
			this.request = request;
		}

		private boolean isExpired() {
			return this.ended && System.nanoTime() - this.endedAt > MemoryIdempotencyStore.this.keepNanos;
		}

		private IdempotencyClaim repeat(String fingerprint) {
			if (!this.request.fingerprint().equals(fingerprint)) {
				return new OtherContent();
			}
			return (this.ended && this.stored != null) ? new Repeated(this.stored) : new InProgress();
		}

		@Override
		public boolean canStore() {
			return true;
		}

		@Override
		public StoredResult store(StoredResult result) {
			synchronized (MemoryIdempotencyStore.this) {
				this.stored = result;
			}
			return result;
		}

		@Override
		public void end(boolean success) {
			synchronized (MemoryIdempotencyStore.this) {
				this.ended = true;
				this.endedAt = System.nanoTime();
				if (!success) {
					MemoryIdempotencyStore.this.claims.remove(this.request.id(), this);
				}
			}
		}

	}

}
