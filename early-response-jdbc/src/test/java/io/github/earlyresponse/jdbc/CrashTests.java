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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.CrashApplication.Crash;
import io.github.earlyresponse.jdbc.CrashApplication.CrashPoint;
import io.github.earlyresponse.jdbc.CrashApplication.Effects;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Processes that die at a certain point, and what another one makes of it.
 */
class CrashTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	/** A node for all tests that do not need one of their own, which saves time. */
	private static ConfigurableApplicationContext sharedSurvivor;

	private static List<String> sharedDatabase;

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<CrashNode> processes = new ArrayList<>();

	private ConfigurableApplicationContext survivor;

	@BeforeAll
	static void startSurvivor() {
		sharedDatabase = TestDatabase.POSTGRESQL.properties();
		sharedSurvivor = CrashApplication.start(sharedDatabase);
	}

	@AfterAll
	static void stopSurvivor() {
		sharedSurvivor.close();
	}

	@AfterEach
	void stop() {
		if (this.survivor != null && this.survivor != sharedSurvivor) {
			this.survivor.close();
		}
		this.processes.forEach(CrashNode::kill);
	}

	@ParameterizedTest
	@EnumSource(names = { "IN_RESPONSE", "BEFORE_COMMIT_OF_WORK", "BEFORE_DELETE" })
	void doesOnAnotherNodeWhatItHasCommitted(CrashPoint point) throws Exception {
		survive(sharedDatabase);
		crash(sharedDatabase, point);
		assertThat(orders()).containsOnlyOnce(point.name());
		assertEverythingIsDone(point);
	}

	@ParameterizedTest
	@EnumSource(names = { "AFTER_COMMIT", "BEFORE_START", "IN_WORK", "AFTER_COMMIT_OF_WORK" })
	@Tag("load")
	void doesOnAnotherNodeWhatItHasCommittedAtOtherPoints(CrashPoint point) throws Exception {
		doesOnAnotherNodeWhatItHasCommitted(point);
	}

	@ParameterizedTest
	@EnumSource(names = { "AFTER_COMMIT", "BEFORE_COMMIT_OF_WORK", "BEFORE_DELETE" })
	@Tag("load")
	void doesOnAnotherNodeWhatItHasCommittedOnMariaDb(CrashPoint point) throws Exception {
		List<String> database = TestDatabase.MARIADB.properties();
		survive(database);
		crash(database, point);
		assertThat(orders()).containsExactly(point.name());
		assertEverythingIsDone(point);
	}

	@Test
	void doesNothingThatItHasNotCommitted() throws Exception {
		survive(sharedDatabase);
		crash(sharedDatabase, CrashPoint.AFTER_INSERT);
		assertThat(tables().stored()).isZero();
		assertThat(Stream.of(orders(), effects().items("effects_once"), effects().items("effects_at_least_once")))
			.allSatisfy((items) -> assertThat(items).doesNotContain("AFTER_INSERT"));
	}

	@Test
	void doesAfterRestartWhatItHasStoredInFile(@TempDir Path folder) throws Exception {
		List<String> database = List.of("spring.datasource.url=jdbc:h2:file:retry:" + folder.resolve("db")
				+ ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE", "early-response.jdbc.initialize-schema=always");
		crash(database, CrashPoint.AFTER_COMMIT);
		survive(database);
		assertThat(orders()).containsExactly("AFTER_COMMIT");
		assertEverythingIsDone(CrashPoint.AFTER_COMMIT);
	}

	@Test
	void makesDeadLetterOfWhatItsProcessesDieOf() throws Exception {
		List<String> database = new ArrayList<>(TestDatabase.POSTGRESQL.properties());
		// So that none of the nodes that are starting looks as if it had died
		database.add("early-response.jdbc.takeover-after=2400ms");
		CrashNode first = start(database, CrashPoint.IN_POISON);
		first.uri("/");
		CrashNode second = start(database, CrashPoint.IN_POISON);
		CrashNode third = start(database, CrashPoint.IN_POISON);
		second.uri("/");
		third.uri("/");
		assertThat(first.post(this.client, "/poison/a").statusCode()).isEqualTo(200);
		this.processes.forEach((process) -> assertThat(process.awaitEnd()).isEqualTo(Crash.EXIT_CODE));
		survive(database);
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(tables().rows()).singleElement().satisfies((row) -> {
			assertThat(row.get("task_name")).isEqualTo("poison");
			assertThat(row.get("dead_at")).isNotNull();
			assertThat(row.get("picked")).isEqualTo(false);
			assertThat(row.get("crashes")).isEqualTo(3);
			assertThat((String) row.get("failure")).contains("3 processes have died");
		}));
		assertThat(effects().items("effects_once")).containsExactly("a");
	}

	private void crash(List<String> database, CrashPoint point) throws Exception {
		CrashNode node = start(database, point);
		node.uri("/");
		if (point.ordinal() <= CrashPoint.IN_RESPONSE.ordinal()) {
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> node.post(this.client, "/crash/" + point));
		}
		else {
			assertThat(node.post(this.client, "/crash/" + point).statusCode()).isEqualTo(200);
		}
		assertThat(node.awaitEnd()).isEqualTo(Crash.EXIT_CODE);
	}

	private CrashNode start(List<String> database, CrashPoint point) {
		CrashNode node = new CrashNode(database, "crash=" + point);
		this.processes.add(node);
		return node;
	}

	private void survive(List<String> database) {
		this.survivor = (database == sharedDatabase) ? sharedSurvivor : CrashApplication.start(database);
	}

	private void assertEverythingIsDone(CrashPoint point) {
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(tables().stored() + operations().inFlightCount()).isZero());
		assertThat(effects().items("effects_once")).containsOnlyOnce(point.name());
		assertThat(effects().items("effects_at_least_once")).contains(point.name());
	}

	private List<String> orders() {
		return tables().jdbc().sql("select item from orders").query(String.class).list();
	}

	private Tables tables() {
		return this.survivor.getBean(Tables.class);
	}

	private Effects effects() {
		return this.survivor.getBean(Effects.class);
	}

	private PostPhaseOperations operations() {
		return this.survivor.getBean(PostPhaseOperations.class);
	}

}
