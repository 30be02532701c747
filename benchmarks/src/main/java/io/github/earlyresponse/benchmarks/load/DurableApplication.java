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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application whose handlers insert a row in a transaction, and go on with what is
 * kept in the database: not at all, by a durable post-phase, by the same statements
 * written by hand, and scheduled by db-scheduler alone.
 */
@EnableAutoConfiguration
@Import({ Orders.class, DurableApplication.Controller.class })
public class DurableApplication {

	/** How many threads do the work, in both ways. */
	static final int THREADS = 8;

	/**
	 * Starts the application.
	 * @param args properties, as for any application of Spring Boot
	 */
	public static void main(String[] args) {
		SpringApplication.run(DurableApplication.class, args);
	}

	@Bean
	Responses responses() {
		return new Responses();
	}

	@Bean
	ByHand byHand(DataSource dataSource) {
		return new ByHand(new JdbcTemplate(dataSource), new LeastRow());
	}

	@Bean
	@DependsOnDatabaseInitialization
	ByHand leasedByHand(DataSource dataSource) {
		return new ByHand(new JdbcTemplate(dataSource), new LeasedRow());
	}

	@Bean
	Scheduled scheduled(DataSource dataSource, Orders orders) {
		return new Scheduled(dataSource, orders);
	}

	@RestController
	static class Controller {

		private final Orders orders;

		private final ByHand byHand;

		private final ByHand leasedByHand;

		private final Scheduled scheduled;

		private final PostPhaseOperations operations;

		private final Responses responses;

		Controller(Orders orders, ByHand byHand, ByHand leasedByHand, Scheduled scheduled,
				PostPhaseOperations operations, Responses responses) {
			this.orders = orders;
			this.byHand = byHand;
			this.leasedByHand = leasedByHand;
			this.scheduled = scheduled;
			this.operations = operations;
			this.responses = responses;
		}

		@GetMapping("/plain")
		@Transactional
		Order plain() {
			return this.orders.insert();
		}

		@GetMapping("/durable")
		@Transactional
		@RespondThenContinue("confirm")
		Order durable() {
			return this.orders.insertFollowed();
		}

		@GetMapping("/by-hand")
		@Transactional
		Order byHand() {
			return followed(this.byHand);
		}

		@GetMapping("/leased-by-hand")
		@Transactional
		Order leasedByHand() {
			return followed(this.leasedByHand);
		}

		private Order followed(ByHand byHand) {
			Order order = this.orders.insertFollowed();
			byHand.add(order, this.orders::follow);
			return order;
		}

		@GetMapping("/db-scheduler")
		@Transactional
		Order scheduled() {
			Order order = this.orders.insertFollowed();
			this.scheduled.schedule(order.data());
			return order;
		}

		@PostPhase(durable = true)
		void confirm(Order order) {
			this.orders.follow(order.id());
		}

		/**
		 * How much is left to do.
		 */
		@GetMapping("/left")
		long left() {
			return this.operations.inFlightCount()
					+ this.orders.count("select (select count(*) from early_response_post_phase) "
							+ "+ (select count(*) from scheduled_tasks) + (select count(*) from work) "
							+ "+ (select count(*) from leased_work)");
		}

		/**
		 * How long work has waited for its start since the last time, from the commit
		 * and, if it is a post-phase, from the last byte of the response.
		 */
		@GetMapping("/waits")
		String waits() {
			return this.orders.startTimes().summary() + " " + this.responses.summary();
		}

		@GetMapping("/done")
		long done() {
			return this.orders.startTimes().count();
		}

	}

	/**
	 * How long post-phases wait from the last byte of the response to their start.
	 */
	static class Responses implements PostPhaseListener {

		private final Times times = new Times();

		@Override
		public void finished(PostPhaseResult result) {
			Instant responded = result.postPhase().respondedAt();
			Instant started = result.postPhase().startedAt();
			if (responded != null && started != null) {
				this.times.add(Duration.between(responded, started).toNanos());
			}
		}

		String summary() {
			return this.times.summary();
		}

	}

	/**
	 * The least that it takes, without any guarantee but one: a row is inserted in the
	 * transaction, and deleted after the work, in batches. Nothing is checked, limited or
	 * observed, and the work may start before the response.
	 */
	static final class ByHand implements AutoCloseable {

		private final JdbcTemplate jdbc;

		private final Row row;

		private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

		private final ScheduledExecutorService deleter = Executors.newSingleThreadScheduledExecutor();

		private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

		ByHand(JdbcTemplate jdbc, Row row) {
			this.jdbc = jdbc;
			this.row = row;
			jdbc.execute(row.create());
			this.deleter.scheduleWithFixedDelay(this::delete, 10, 10, TimeUnit.MILLISECONDS);
		}

