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

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs what has to be done now and then, one after the other on a thread of its own.
 */
final class Housekeeping {

	private static final Log logger = LogFactory.getLog(Housekeeping.class);

	private final String threadNamePrefix;

	private final Map<Runnable, Schedule> tasks = new LinkedHashMap<>();

	private @Nullable StoreScheduler scheduler;

	/**
	 * Creates it.
	 * @param threadNamePrefix how the name of its thread begins
	 */
	Housekeeping(String threadNamePrefix) {
		this.threadNamePrefix = threadNamePrefix;
	}

	/**
	 * Adds a task, before the start.
	 * @param task the task, which does not throw
	 * @param interval the interval at which it is run
	 */
	void add(Runnable task, Duration interval) {
		add(task, Duration.ZERO, interval);
	}

	/**
	 * Adds a task that is not run at once, before the start.
	 * @param task the task, which does not throw
	 * @param delay the delay before its first run
	 * @param interval the interval at which it is run
	 */
	void add(Runnable task, Duration delay, Duration interval) {
		this.tasks.put(task, new Schedule(delay, interval));
	}

	synchronized void start() {
		StoreScheduler scheduler = new StoreScheduler(this.threadNamePrefix, 1);
		// A task whose error is handled is run again
		scheduler.setErrorHandler((ex) -> logger.error("Housekeeping of stored post-phases failed", ex));
		this.tasks.forEach((task, schedule) -> scheduler.scheduleWithFixedDelay(task,
				scheduler.getClock().instant().plus(schedule.delay()), schedule.interval()));
		this.scheduler = scheduler;
	}

	synchronized void stop() {
		if (this.scheduler != null) {
			this.scheduler.shutdown();
			this.scheduler = null;
		}
	}

	private record Schedule(Duration delay, Duration interval) {

	}

}
