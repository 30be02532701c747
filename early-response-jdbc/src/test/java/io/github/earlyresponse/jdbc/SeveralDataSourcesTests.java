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
import java.time.Instant;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application with two databases, one of them for post-phases and for the
 * application's own db-scheduler.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { TestApplication.WITHOUT_JPA, "early-response.durable.engine=jdbc",
				"early-response.jdbc.poll-interval=50ms" })
@ExtendWith(OutputCaptureExtension.class)
class SeveralDataSourcesTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Work work;

	@Autowired
	private PostPhaseOperations operations;

	private JdbcClient jdbc;

	@BeforeEach
	void close(@Autowired @EarlyResponseDataSource DataSource dataSource) {
		this.jdbc = JdbcClient.create(dataSource);
		this.work.latch = new CountDownLatch(1);
		this.work.done.clear();
	}

	@AfterEach
	void open() {
		this.work.latch.countDown();
		await().until(() -> this.operations.inFlightCount() == 0);
	}

	@Test
	void saysOnceThatTheTransactionOfAnotherDataSourceDoesNotIncludeThem(CapturedOutput output) {
		post("/other/a");
		post("/other/b");
		post("/another/c");
		assertThat(stored()).isEqualTo(3);
		assertThat(output).contains(
				"The transaction of " + Orders.class.getName() + ".other is not one of the "
						+ "DataSource in which post-phases are stored. Therefore its post-phase 'work' is stored",
				"Use a transaction manager of that DataSource");
		assertThat(StringUtils.countOccurrencesOf(output.getOut(), "Therefore its post-phase 'work'")).isOne();
		assertDone("a", "b", "c");
	}

	@Test
	void writesTheArgumentsOfCallOnceWhateverItsTransactionIs(CapturedOutput output) {
		post("/called/f");
		assertThat(output).contains("Therefore its post-phase 'counted-work' is stored");
		assertDone("f");
		assertThat(this.work.written).hasValue(1);
	}

	@Test
	void saysThatTheTransactionIsReadOnly(CapturedOutput output) {
		post("/read-only/c");
		assertThat(output).contains("The transaction of " + Orders.class.getName() + ".readOnly is read-only",
				"Make it one that writes.");
		assertDone("c");
	}

	@Test
	void saysNothingOfTheTransactionThatIncludesThem(CapturedOutput output) {
		post("/same/d");
		assertThat(output).doesNotContain("Therefore its post-phase");
		assertDone("d");
	}

	@Test
	void livesBesideTheSchedulerOfTheApplication() {
		this.jdbc
			.sql("create table scheduled_tasks (task_name varchar(100), task_instance varchar(100), task_data blob, "
					+ "execution_time timestamp with time zone, picked boolean, picked_by varchar(50), "
					+ "last_success timestamp with time zone, last_failure timestamp with time zone, "
					+ "consecutive_failures int, last_heartbeat timestamp with time zone, version bigint, "
					+ "primary key (task_name, task_instance))")
			.update();
		Queue<String> executed = new ConcurrentLinkedQueue<>();
		var task = Tasks.oneTime("work").execute((instance, context) -> executed.add(instance.getId()));
		Scheduler scheduler = Scheduler.create(this.work.dataSource, task)
			.pollingInterval(Duration.ofMillis(50))
			.build();
		scheduler.start();
		try {
			scheduler.schedule(task.instance("own"), Instant.now());
			post("/same/e");
			await().until(() -> executed.contains("own"));
			assertDone("e");
			await().until(() -> count("scheduled_tasks") + stored() == 0);
			assertThat(executed).containsExactly("own");
		}
		finally {
			scheduler.stop();
		}
	}

	private void assertDone(String... items) {
		this.work.latch.countDown();
		await().untilAsserted(() -> assertThat(this.work.done).containsExactlyInAnyOrder(items));
	}

	private void post(String path) {
		RestClient.create("http://localhost:" + this.port).post().uri(path).retrieve().toBodilessEntity();
	}

	private int stored() {
		return count("early_response_post_phase");
	}

	private int count(String table) {
		return this.jdbc.sql("select count(*) from " + table).query(Integer.class).single();
	}

	@TestApplication
	@Import({ Orders.class, Work.class })
	static class Application {

		@Bean
		@Primary
		DataSource otherDataSource() {
			return database();
		}

		@Bean
		@EarlyResponseDataSource
		DataSource storeDataSource() {
			return database();
		}

		@Bean
		@Primary
		JdbcTransactionManager otherTransactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		@Bean
		JdbcTransactionManager storeTransactionManager(@EarlyResponseDataSource DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

		private static DataSource database() {
			return DataSourceBuilder.create()
				.type(HikariDataSource.class)
				.url("jdbc:h2:mem:" + UUID.randomUUID())
				.build();
		}

	}

	@RestController
	static class Orders {

		private final Work work;

		Orders(Work work) {
			this.work = work;
		}

		@PostMapping("/other/{item}")
		@Transactional
		@RespondThenContinue("work")
		void other(@PathVariable String item) {
		}

		@PostMapping("/another/{item}")
		@Transactional
		@RespondThenContinue("work")
		void another(@PathVariable String item) {
		}

		@PostMapping("/read-only/{item}")
		@Transactional(transactionManager = "storeTransactionManager", readOnly = true)
		@RespondThenContinue("read-only-work")
		void readOnly(@PathVariable String item) {
		}

		@PostMapping("/called/{item}")
		@Transactional
		@RespondThenContinue
		void called(@PathVariable String item, AfterResponse after) {
			after.call("counted-work", this.work.counted(item));
		}

		@PostMapping("/same/{item}")
		@Transactional("storeTransactionManager")
		@RespondThenContinue("work")
		void same(@PathVariable String item) {
		}

	}

	@Component
	static class Work {

		private final DataSource dataSource;

		private final Queue<String> done = new ConcurrentLinkedQueue<>();

		/** How often an item that is counted was written. */
		private final AtomicInteger written = new AtomicInteger();

		private volatile CountDownLatch latch = new CountDownLatch(1);

		Work(@EarlyResponseDataSource DataSource dataSource) {
			this.dataSource = dataSource;
		}

		@PostPhase(value = "work", durable = true)
		void work(String item) throws InterruptedException {
			this.latch.await();
			this.done.add(item);
		}

		CountedItem counted(String item) {
			return new CountedItem(item, this.written);
		}

		@PostPhase(value = "counted-work", durable = true)
		void countedWork(CountedItem item) {
			this.done.add(item.text());
		}

		@PostPhase(value = "read-only-work", durable = true)
		void readOnlyWork(String item) {
			this.done.add(item);
		}

	}

	static final class CountedItem {

		private final String text;

		private final AtomicInteger written;

		@JsonCreator
		CountedItem(String text) {
			this(text, new AtomicInteger());
		}

		CountedItem(String text, AtomicInteger written) {
			this.text = text;
			this.written = written;
		}

		String text() {
			return this.text;
		}

		@JsonValue
		String write() {
			this.written.incrementAndGet();
			return this.text;
		}

	}

}
