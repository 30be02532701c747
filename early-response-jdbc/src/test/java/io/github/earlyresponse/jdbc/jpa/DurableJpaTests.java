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

package io.github.earlyresponse.jdbc.jpa;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.jdbc.TestApplication;
import io.github.earlyresponse.jdbc.TestDatabase;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Id;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatusCode;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Durable post-phases in the transactions of JPA, in which others use JDBC, with a pool
 * that does not commit by itself.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "early-response.durable.engine=jdbc", "early-response.jdbc.poll-interval=50ms",
				"spring.datasource.hikari.auto-commit=false", "spring.jpa.hibernate.ddl-auto=create",
				"spring.jpa.open-in-view=false" })
@ContextConfiguration(initializers = DurableJpaTests.PostgreSql.class)
class DurableJpaTests {

	private static final String STORED = "select count(*) from early_response_post_phase";

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private PostPhaseOperations operations;

	@Autowired
	private Gate gate;

	@Autowired
	private EntityManager entityManager;

	@Autowired
	private PlatformTransactionManager transactionManager;

	@BeforeEach
	void close() {
		this.gate.latch = new CountDownLatch(1);
	}

	@Test
	void isStoredInTheTransactionOfTheHandlerAndCompletedInItsOwn() {
		assertThat(post("/orders/1").value()).isEqualTo(200);
		assertThat(count(STORED)).isOne();
		assertThat(count("select count(*) from purchase where id in (1, -1)")).isEqualTo(2);
		this.gate.latch.countDown();
		await().until(() -> count(STORED) == 0 && this.operations.inFlightCount() == 0);
		assertThat(count("select count(*) from effect where id = 1")).isOne();
	}

	@Test
	void isNotStoredIfTheTransactionOfTheHandlerIsRolledBack() {
		assertThat(post("/orders/2?fail=true").value()).isEqualTo(500);
		assertThat(count(STORED)).isZero();
		assertThat(count("select count(*) from purchase where id in (2, -2)")).isZero();
	}

	@Test
	void leavesNothingOfItsTransactionIfItWasTakenOver() {
		assertThat(post("/orders/3").value()).isEqualTo(200);
		// Somebody else takes it over and keeps it for the moment
		update("insert into early_response_post_phase_node (name, last_heartbeat) "
				+ "values ('other', timestamp '9999-01-01 00:00:00')");
		update("update early_response_post_phase set version = version + 1, picked_by = 'other'");
		this.gate.latch.countDown();
		await().until(() -> this.operations.inFlightCount() == 0);
		assertThat(count("select count(*) from effect where id = 3")).isZero();
		assertThat(count(STORED)).isOne();
		update("delete from early_response_post_phase");
	}

	@Test
	void isStoredInItsOwnTransactionIfThatOfTheHandlerIsReadOnly() {
		assertThat(post("/read-only/4").value()).isEqualTo(200);
		assertThat(count(STORED)).isOne();
		this.gate.latch.countDown();
		await().until(() -> count(STORED) == 0 && this.operations.inFlightCount() == 0);
		assertThat(count("select count(*) from effect where id = 4")).isOne();
	}

	/**
	 * On the connection that is kept for that, which does not commit by itself either.
	 */
	@Test
	void leaseIsRenewedWhileItRuns() {
		assertThat(post("/orders/8").value()).isEqualTo(200);
		await().until(() -> count("select count(*) from early_response_post_phase_node node "
				+ "join early_response_post_phase on node.name = picked_by "
				+ "where node.last_heartbeat > accepted_at") == 1);
		this.gate.latch.countDown();
		await().until(() -> count(STORED) == 0 && this.operations.inFlightCount() == 0);
		assertThat(count("select count(*) from effect where id = 8")).isOne();
	}

