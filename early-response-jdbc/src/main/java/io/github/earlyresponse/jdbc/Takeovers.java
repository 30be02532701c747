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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Takes over what is due, by a scheduler of db-scheduler on the same table: it polls and
 * picks. It never completes anything itself, and does not look for the dead, because it
 * would expect a heartbeat in each row.
 */
final class Takeovers {

	/** Which the tables of many years do not reach. The scheduler must not delete. */
	private static final Duration NEVER = Duration.ofDays(36_500);

	private static final Duration FAILURE_DELAY = Duration.ofSeconds(10);

	private final Function<Integer, Scheduler> factory;

	private final JdbcProperties properties;

	private @Nullable Scheduler scheduler;

	/**
	 * Creates the takeovers.
	 * @param dataSource where the table is
	 * @param database how the database stores values
	 * @param due picks what is due
	 * @param clock by which post-phases are due
	 * @param properties how often to look
	 * @param node the name of this node
	 * @param names the names of the post-phases
	 * @param handler handles those that are found
	 */
	Takeovers(DataSource dataSource, JdbcCustomization database, DuePostPhases due, DatabaseClock clock,
			JdbcProperties properties, String node, List<String> names, Handler handler) {
		this.properties = properties;
		this.factory = (threads) -> builder(dataSource, tasks(names, handler, clock))
			.jdbcCustomization(new PickingCustomization(database, due, names))
			.pollUsingLockAndFetch(lowerLimit(threads), 1)
			.clock(clock)
			.schedulerName(new SchedulerName.Fixed(node))
			.threads(threads)
			.executorService(executor(threads))
			.build();
	}

	private SchedulerBuilder builder(DataSource dataSource, List<Task<?>> tasks) {
		return Scheduler.create(dataSource, tasks)
			.tableName(this.properties.getTable())
			.serializer(new Bytes())
			.pollingInterval(this.properties.getPollInterval())
			.heartbeatInterval(NEVER)
			.deleteUnresolvedAfter(NEVER)
			.shutdownMaxWait(Duration.ofSeconds(1))
			.failureLogging(LogLevel.WARN, true);
	}

	/**
	 * One thread that is free is enough to pick again, as a fraction of all: others may
	 * be busy for long. As many are picked as threads are free, so that none waits here
	 * for one while another node has some.
	 */
	private static double lowerLimit(int threads) {
		// Half of a thread more, because the scheduler rounds down
		return (threads - 0.5) / threads;
	}

	private static ExecutorService executor(int threads) {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-takeover-");
		threadFactory.setDaemon(true);
		return Executors.newFixedThreadPool(threads, threadFactory);
	}

	private static List<Task<?>> tasks(List<String> names, Handler handler, DatabaseClock clock) {
		List<Task<?>> tasks = new ArrayList<>();
		names.forEach((name) -> tasks.add(new StoredTask(name, handler, clock)));
		return tasks;
	}

	/**
	 * Looks for what is due now.
	 */
	synchronized void trigger() {
		if (this.scheduler != null) {
			this.scheduler.triggerCheckForDueExecutions();
		}
	}

	synchronized void start() {
		Scheduler scheduler = this.factory.apply(this.properties.getThreads());
		this.scheduler = scheduler;
		scheduler.start();
	}

	synchronized void pause() {
		if (this.scheduler != null) {
			this.scheduler.pause();
		}
	}

	void stop() {
		Scheduler scheduler;
		synchronized (this) {
			scheduler = this.scheduler;
			this.scheduler = null;
		}
		if (scheduler != null) {
			scheduler.stop();
		}
	}

	/**
	 * Handles what is found.
	 */
	@FunctionalInterface
	interface Handler {

		/**
		 * Runs a post-phase that was picked, on the current thread.
		 * @param picked the post-phase
		 */
		void run(DuePostPhases.Picked picked);

	}

	/**
	 * The calls of one post-phase.
	 */
	private static final class StoredTask extends CustomTask<DuePostPhases.Picked> {

		private final Handler handler;

		StoredTask(String name, Handler handler, DatabaseClock clock) {
			super(name, DuePostPhases.Picked.class, null, (now) -> now,
					(complete, operations) -> operations.reschedule(complete, clock.now().plus(FAILURE_DELAY)),
					(complete, operations) -> {
					});
			this.handler = handler;
		}

		@Override
		public CompletionHandler<DuePostPhases.Picked> execute(TaskInstance<DuePostPhases.Picked> instance,
				ExecutionContext context) {
			this.handler.run(instance.getData());
			// What becomes of it is written elsewhere
			return (complete, operations) -> {
			};
		}

	}

	/**
	 * The payload as it is.
	 */
	private static final class Bytes implements Serializer {

		@Override
		public byte[] serialize(Object data) {
			return (byte[]) data;
		}

		@Override
		public <T> T deserialize(Class<T> type, byte[] data) {
			return type.cast(data);
		}

	}

}
