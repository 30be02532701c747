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

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.DurableApplication.Order;
import io.github.earlyresponse.jdbc.DurableApplication.Recorder;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Post-phases that another version of the application has stored.
 */
class RenamedPostPhaseTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private ConfigurableApplicationContext node;

	@AfterEach
	void stop() {
		this.node.close();
	}

	@Test
	void runsByAliasAndLeavesUnknownOnesToOthers() {
		start("1d");
		store("unknown", "unknown-name", "{}");
		store("earlier", "note", "{'order': {'item': 'a', 'count': 1, 'gone': {}}, 'gone': 1}");
		await().atMost(TIMEOUT)
			.untilAsserted(() -> assertThat(this.node.getBean(Recorder.class).orders)
				.containsExactly(new Order("a", 1, null)));
		await().atMost(TIMEOUT).until(() -> tables().stored() == 1);
		assertThat(row()).containsEntry("picked", false).containsEntry("version", 1L).containsEntry("dead_at", null);
	}

	@Test
	void becomesDeadLetterIfNobodyKnowsItsNameForLong() {
		start("1s");
		store("unknown", "unknown-name", "{}");
		assertThat(deadLetter()).satisfies((deadLetter) -> {
			assertThat(deadLetter.name()).isEqualTo("unknown-name");
			assertThat(deadLetter.failure()).contains("No @PostPhase method", "this name or alias", "PT1S");
			assertThat(deadLetter.attempts()).isZero();
		});
		assertThat(operations().replay("unknown")).isTrue();
		assertThat(deadLetter().id()).isEqualTo("unknown");
	}

	@Test
	void becomesDeadLetterIfItsArgumentCannotBeReadAnyMore() {
		start("1d");
		store("unreadable", "record", "{'order': {'item': 'a', 'count': 'many'}}");
		assertThat(deadLetter().failure())
			.contains("Post-phase 'record' cannot be read", "'order'", "count", "type int")
			.as("the value")
			.doesNotContain("many");
		assertThat(deadLetter().attempts()).isOne();
	}

	private void start(String unknownAfter) {
		this.node = DurableApplication.start(TestDatabase.H2.properties(),
				"early-response.jdbc.unknown-after=" + unknownAfter);
	}

	/**
	 * Stores one that is due.
	 */
	private void store(String id, String name, String arguments) {
		byte[] payload = ("{\"arguments\":" + arguments.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8);
		Timestamp now = Timestamp.from(Instant.now());
		tables().jdbc()
			.sql("insert into early_response_post_phase (task_name, task_instance, task_data, execution_time, picked, "
					+ "version, accepted_at, attempts, failures, deferrals, crashes) "
					+ "values (?, ?, ?, ?, false, 1, ?, 0, 0, 0, 0)")
			.params(name, id, payload, now, now)
			.update();
	}

	private DeadLetter deadLetter() {
		await().atMost(TIMEOUT).until(() -> operations().deadLetters(10).size() == 1);
		return operations().deadLetters(10).get(0);
	}

	private Map<String, Object> row() {
		List<Map<String, Object>> rows = tables().rows();
		assertThat(rows).hasSize(1);
		return rows.get(0);
	}

	private Tables tables() {
		return this.node.getBean(Tables.class);
	}

	private PostPhaseOperations operations() {
		return this.node.getBean(PostPhaseOperations.class);
	}

}
