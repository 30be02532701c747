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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long work waits for its start, from the commit of the transaction that has promised
 * it. What is found in the database and starts before the thread of the transaction knows
 * of its commit has waited for no time.
 */
final class StartTimes {

	/** When those were committed that have not been started, and the other way round. */
	private final Map<String, Long> committed = new ConcurrentHashMap<>();

	private final Times times = new Times();

	private final AtomicLong started = new AtomicLong();

	void committed(String id) {
		if (this.committed.putIfAbsent(id, System.nanoTime()) != null) {
			this.committed.remove(id);
		}
	}

	void started(String id) {
		long now = System.nanoTime();
		Long time = this.committed.putIfAbsent(id, now);
		if (time != null) {
			this.committed.remove(id);
		}
		this.times.add((time != null) ? now - time : 0);
		this.started.incrementAndGet();
	}

	/**
	 * How many have been started so far.
	 */
	long count() {
		return this.started.get();
	}

	/**
	 * The median and what 99 of 100 were below since the last time, in microseconds.
	 */
	String summary() {
		return this.times.summary();
	}

}
