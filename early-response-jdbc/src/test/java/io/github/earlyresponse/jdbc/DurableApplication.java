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

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.awaitility.Awaitility.await;

/**
 * An application with durable post-phases.
 */
@TestApplication
class DurableApplication {

	static final Duration TAKEOVER_AFTER = Duration.ofMillis(800);

	/** A property for an application with metrics, health and endpoints. */
	static final String MONITORING = "test.monitoring";

	static ConfigurableApplicationContext start(List<String> properties, String... further) {
		return start(DurableApplication.class, properties, further);
	}

	static ConfigurableApplicationContext start(Class<?> application, List<String> properties, String... further) {
		return start(WebApplicationType.SERVLET, application, properties, further);
	}

	/**
	 * Starts it without a web server.
	 */
	static ConfigurableApplicationContext startWorker(List<String> properties, String... further) {
		return start(WebApplicationType.NONE, DurableApplication.class, properties, further);
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, Class<?> application,
			List<String> properties, String... further) {
		List<String> all = new ArrayList<>(List.of(TestApplication.WITHOUT_JPA, "server.port=0",
				"early-response.durable.engine=jdbc", "spring.jmx.enabled=false", "spring.main.banner-mode=off",
				"early-response.jdbc.takeover-after=" + TAKEOVER_AFTER, "early-response.jdbc.heartbeat=100ms",
				"early-response.jdbc.poll-interval=50ms", "spring.jpa.open-in-view=false", MONITORING + "=false"));
		all.addAll(properties);
		all.addAll(List.of(further));
		return new SpringApplicationBuilder(application).web(type).properties(all.toArray(String[]::new)).run();
	}

	@Bean
	Tables tables(JdbcClient jdbc) {
		return new Tables(jdbc);
	}

	@Bean
	Recorder recorder() {
		return new Recorder();
	}

	@Bean
	DeadLetterListener deadLetterListener() {
		return new DeadLetterListener();
	}

