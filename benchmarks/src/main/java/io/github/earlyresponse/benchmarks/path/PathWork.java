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

import java.util.concurrent.CountDownLatch;

import io.github.earlyresponse.PostPhase;

import org.springframework.scheduling.annotation.Async;

/**
 * Work that does nothing but count.
 */
class PathWork {

	private volatile CountDownLatch expected = new CountDownLatch(0);

	void expect(int times) {
		this.expected = new CountDownLatch(times);
	}

	void await() throws InterruptedException {
		this.expected.await();
	}

	@PostPhase
	void first(Integer number) {
		this.expected.countDown();
	}

	@PostPhase
	void second(Integer number) {
		this.expected.countDown();
	}

	@PostPhase
	void third(Integer number) {
		this.expected.countDown();
	}

	/**
	 * The same by a proxy, as there is one around all beans with such methods.
	 */
	static class Asynchronous {

		private final PathWork work;

		Asynchronous(PathWork work) {
			this.work = work;
		}

		@Async
		void first(Integer number) {
			this.work.first(number);
		}

	}

}
