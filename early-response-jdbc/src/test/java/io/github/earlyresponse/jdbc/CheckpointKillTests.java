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
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Work of many items whose process is killed again and again, as {@code kill -9} does, on
 * PostgreSQL.
 */
class CheckpointKillTests {

	private static final Log logger = LogFactory.getLog(CheckpointKillTests.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(90);

	private static final String SOON = "early-response.durable.checkpoint-interval=100ms";

	private static final int LEAST_MILLIS = 1500;

	private static final int LONGEST_FURTHER_MILLIS = 500;

	/** More than can be mailed until it is killed. */
	private static final int LETTERS_PER_KILL = 2500;

	/** A tenfold of the interval. */
	private static final long MOST_REPEATED_MILLIS = 1000;

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final JdbcClient jdbc = JdbcClient
		.create(new DriverManagerDataSource(this.database.get(0).substring("spring.datasource.url=".length())));

	private final List<CrashNode> processes = new ArrayList<>();

	private ConfigurableApplicationContext survivor;

	@AfterEach
	void stop() {
		if (this.survivor != null) {
			this.survivor.close();
		}
		this.processes.forEach(CrashNode::kill);
	}

	@Test
	void goesOnWhereItStopped() throws Exception {
		goesOn(2);
	}

	@Test
	@Tag("load")
	void goesOnWhereItStoppedTenTimes() throws Exception {
		goesOn(10);
	}

	/**
	 * The control: what is not written cannot be gone on from.
	 */
	@Test
	void repeatsWhatIsNotWritten() throws Exception {
		accept(10 * LETTERS_PER_KILL, "early-response.durable.checkpoint-interval=1h");
		kill(1, LEAST_MILLIS);
		this.processes.add(new CrashNode(this.database, SOON));
		await().atMost(TIMEOUT).until(() -> lastAttempt("mailed") == 2);
		assertThat(repeatedMillis("mailed", 2)).isGreaterThan(MOST_REPEATED_MILLIS);
	}

	private void goesOn(int kills) throws Exception {
		long seed = System.nanoTime();
		logger.info("Seed: " + seed);
		Random random = new Random(seed);
		accept(kills * LETTERS_PER_KILL, SOON);
		for (int kill = 1; kill <= kills; kill++) {
			kill(kill, LEAST_MILLIS + random.nextInt(LONGEST_FURTHER_MILLIS));
			if (kill < kills) {
				this.processes.add(new CrashNode(this.database, SOON));
			}
		}
		this.survivor = CrashApplication.start(this.database, SOON);
		Tables tables = this.survivor.getBean(Tables.class);
		await().atMost(TIMEOUT).until(() -> tables.stored() == 0);
		List<Integer> letters = IntStream.rangeClosed(1, kills * LETTERS_PER_KILL).boxed().toList();
		assertThat(lettersOf("mailed_in_transactions")).as("once, in their order, seed %d", seed)
			.containsExactlyElementsOf(letters);
		assertThat(lettersOf("mailed")).as("seed %d", seed).containsAll(letters);
		for (int attempt = 2; attempt <= kills + 1; attempt++) {
			assertThat(repeatedMillis("mailed", attempt)).as("attempt %d, seed %d", attempt, seed)
				.isLessThanOrEqualTo(MOST_REPEATED_MILLIS);
		}
		logger.info(lettersOf("mailed").size() - letters.size() + " of " + letters.size()
				+ " letters were mailed twice, after " + kills + " kills");
	}

	private void accept(int letters, String interval) throws IOException, InterruptedException {
		CrashNode node = new CrashNode(this.database, interval);
		this.processes.add(node);
		assertThat(node.post(HttpClient.newHttpClient(), "/mailing/" + letters).statusCode()).isEqualTo(200);
	}

	/**
	 * Kills the last process when it has worked for some time.
	 */
	private void kill(int attempt, int millis) throws InterruptedException {
		await().atMost(TIMEOUT).until(() -> worked("mailed", attempt) && worked("mailed_in_transactions", attempt));
		CrashNode node = this.processes.get(this.processes.size() - 1);
		node.process().waitFor(millis - LEAST_MILLIS, TimeUnit.MILLISECONDS);
		node.kill();
	}

	private boolean worked(String table, int attempt) {
		return exists(table) && number("select coalesce(max(at_millis) - min(at_millis), 0) from " + table
				+ " where attempt = " + attempt) >= LEAST_MILLIS;
	}

	private boolean exists(String table) {
		return number("select count(*) from information_schema.tables where table_schema = current_schema() and "
				+ "table_name = '" + table + "'") > 0;
	}

	private int lastAttempt(String table) {
		return (int) number("select max(attempt) from " + table);
	}

	/**
	 * The work of how much time an attempt had to do again.
	 */
	private long repeatedMillis(String table, int attempt) {
		String before = " from " + table + " where attempt = " + (attempt - 1);
		return number("select coalesce((select max(at_millis)" + before + ") - (select min(at_millis)" + before
				+ " and letter >= (select min(letter) from " + table + " where attempt = " + attempt + ")), 0)");
	}

	private List<Integer> lettersOf(String table) {
		return this.jdbc.sql("select letter from " + table + " order by letter").query(Integer.class).list();
	}

	private long number(String sql) {
		return this.jdbc.sql(sql).query(Long.class).single();
	}

}
