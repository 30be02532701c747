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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs what has to be done now and then, one after the other on a thread of its own.
 */
final class Housekeeping {

	private final Map<Runnable, Duration> tasks = new LinkedHashMap<>();

	private @Nullable ScheduledExecutorService scheduler;

	/**
	 * Adds a task, before the start.
	 * @param task the task, which does not throw
	 * @param interval the interval at which it is run
	 */
	void add(Runnable task, Duration interval) {
		this.tasks.put(task, interval);
	}

	synchronized void start() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-housekeeping-");
		threadFactory.setDaemon(true);
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(threadFactory);
		this.tasks.forEach((task, interval) -> scheduler.scheduleWithFixedDelay(task, 0, interval.toNanos(),
				TimeUnit.NANOSECONDS));
		this.scheduler = scheduler;
	}

	synchronized void stop() {
		if (this.scheduler != null) {
			this.scheduler.shutdownNow();
			this.scheduler = null;
		}
	}

}
