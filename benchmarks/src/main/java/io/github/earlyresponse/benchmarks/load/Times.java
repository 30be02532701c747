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

package io.github.earlyresponse.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Times of which the median counts, and what 99 of 100 are below.
 */
final class Times {

	private final ConcurrentLinkedQueue<Long> nanos = new ConcurrentLinkedQueue<>();

	void add(long nanos) {
		this.nanos.add(nanos);
	}

	/**
	 * Both in microseconds, and forgets the times.
	 */
	String summary() {
		long[] sorted = this.nanos.stream().mapToLong(Long::longValue).toArray();
		this.nanos.clear();
		Arrays.sort(sorted);
		return (sorted.length == 0) ? "0 0" : String.format(Locale.ROOT, "%.1f %.1f", sorted[sorted.length / 2] / 1e3,
				sorted[sorted.length * 99 / 100] / 1e3);
	}

}