	/**
	 * That of the EntityManager, which keeps it after the transaction of the service, and
	 * that in which the post-phase is stored.
	 */
	@ParameterizedTest
	@CsvSource({ "true, 1, 503", "true, 2, 200", "false, 1, 200" })
	void needsSecondConnectionWithOpenInView(boolean openInView, int connections, int status) {
		List<String> properties = new ArrayList<>(TestDatabase.POSTGRESQL.properties());
		properties.addAll(List.of("server.port=0", "early-response.durable.engine=jdbc",
				"spring.jpa.hibernate.ddl-auto=create", "spring.jpa.open-in-view=" + openInView,
				"spring.datasource.hikari.maximum-pool-size=" + connections,
				"spring.datasource.hikari.connection-timeout=1000"));
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.properties(properties.toArray(String[]::new))
			.run()) {
			context.getBean(Gate.class).latch.countDown();
			int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
			assertThat(post(port, "/serviced/9").value()).isEqualTo(status);
			PostPhaseOperations operations = context.getBean(PostPhaseOperations.class);
			await().until(() -> operations.inFlightCount() == 0);
		}
	}

	@Test
	void replaysAndDiscardsWithoutCommittingTheTransactionOfTheCaller() {
		assertThat(post("/failures/5").value()).isEqualTo(200);
		String id = awaitDeadLetter();
		assertThat(rollBack(6, () -> this.operations.replay(id))).isTrue();
		await().until(() -> this.gate.failures.get() == 2);
		assertThat(awaitDeadLetter()).isEqualTo(id);
		assertThat(rollBack(7, () -> this.operations.discard(id))).isTrue();
		assertThat(this.operations.deadLetters(10)).isEmpty();
		assertThat(count(STORED)).isZero();
		assertThat(count("select count(*) from purchase where id in (6, -6, 7, -7)")).isZero();
	}

	private String awaitDeadLetter() {
		return await().until(() -> this.operations.deadLetters(10), (deadLetters) -> deadLetters.size() == 1)
			.get(0)
			.id();
	}

	/**
	 * Calls something between two changes of a transaction that is rolled back.
	 */
	private boolean rollBack(long id, BooleanSupplier call) {
		return Boolean.TRUE.equals(new TransactionTemplate(this.transactionManager).execute((status) -> {
			this.entityManager.persist(new Purchase(id));
			this.entityManager.flush();
			boolean result = call.getAsBoolean();
			this.jdbc.sql("insert into purchase (id) values (?)").param(-id).update();
			status.setRollbackOnly();
			return result;
		}));
	}

	private HttpStatusCode post(String path) {
		return post(this.port, path);
	}

	private static HttpStatusCode post(int port, String path) {
		return RestClient.create("http://localhost:" + port)
			.post()
			.uri(path)
			.retrieve()
			.onStatus((status) -> true, (request, response) -> {
			})
			.toBodilessEntity()
			.getStatusCode();
	}

	private void update(String sql) {
		new TransactionTemplate(this.transactionManager).executeWithoutResult((status) -> this.jdbc.sql(sql).update());
	}

	private int count(String sql) {
		return this.jdbc.sql(sql).query(Integer.class).single();
	}

	@TestApplication
	@Import({ Orders.class, Work.class, Gate.class })
	static class Application {

	}

	static class PostgreSql implements ApplicationContextInitializer<ConfigurableApplicationContext> {

		@Override
		public void initialize(ConfigurableApplicationContext context) {
			TestPropertyValues.of(TestDatabase.POSTGRESQL.properties()).applyTo(context);
		}

	}

	static class Gate {

		private final AtomicInteger failures = new AtomicInteger();

		private volatile CountDownLatch latch = new CountDownLatch(1);

	}

	@RestController
	static class Orders {

		private final EntityManager entityManager;

		private final JdbcClient jdbc;

		private final TransactionTemplate service;

		Orders(EntityManager entityManager, JdbcClient jdbc, PlatformTransactionManager transactionManager) {
			this.entityManager = entityManager;
			this.jdbc = jdbc;
			this.service = new TransactionTemplate(transactionManager);
		}

		@PostMapping("/serviced/{id}")
		@RespondThenContinue("have-effect")
		long serviced(@PathVariable long id) {
			this.service.executeWithoutResult((status) -> this.entityManager.persist(new Purchase(id)));
			return id;
		}

		@PostMapping("/orders/{id}")
		@Transactional
		@RespondThenContinue("have-effect")
		Map<String, Long> order(@PathVariable long id, @RequestParam(defaultValue = "false") boolean fail) {
			this.entityManager.persist(new Purchase(id));
			this.jdbc.sql("insert into purchase (id) values (?)").param(-id).update();
			if (fail) {
				throw new IllegalStateException("wanted");
			}
			return Map.of("id", id);
		}

		@PostMapping("/read-only/{id}")
		@Transactional(readOnly = true)
		@RespondThenContinue("have-effect")
		long readOnly(@PathVariable long id) {
			return id;
		}

		@PostMapping("/failures/{id}")
		@RespondThenContinue("fail")
		long failure(@PathVariable long id) {
			return id;
		}

	}

	@Component
	static class Work {

		private final EntityManager entityManager;

		private final Gate gate;

		Work(EntityManager entityManager, Gate gate) {
			this.entityManager = entityManager;
			this.gate = gate;
		}

		@PostPhase(value = "have-effect", durable = true)
		@Transactional
		void haveEffect(long id) throws InterruptedException {
			this.gate.latch.await(30, TimeUnit.SECONDS);
			this.entityManager.persist(new Effect(id));
		}

		@PostPhase(value = "fail", durable = true, retry = @Retry(maxRetries = 0))
		void fail(long id) {
			this.gate.failures.incrementAndGet();
			throw new IllegalStateException("wanted");
		}

	}

	@Entity(name = "purchase")
	static class Purchase {

		@Id
		private long id;

		protected Purchase() {
		}

		Purchase(long id) {
			this.id = id;
		}

	}

	@Entity(name = "effect")
	static class Effect {

		@Id
		private long id;

		protected Effect() {
		}

		Effect(long id) {
			this.id = id;
		}

	}

}
