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

import java.util.function.Supplier;

import io.github.earlyresponse.RequestSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Reads a payload when it is first needed, on the thread of the post-phase.
 */
final class LazyPayload implements Supplier<Payload> {

	private final SingletonSupplier<Payload> payload;

	LazyPayload(Supplier<Payload> reader) {
		this.payload = SingletonSupplier.of(reader);
	}

	@Override
	public Payload get() {
		return this.payload.obtain();
	}

	/**
	 * The copy of the request.
	 * @return the copy, {@code null} if there is none, or it cannot be read. Then the
	 * arguments cannot be read either, which fails the post-phase
	 */
	@Nullable RequestSnapshot request() {
		try {
			return get().request();
		}
		catch (RuntimeException | Error ex) {
			return null;
		}
	}

}
