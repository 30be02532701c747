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

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The rate of three nodes does not depend on how many post-phases are due.
 */
@Tag("load")
class BacklogLoadTests {

	private static final Log logger = LogFactory.getLog(BacklogLoadTests.class);

	private static final Duration TIMEOUT = Duration.ofMinutes(3);

	private static final int SMALL = 1_000;

	private static final int LARGE = 100_000;

	/** How many are run to measure a rate. */
	private static final int MEASURED = 15_000;

	/** How many are added at once, so that as many are due as before. */
	private static final int ADDED = 500;

	/** Every tenth one has a transaction. */
	private static final int TRANSACTIONAL = 10;

	private static final int NODES = 3;

	private static final double MIN_RATIO = 0.9;

	/**
	 * At most: what the backlog costs shows in each round, and what else the machine does
	 * may not.
	 */
	private static final int ROUNDS = 3;

	/** Of which entries of rows that are gone are most of what is there. */
	private static final long MAX_DUE_INDEX = 16 * 1024 * 1024;

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	/** How many runs have begun. */
	private final AtomicInteger begun = new AtomicInteger();

	private int inserted;

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void rateDoesNotDependOnBacklog() {
		List<String> database = TestDatabase.POSTGRESQL.properties();
		for (int i = 0; i < NODES; i++) {
			this.nodes.add(DurableApplication.start(database, "early-response.jdbc.takeover-after=10s",
					"spring.datasource.hikari.maximum-pool-size=22", "early-response.jdbc.poll-interval=500ms"));
		}
		this.nodes.forEach((node) -> node.getBean(Recorder.class).before = this.begun::incrementAndGet);
		// Until everything is compiled
		rate(SMALL);
		double ratio = 0;
		for (int round = 0; round < ROUNDS && ratio <= MIN_RATIO; round++) {
			ratio = Math.max(ratio, ratio());
		}
		assertEverythingWasDone();
		assertTableIsHealthy();
		assertThat(ratio).isGreaterThan(MIN_RATIO);
	}

	private double ratio() {
		double before = rate(SMALL);
		double large = rate(LARGE);
		drain();
		double after = rate(SMALL);
		double ratio = large / ((before + after) / 2);
		logger.info("Per second: %.0f with %d due, %.0f with %d due, %.0f afterwards, ratio %.2f".formatted(before,
				SMALL, large, LARGE, after, ratio));
		return ratio;
	}

	/**
	 * The rate while so many are due.
	 */
	private double rate(int backlog) {
		int missing;
		while ((missing = backlog - (this.inserted - this.begun.get())) > 0) {
			insert(Math.min(10_000, missing));
		}
		int first = this.begun.get();
		long start = System.nanoTime();
		await().atMost(TIMEOUT).until(() -> {
			while (backlog - (this.inserted - this.begun.get()) > 0) {
				insert(ADDED);
			}
			return this.begun.get() >= first + MEASURED;
		});
		return (this.begun.get() - first) * 1e9 / (System.nanoTime() - start);
	}

	private void drain() {
		int begin = this.begun.get();
		long start = System.nanoTime();
		await().atMost(TIMEOUT).until(() -> this.begun.get() == this.inserted && tables().stored() == 0);
		logger.info("Per second: %.0f until none is due"
			.formatted((this.inserted - begin) * 1e9 / (System.nanoTime() - start)));
		tables().jdbc()
			.sql("select relname, pg_relation_size(oid) as bytes from pg_class "
					+ "where relname like 'early_response_post_phase%' and relnamespace = current_schema()::regnamespace")
			.query()
			.listOfRows()
			.forEach(logger::info);
	}

	/**
	 * All space can be used again, by the same amount of work.
	 */
	private void assertTableIsHealthy() {
		tables().jdbc().sql("vacuum early_response_post_phase").update();
		long size = size("early_response_post_phase");
		insert(LARGE);
		drain();
		assertThat(size("early_response_post_phase")).isLessThan(size + size / 2);
		assertThat(size("early_response_post_phase_due")).isLessThan(MAX_DUE_INDEX);
	}

	private long size(String relation) {
		return tables().jdbc().sql("select pg_relation_size(?::regclass)").param(relation).query(Long.class).single();
	}

	private void assertEverythingWasDone() {
		await().atMost(TIMEOUT).until(() -> this.begun.get() == this.inserted && tables().stored() == 0);
		Set<String> items = recorders().flatMap((recorder) -> recorder.orders.stream())
			.map(DurableApplication.Order::item)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(items).hasSize(this.inserted);
		assertThat(this.begun.get()).isEqualTo(this.inserted);
		assertThat(tables().count("effects")).isEqualTo(this.inserted / TRANSACTIONAL);
		for (ConfigurableApplicationContext node : this.nodes) {
			await().atMost(TIMEOUT).until(() -> node.getBean(PostPhaseOperations.class).inFlightCount() == 0);
			assertThat(node.getBean(JdbcPostPhaseStore.class).leaseCount()).isZero();
		}
		assertThat(recorders().flatMap((recorder) -> recorder.finished.stream())).hasSize(this.inserted)
			.extracting(PostPhaseResult::outcome)
			.containsOnly(PostPhaseOutcome.COMPLETED);
	}

	private Stream<Recorder> recorders() {
		return this.nodes.stream().map((node) -> node.getBean(Recorder.class));
	}

	private Tables tables() {
		return this.nodes.get(0).getBean(Tables.class);
	}

	private void insert(int number) {
		Timestamp now = Timestamp.from(Instant.now());
		tables().jdbc()
			.sql("insert into early_response_post_phase (task_name, task_instance, task_data, execution_time, picked, "
					+ "version, accepted_at, attempts, failures, deferrals, crashes) "
					+ "select case when number % ? = 0 then 'record-once' else 'record' end, md5(number::text), "
					+ "convert_to(replace(?, '?', number::text), 'UTF8'), ?, false, 1, ?, 0, 0, 0, 0 "
					+ "from generate_series(?, ?) number")
			.params(TRANSACTIONAL, "{\"arguments\":{\"order\":{\"item\":\"?\",\"count\":1}}}", now, now,
					this.inserted + 1, this.inserted + number)
			.update();
		this.inserted += number;
	}

}
