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

import java.net.http.HttpClient;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes that are terminated, as {@code kill} does, on PostgreSQL.
 */
@DisabledOnOs(OS.WINDOWS)
class ShutdownProcessTests {

	private static final Log logger = LogFactory.getLog(ShutdownProcessTests.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** Far below the time after which a node is taken for dead. */
	private static final long SOON_MILLIS = 3000;

	private static final String[] PROPERTIES = { "early-response.jdbc.takeover-after=40s",
			"early-response.jdbc.poll-interval=500ms", "early-response.executor.max-concurrency=2",
			"early-response.durable.hand-back-after=500ms", "early-response.durable.dead-after-crashes=1" };

	private static final int LETTERS = 3000;

	private static final int ITEMS = 20;

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final JdbcClient jdbc = JdbcClient
		.create(new DriverManagerDataSource(this.database.get(0).substring("spring.datasource.url=".length())));

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<CrashNode> processes = new ArrayList<>();

	@AfterEach
	void stop() {
		this.processes.forEach(CrashNode::kill);
	}

	@Test
	void anotherProcessGoesOnAtOnce() throws Exception {
		CrashNode leaving = start();
		CrashNode staying = start();
		staying.uri("/");
		occupy(leaving);
		long signal = millis("select clock_timestamp()");
		leaving.terminate();
		await().atMost(TIMEOUT).until(() -> effects("effects_at_least_once") + effects("effects_once") == 2 * ITEMS);
		assertThat(leaving.awaitEnd()).as("exit code after SIGTERM").isEqualTo(143);
		await().atMost(TIMEOUT).until(() -> number("select count(*) from early_response_post_phase") == 0);
		long lastEffect = millis("select greatest((select max(made_at) from effects_at_least_once), "
				+ "(select max(made_at) from effects_once))") - signal;
		long pause = Math.max(pause("mailed"), pause("mailed_in_transactions"));
		logger.info("The last effect came after " + lastEffect + " ms, and mailing paused for " + pause + " ms");
		assertThat(lastEffect).as("milliseconds until all that waited for a thread was done").isLessThan(SOON_MILLIS);
		assertThat(pause).as("milliseconds until what was running went on").isLessThan(SOON_MILLIS);
		assertThat(leaving.output()).contains("Post-phase 'mail' (", "Post-phase 'mail-in-transactions' (");
		assertThat(leaving.output().lines().filter((line) -> line.endsWith("was handed back at shutdown")))
			.hasSize(2 * ITEMS + 2);
		List<Integer> letters = IntStream.rangeClosed(1, LETTERS).boxed().toList();
		assertThat(letters("mailed_in_transactions")).containsExactlyElementsOf(letters);
		assertThat(letters("mailed")).containsAll(letters).hasSizeLessThanOrEqualTo(LETTERS + 1);
		assertThat(number("select max(attempt) from mailed")).as("attempts").isOne();
	}

	/**
	 * With one node it waits in the table for the next start.
	 */
	@Test
	void nextProcessGoesOnAfterTheLastOne() throws Exception {
		CrashNode leaving = start();
		occupy(leaving);
		leaving.terminate();
		// A second signal changes nothing
		leaving.terminate();
		assertThat(leaving.awaitEnd()).isEqualTo(143);
		assertThat(number("select count(*) from early_response_post_phase where picked = false and attempts = 0 "
				+ "and crashes = 0 and execution_time <= clock_timestamp()"))
			.isEqualTo(2 * ITEMS + 2);
		assertThat(effects("effects_at_least_once") + effects("effects_once")).isZero();
		long sent = number("select count(*) from mailed_in_transactions");
		start();
		await().atMost(TIMEOUT).until(() -> number("select count(*) from early_response_post_phase") == 0);
		assertThat(effects("effects_once")).isEqualTo(ITEMS);
		assertThat(sent).isBetween(1L, LETTERS - 1L);
		assertThat(letters("mailed_in_transactions"))
			.containsExactlyElementsOf(IntStream.rangeClosed(1, LETTERS).boxed().toList());
	}

	private CrashNode start() {
		CrashNode node = new CrashNode(this.database, PROPERTIES);
		this.processes.add(node);
		return node;
	}

	/**
	 * Occupies all threads of a node, and has more wait for them.
	 */
	private void occupy(CrashNode node) throws Exception {
		assertThat(node.post(this.client, "/mailing/" + LETTERS).statusCode()).isEqualTo(200);
		for (String table : List.of("effects_at_least_once", "effects_once")) {
			this.jdbc.sql("alter table " + table + " add column made_at timestamptz default clock_timestamp()")
				.update();
		}
		for (int i = 0; i < ITEMS; i++) {
			assertThat(node.post(this.client, "/crash/" + i).statusCode()).isEqualTo(200);
		}
		await().atMost(TIMEOUT)
			.until(() -> number("select count(*) from mailed") > 0
					&& number("select count(*) from mailed_in_transactions") > 0);
		assertThat(effects("effects_at_least_once") + effects("effects_once")).isZero();
	}

	private long effects(String table) {
		return number("select count(*) from " + table);
	}

	/**
	 * The longest time between two letters.
	 */
	private long pause(String table) {
		return number(
				"select max(pause) from (select at_millis - lag(at_millis) over (order by at_millis) as pause from "
						+ table + ") as pauses");
	}

	private List<Integer> letters(String table) {
		return this.jdbc.sql("select letter from " + table + " order by letter").query(Integer.class).list();
	}

	private long millis(String sql) {
		return this.jdbc.sql(sql).query(Timestamp.class).single().getTime();
	}

	private long number(String sql) {
		return this.jdbc.sql(sql).query(Long.class).single();
	}

}
