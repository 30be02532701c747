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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs what has to be done now and then, one after the other on a thread of its own.
 */
final class Housekeeping {

	private static final Log logger = LogFactory.getLog(Housekeeping.class);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

	private final Map<Runnable, Schedule> tasks = new LinkedHashMap<>();

	private @Nullable ScheduledExecutorService scheduler;

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
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-housekeeping-");
		threadFactory.setDaemon(true);
		ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor(threadFactory);
		this.tasks.forEach((task, schedule) -> scheduler.scheduleWithFixedDelay(() -> run(task),
				schedule.delay().toNanos(), schedule.interval().toNanos(), TimeUnit.NANOSECONDS));
		this.scheduler = scheduler;
	}

	/**
	 * Stops, and gives a task that runs a moment to end: an interrupt would close a file
	 * of H2.
	 */
	synchronized void stop() {
		ScheduledExecutorService scheduler = this.scheduler;
		if (scheduler == null) {
			return;
		}
		this.scheduler = null;
		scheduler.shutdown();
		boolean interrupted = Thread.interrupted();
		try {
			scheduler.awaitTermination(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		scheduler.shutdownNow();
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			// It would not be run again
			logger.error("Housekeeping of stored post-phases failed", ex);
		}
	}

	private record Schedule(Duration delay, Duration interval) {

	}

}
