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

package io.github.earlyresponse.benchmarks.path;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import io.github.earlyresponse.engine.StoreObserver;

/**
 * Waits until the rows of durable post-phases are deleted.
 */
final class StoredEnds implements StoreObserver {

	private volatile CountDownLatch expected = new CountDownLatch(0);

	void expect(int number) {
		this.expected = new CountDownLatch(number);
	}

	void await() throws InterruptedException {
		this.expected.await();
	}

	@Override
	public void stored(int size, Duration duration) {
		CountDownLatch expected = this.expected;
		for (int i = 0; i < size; i++) {
			expected.countDown();
		}
	}

	@Override
	public void crashed(String name) {
		throw new UnsupportedOperationException();
	}

}