	/**
	 * A transaction around handlers, such as that of a framework on top.
	 */
	@Bean
	FilterRegistrationBean<Filter> outerTransaction(PlatformTransactionManager transactionManager) {
		TransactionTemplate transaction = new TransactionTemplate(transactionManager);
		FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
				(request, response, chain) -> transaction.executeWithoutResult((status) -> {
					try {
						chain.doFilter(request, response);
					}
					catch (IOException | ServletException ex) {
						throw new IllegalStateException(ex);
					}
				}));
		registration.addUrlPatterns("/in-transaction/*");
		return registration;
	}

	record Order(String item, int count, List<Line> lines) {

		record Line(String text) {

		}

	}

	@RestController
	static class Orders {

		private final Tables tables;

		/** Longer than a lease lasts that is not renewed. */
		private static final Duration SLOW_COMMIT = Duration.ofMillis(1500);

		private final Service service;

		private final Recorder recorder;

		Orders(Tables tables, Service service, Recorder recorder) {
			this.tables = tables;
			this.service = service;
			this.recorder = recorder;
		}

		/**
		 * Returns how many are stored when the transaction of the service has ended.
		 */
		@PostMapping("/called/{item}")
		@RespondThenContinue
		int called(@PathVariable String item, @RequestParam(defaultValue = "false") boolean failService,
				@RequestParam(defaultValue = "false") boolean fail) {
			try {
				this.service.accept(order(item), failService);
			}
			catch (UnsupportedOperationException ex) {
				// The handler goes on without it
			}
			int stored = this.tables.stored();
			if (fail) {
				throw new IllegalStateException("wanted, with " + stored);
			}
			return stored;
		}

		@PostMapping("/called-after/{item}")
		@RespondThenContinue
		void calledAfter(@PathVariable String item, @RequestParam boolean commit) {
			this.service.acceptAfter(order(item), commit);
		}

		/**
		 * Goes on although the connection of the service has ended in its commit.
		 */
		@PostMapping("/called-lost-commit/{item}")
		@RespondThenContinue
		void calledLostCommit(@PathVariable String item, @RequestParam boolean committed,
				@RequestParam(defaultValue = "false") boolean fail) {
			try {
				this.service.acceptLostCommit(order(item), committed);
			}
			catch (RuntimeException ex) {
				if (fail) {
					throw ex;
				}
			}
		}

		/**
		 * Returns how many are stored when the nested transaction was rolled back.
		 */
		@PostMapping("/nested/{item}")
		@Transactional
		@RespondThenContinue
		int nested(@PathVariable String item, AfterResponse after) {
			after.call("record", order(item));
			try {
				this.service.acceptNested(order(item), true);
			}
			catch (UnsupportedOperationException ex) {
				// The handler goes on without it
			}
			return this.tables.stored();
		}

		@PostMapping("/chosen/{item}")
		@Transactional
		@RespondThenContinue
		Order chosen(@PathVariable String item, @RequestParam boolean durable, AfterResponse after) {
			Order order = order(item);
			this.tables.insertOrder(item);
			if (durable) {
				after.call("record", order);
			}
			else {
				after.run("in-memory", (context) -> {
				});
			}
			return order;
		}

		@PostMapping("/plain/{item}")
		@RespondThenContinue("record")
		Order plain(@PathVariable String item) {
			return order(item);
		}

		@PostMapping("/transactional/{item}")
		@Transactional
		@RespondThenContinue("record")
		Order transactional(@PathVariable String item, @RequestParam(defaultValue = "false") boolean fail) {
			this.tables.insertOrder(item);
			if (fail) {
				throw new IllegalStateException("wanted");
			}
			return order(item);
		}

		@PostMapping("/committing/{item}")
		@Transactional(noRollbackFor = RuntimeException.class)
		@RespondThenContinue("record")
		Order committing(@PathVariable String item) {
			this.tables.insertOrder(item);
			return order(item);
		}

		@PostMapping("/in-transaction/{item}")
		@Transactional(propagation = Propagation.NESTED)
		@RespondThenContinue("record")
		Order inTransaction(@PathVariable String item, @RequestParam boolean rollback) {
			this.tables.insertOrder(item);
			if (rollback) {
				TransactionAspectSupport.currentTransactionStatus().setRollbackOnly();
			}
			return order(item);
		}

		@PostMapping("/slow-commit/{item}")
		@Transactional
		@RespondThenContinue("record")
		Order slowCommit(@PathVariable String item) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					Tables.takeTime(SLOW_COMMIT);
				}

			});
			return order(item);
		}

		/**
		 * The connection ends in the commit.
		 */
		@PostMapping("/lost-commit/{item}")
		@Transactional
		@RespondThenContinue("record")
		Order lostCommit(@PathVariable String item, @RequestParam boolean committed) {
			this.tables.insertOrder(item);
			Tables.endConnectionInCommit(committed);
			return order(item);
		}

		@PostMapping("/once/{item}")
		@Transactional
		@RespondThenContinue("record-once")
		Order once(@PathVariable String item) {
			this.tables.insertOrder(item);
			return order(item);
		}

		@PostMapping("/isolated/{item}")
		@RespondThenContinue("record-isolated")
		Order isolated(@PathVariable String item) {
			return order(item);
		}

		@PostMapping("/retried/{item}")
		@RespondThenContinue("retried")
		Order retried(@PathVariable String item) {
			return order(item);
		}

		@PostMapping("/retried-late/{item}")
		@RespondThenContinue("retried-late")
		Order retriedLate(@PathVariable String item) {
			return order(item);
		}

		@PostMapping("/both/{item}")
		@RespondThenContinue({ "record", "in-memory" })
		Order both(@PathVariable String item) {
			return order(item);
		}

		private static Order order(String item) {
			return new Order(item, 2, List.of(new Order.Line("first"), new Order.Line("second")));
		}

	}

	/**
	 * Calls a post-phase in a transaction of its own.
	 */
	@Component
	static class Service {

		private final Tables tables;

		private final AfterResponse afterResponse;

		Service(Tables tables, AfterResponse afterResponse) {
			this.tables = tables;
			this.afterResponse = afterResponse;
		}

		@Transactional
		void accept(Order order, boolean fail) {
			this.tables.insertOrder(order.item());
			this.afterResponse.call("record", order);
			if (fail) {
				throw new UnsupportedOperationException("wanted");
			}
		}

		/**
		 * Calls it when the transaction has been committed, as a listener of
		 * transactional events does, or when it has been completed.
		 */
		@Transactional
		void acceptAfter(Order order, boolean commit) {
			this.tables.insertOrder(order.item());
			AfterResponse afterResponse = this.afterResponse;
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					if (commit) {
						afterResponse.call("record", order);
					}
				}

				@Override
				public void afterCompletion(int status) {
					if (!commit) {
						afterResponse.call("record", order);
					}
				}

			});
		}

		/**
		 * The connection ends in the commit.
		 */
		@Transactional
		void acceptLostCommit(Order order, boolean committed) {
			accept(order, false);
			Tables.endConnectionInCommit(committed);
		}

		@Transactional(propagation = Propagation.NESTED)
		void acceptNested(Order order, boolean fail) {
			accept(order, fail);
		}

	}

	@Component
	static class Work {

		private final Recorder recorder;

		private final Tables tables;

		Work(Tables tables, Recorder recorder) {
			this.tables = tables;
			this.recorder = recorder;
		}

		@PostPhase(value = "record", durable = true, aliases = "note")
		void recordOrder(Order order) {
			this.recorder.before.run();
			this.recorder.orders.add(order);
		}

		@PostPhase(value = "record-once", durable = true)
		@Transactional
		void recordOnce(Order order) {
			this.recorder.before.run();
			this.tables.insertEffect(order.item());
			this.recorder.orders.add(order);
		}

		@PostPhase(value = "record-isolated", durable = true, retry = @Retry(maxRetries = 0))
		@Transactional(isolation = Isolation.REPEATABLE_READ)
		void recordIsolated(Order order, PostPhaseContext context) {
			this.tables.count("effects");
			this.recorder.before.run();
			this.tables.insertEffect(order.item());
			context.checkpoint(order.item());
			this.recorder.orders.add(order);
		}

		@PostPhase(value = "retried", durable = true,
				retry = @Retry(maxRetries = 2, delay = "50ms", multiplier = 1, jitter = "0"))
		void retried(Order order, PostPhaseContext context) {
			this.recorder.attempts.add(context.attempt());
			if (this.recorder.fails()) {
				throw new IllegalStateException("wanted");
			}
			this.recorder.orders.add(order);
		}

		@PostPhase(value = "retried-late", durable = true, retry = @Retry(maxRetries = 1, delay = "1h"))
		void retriedLate(Order order, PostPhaseContext context) {
			retried(order, context);
		}

		@PostPhase("in-memory")
		void inMemory(String item) {
			this.recorder.inMemory.add(item);
		}

	}

	/**
	 * What the post-phases do, and have done.
	 */
	static class Recorder implements PostPhaseListener {

		final Queue<Order> orders = new ConcurrentLinkedQueue<>();

		final Queue<String> inMemory = new ConcurrentLinkedQueue<>();

		final Queue<Integer> attempts = new ConcurrentLinkedQueue<>();

		final Queue<PostPhaseResult> finished = new ConcurrentLinkedQueue<>();

		volatile int failures;

		volatile Runnable before = () -> {
		};

		@Override
		public void finished(PostPhaseResult result) {
			this.finished.add(result);
		}

		void clear() {
			Stream.of(this.orders, this.inMemory, this.attempts, this.finished).forEach(Collection::clear);
			this.failures = 0;
			this.before = () -> {
			};
		}

		synchronized boolean fails() {
			return this.failures-- > 0;
		}

	}

	/**
	 * Keeps what it gets, and throws.
	 */
	static class DeadLetterListener implements PostPhaseListener {

		final Queue<DeadLetter> deadLetters = new ConcurrentLinkedQueue<>();

		@Override
		public void deadLettered(DeadLetter deadLetter) {
			this.deadLetters.add(deadLetter);
			throw new IllegalStateException("wanted");
		}

	}

	static class Tables {

		private final JdbcClient jdbc;

		Tables(JdbcClient jdbc) {
			this.jdbc = jdbc;
			SharedTable.create(jdbc, "orders (item varchar(100))");
			SharedTable.create(jdbc, "effects (item varchar(100))");
		}

		void insertOrder(String item) {
			this.jdbc.sql("insert into orders values (?)").param(item).update();
		}

		void insertEffect(String item) {
			this.jdbc.sql("insert into effects values (?)").param(item).update();
		}

		static void takeTime(Duration duration) {
			try {
				TimeUnit.NANOSECONDS.sleep(duration.toNanos());
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		static void endConnectionInCommit(boolean committed) {
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					endConnection(committed);
				}

			});
		}

		private static void endConnection(boolean commit) {
			Connection connection = TransactionSynchronizationManager.getResourceMap()
				.values()
				.stream()
				.filter(ConnectionHolder.class::isInstance)
				.map((holder) -> ((ConnectionHolder) holder).getConnection())
				.findFirst()
				.orElseThrow();
			try {
				if (commit) {
					connection.commit();
				}
				connection.unwrap(Connection.class).close();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

		int count(String table) {
			return this.jdbc.sql("select count(*) from " + table).query(Integer.class).single();
		}

		int stored() {
			return count("early_response_post_phase");
		}

		/**
		 * Another node, which is alive, takes over whatever is stored.
		 * @return how many post-phases these are
		 */
		int takeAway() {
			if (count("early_response_post_phase_node where name = 'somebody'") == 0) {
				this.jdbc
					.sql("insert into early_response_post_phase_node (name, last_heartbeat) "
							+ "values ('somebody', timestamp '9999-01-01 00:00:00')")
					.update();
			}
			return this.jdbc.sql("update early_response_post_phase set version = version + 1, picked_by = 'somebody'")
				.update();
		}

		/**
		 * The last heartbeat of the only node that has leases.
		 */
		String lastHeartbeat() {
			return this.jdbc
				.sql("select distinct node.last_heartbeat from early_response_post_phase_node node "
						+ "join early_response_post_phase on picked_by = name")
				.query(String.class)
				.single();
		}

		/**
		 * Deletes everything, also what a test that has failed left behind.
		 */
		void clear(PostPhaseOperations operations) {
			operations.inFlight().forEach((postPhase) -> operations.cancel(postPhase.id()));
			await().until(() -> operations.inFlightCount() == 0);
			for (String table : List.of("orders", "effects", "early_response_post_phase")) {
				this.jdbc.sql("delete from " + table).update();
			}
		}

		List<Map<String, Object>> rows() {
			return this.jdbc.sql("select * from early_response_post_phase").query().listOfRows();
		}

		JdbcClient jdbc() {
			return this.jdbc;
		}

	}

}
