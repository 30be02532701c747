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

package io.github.earlyresponse.run;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.util.Assert;

/**
 * Timers on one thread, which exists from the first timer on.
 */
public final class Timers {

	private final String threadNamePrefix;

	private volatile @Nullable ScheduledThreadPoolExecutor scheduler;

	/**
	 * Creates the timers.
	 * @param threadNamePrefix how the name of the thread begins
	 */
	public Timers(String threadNamePrefix) {
		this.threadNamePrefix = threadNamePrefix;
	}

	/**
	 * Makes the timers ready.
	 */
	public void start() {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory(this.threadNamePrefix);
		threadFactory.setDaemon(true);
		ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, threadFactory);
		scheduler.setRemoveOnCancelPolicy(true);
		this.scheduler = scheduler;
	}

	/**
	 * Runs a task once.
	 * @param task the task, which must not block
	 * @param delay when
	 * @return the timer
	 */
	public ScheduledFuture<?> schedule(Runnable task, Duration delay) {
		ScheduledThreadPoolExecutor scheduler = this.scheduler;
		Assert.state(scheduler != null, "The timers have not been started");
		return scheduler.schedule(task, TimeUnit.NANOSECONDS.convert(delay), TimeUnit.NANOSECONDS);
	}

	/**
	 * Stops all timers.
	 */
	public void stop() {
		ScheduledThreadPoolExecutor scheduler = this.scheduler;
		if (scheduler != null) {
			scheduler.shutdownNow();
		}
	}

}