		/**
		 * Adds work.
		 * @param order the order that it follows
		 * @param work gets the id of the order
		 */
		void add(Order order, Consumer<String> work) {
			String id = UUID.randomUUID().toString();
			byte[] data = this.row.write(order);
			this.jdbc.update(this.row.insert(), this.row.values(id, data));
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					ByHand.this.threads.execute(() -> {
						work.accept(ByHand.this.row.readId(data));
						ByHand.this.done.add(id);
					});
				}

			});
		}

		private void delete() {
			List<Object[]> keys = new ArrayList<>();
			for (String id = this.done.poll(); id != null; id = this.done.poll()) {
				keys.add(this.row.key(id));
			}
			if (!keys.isEmpty()) {
				this.jdbc.batchUpdate(this.row.delete(), keys);
			}
		}

		@Override
		public void close() {
			this.deleter.shutdownNow();
			this.threads.shutdownNow();
		}

	}

	/**
	 * What is kept of work that is left to do.
	 */
	interface Row {

		String create();

		String insert();

		Object[] values(String id, byte[] data);

		byte[] write(Order order);

		String readId(byte[] data);

		String delete();

		Object[] key(String id);

	}

	/**
	 * The least that can be done again after a crash.
	 */
	static final class LeastRow implements Row {

		@Override
		public String create() {
			return "create table work (id varchar(64) primary key, data bytea, due timestamp with time zone) "
					+ "with (vacuum_truncate = off)";
		}

		@Override
		public String insert() {
			return "insert into work values (?, ?, ?)";
		}

		@Override
		public Object[] values(String id, byte[] data) {
			return new Object[] { id, data, OffsetDateTime.now() };
		}

		@Override
		public byte[] write(Order order) {
			return order.data().getBytes(StandardCharsets.UTF_8);
		}

		@Override
		public String readId(byte[] data) {
			return new String(data, 0, Order.ID_LENGTH, StandardCharsets.UTF_8);
		}

		@Override
		public String delete() {
			return "delete from work where id = ?";
		}

		@Override
		public Object[] key(String id) {
			return new Object[] { id };
		}

	}

	/**
	 * The columns and indexes of a durable post-phase, by which other nodes know whose it
	 * is, take it over, and count how often it was tried. The data is an object as JSON.
	 */
	static final class LeasedRow implements Row {

		private final JsonMapper json = JsonMapper.shared();

		@Override
		public String create() {
			return "create table leased_work (like early_response_post_phase including all) "
					+ "with (vacuum_truncate = off)";
		}

		@Override
		public String insert() {
			return "insert into leased_work (task_name, task_instance, task_data, execution_time, picked, picked_by, "
					+ "version, owner, accepted_at, attempts, failures, deferrals, crashes) "
					+ "values (?, ?, ?, ?, true, ?, ?, ?, ?, 0, 0, 0, 0)";
		}

		@Override
		public Object[] values(String id, byte[] data) {
			OffsetDateTime now = OffsetDateTime.now();
			return new Object[] { "confirm", id, data, now, "the-name-of-this-node", 1L, "", now };
		}

		@Override
		public byte[] write(Order order) {
			return this.json.writeValueAsBytes(order);
		}

		@Override
		public String readId(byte[] data) {
			return this.json.readValue(data, Order.class).id();
		}

		@Override
		public String delete() {
			return "delete from leased_work where task_name = ? and task_instance = ? and version = ?";
		}

		@Override
		public Object[] key(String id) {
			return new Object[] { "confirm", id, 1L };
		}

	}

	/**
	 * The same with db-scheduler alone, set up as fast as it gets: one statement fetches
	 * and locks, and it looks for work as soon as a transaction has committed.
	 */
	static final class Scheduled implements AutoCloseable {

		private final Scheduler scheduler;

		private final OneTimeTask<String> task;

		Scheduled(DataSource dataSource, Orders orders) {
			createTable(new JdbcTemplate(dataSource));
			this.task = Tasks.oneTime("confirm", String.class)
				.execute((instance, context) -> orders.follow(instance.getData().substring(0, Order.ID_LENGTH)));
			this.scheduler = Scheduler.create(new TransactionAwareDataSourceProxy(dataSource), this.task)
				.threads(THREADS)
				.pollUsingLockAndFetch(0.5, 4)
				.pollingInterval(Duration.ofSeconds(1))
				.build();
			this.scheduler.start();
		}

		private static void createTable(JdbcTemplate jdbc) {
			Arrays.asList("create table scheduled_tasks (task_name varchar(100), task_instance varchar(100), "
					+ "task_data bytea, execution_time timestamp with time zone not null, picked boolean not null, "
					+ "picked_by varchar(50), last_success timestamp with time zone, last_failure timestamp with time "
					+ "zone, consecutive_failures int, last_heartbeat timestamp with time zone, version bigint not null, "
					+ "priority smallint, primary key (task_name, task_instance)) with (vacuum_truncate = off)",
					"create index scheduled_tasks_time on scheduled_tasks (execution_time)",
					"create index scheduled_tasks_heartbeat on scheduled_tasks (last_heartbeat)")
				.forEach(jdbc::execute);
		}

		void schedule(String data) {
			this.scheduler.schedule(this.task.instance(UUID.randomUUID().toString(), data), Instant.now());
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					Scheduled.this.scheduler.triggerCheckForDueExecutions();
				}

			});
		}

		@Override
		public void close() {
			this.scheduler.stop();
		}

	}

}
