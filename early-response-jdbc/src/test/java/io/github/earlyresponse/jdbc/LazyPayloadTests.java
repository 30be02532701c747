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

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link LazyPayload}.
 */
class LazyPayloadTests {

	@Test
	void isReadOnceAndNotBefore() {
		AtomicInteger reads = new AtomicInteger();
		Payload payload = new Payload(new Object[0], () -> () -> {
		}, null);
		LazyPayload lazy = new LazyPayload(() -> {
			reads.incrementAndGet();
			return payload;
		});
		assertThat(reads).hasValue(0);
		assertThat(lazy.get()).isSameAs(payload);
		assertThat(lazy.get()).isSameAs(payload);
		assertThat(reads).hasValue(1);
	}

	/**
	 * Whoever takes a post-phase over asks for its request first, and must get as far as
	 * the attempt, which fails.
	 */
	@ParameterizedTest
	@ValueSource(classes = { IllegalStateException.class, StackOverflowError.class, NoClassDefFoundError.class })
	void failsTheAttemptAndNotTheTakeover(Class<? extends Throwable> failure) {
		LazyPayload lazy = new LazyPayload(() -> {
			throw LazyPayloadTests.<RuntimeException>sneaky(failure);
		});
		assertThat(lazy.request()).isNull();
		assertThatThrownBy(lazy::get).isInstanceOf(failure);
		assertThatThrownBy(lazy::get).isInstanceOf(failure);
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> T sneaky(Class<? extends Throwable> type) throws T {
		try {
			throw (T) type.getDeclaredConstructor().newInstance();
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
