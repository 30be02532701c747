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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Nodes of two versions of an application on one database.
 */
@ExtendWith(OutputCaptureExtension.class)
class RollingDeploymentTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private final List<String> database = TestDatabase.POSTGRESQL.properties();

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	@AfterEach
	void stop() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
	}

	@Test
	void versionsRunWhatBothHaveStored() {
		start(OldVersion.class);
		start(NewVersion.class);
		for (int i = 0; i < 10; i++) {
			store("old-" + i, "pack", "{'parcel': {'id': 'a', 'size': 'M', 'removed': [1]}}");
			store("new-" + i, "pack", "{'parcel': {'id': 'a', 'size': 'M', 'added': 'x'}, 'more': 1}");
			store("removed-" + i, "pack", "{'parcel': {'id': 'a', 'size': 'XS'}}");
			store("changed-" + i, "pack", "{'parcel': {'id': 'a', 'size': 'XL'}}");
			store("earlier-name-" + i, "label", "{'id': 'a'}");
			store("later-name-" + i, "print-label", "{'id': 'a'}");
			store("new-name-" + i, "invoice", "{'id': 'a'}");
		}
		awaitDone(70);
		// Not even one that was left to the other counts as an attempt
		assertThat(this.nodes).allSatisfy((node) -> assertThat(node.getBean(Log.class).attempts).containsOnly(1));
		assertThat(log(0))
			.noneMatch((id) -> id.startsWith("changed-") || id.startsWith("later-name-") || id.startsWith("new-name-"));
		assertThat(log(1)).noneMatch((id) -> id.startsWith("removed-"));
	}

	/**
	 * Whichever version runs first.
	 */
	@ParameterizedTest
	@ValueSource(classes = { OldVersion.class, NewVersion.class })
	void leavesWhatItCannotReadToOthers(Class<?> first, CapturedOutput output) {
		start(first);
		addNode();
		boolean old = first == OldVersion.class;
		String argument = "{'parcel': {'id': 'a', 'size': '" + ((old) ? "XL" : "XS") + "'}}";
		store("a", "pack", argument);
		store("b", "pack", argument);
		store("c", "copy", "{}");
		jdbc()
			.sql("update early_response_post_phase set checkpoints = 1, last_checkpoint = ?, crashes = 2 "
					+ "where task_instance = 'c'")
			.param((old) ? "\"text\"" : "{}")
			.update();
		await().atMost(TIMEOUT)
			.until(() -> count("failure like 'Left to other nodes by %cannot be read%' and version = 3") == 3);
		assertThat(count("dead_at is null and attempts = 0 and failures = 0")).isEqualTo(3);
		await().atMost(TIMEOUT).until(() -> count("task_instance = 'c' and crashes = 2") == 1);
		assertThat(this.nodes.get(0).getBean(PostPhaseOperations.class).inFlightCount()).isZero();
		assertThat(StringUtils.countOccurrencesOf(output.getOut(), "is left to other nodes, as are others"))
			.isEqualTo(2);
		start((old) ? NewVersion.class : OldVersion.class);
		awaitDone(3);
		assertThat(log(1)).containsExactlyInAnyOrder("a", "b", "c");
	}

	@Test
	void becomesDeadLetterIfNobodyCanReadItForLong() {
		start(OldVersion.class, "early-response.jdbc.unknown-after=2s");
		start(OldVersion.class, "early-response.jdbc.unknown-after=2s");
		Instant stored = Instant.now();
		store("a", "pack", "{'parcel': {'id': 'a', 'size': 'XL'}}");
		DeadLetter deadLetter = deadLetter();
		assertThat(deadLetter.failure()).contains("Post-phase 'pack' cannot be read", "size", "XL");
		assertThat(deadLetter.attempts()).isOne();
		assertThat(deadLetter.deadAt()).isAfter(stored.plusSeconds(2));
		// Twice for each time that it was looked at, which is every second
		assertThat(count("version <= 10")).isOne();
		Instant replayed = Instant.now();
		assertThat(operations().replay("a")).isTrue();
		assertThat(deadLetter().deadAt()).isAfter(replayed.plusSeconds(2));
	}

	private void awaitDone(int number) {
		await().atMost(TIMEOUT)
			.until(() -> this.nodes.stream().mapToInt((node) -> node.getBean(Log.class).ids.size()).sum() == number
					&& count("1 = 1") == 0);
		assertThat(this.nodes)
			.allSatisfy((node) -> await().atMost(TIMEOUT)
				.until(() -> node.getBean(PostPhaseOperations.class).inFlightCount() == 0))
			.flatExtracting((node) -> node.getBean(Log.class).ids)
			.doesNotHaveDuplicates();
	}

	private DeadLetter deadLetter() {
		await().atMost(TIMEOUT).until(() -> operations().deadLetters(10).size() == 1);
		return operations().deadLetters(10).get(0);
	}

	private void start(Class<?> version, String... properties) {
		this.nodes.add(DurableApplication.start(version, this.database, properties));
	}

	/**
	 * Adds one that is alive and does nothing.
	 */
	private void addNode() {
		jdbc()
			.sql("insert into early_response_post_phase_node (name, last_heartbeat) "
					+ "values ('somebody', timestamp '9999-01-01 00:00:00')")
			.update();
	}

	/**
	 * Stores one that is due.
	 */
	private void store(String id, String name, String arguments) {
		byte[] payload = ("{\"arguments\":" + arguments.replace('\'', '"') + "}").getBytes(StandardCharsets.UTF_8);
		Timestamp now = Timestamp.from(Instant.now());
		jdbc()
			.sql("insert into early_response_post_phase (task_name, task_instance, task_data, execution_time, picked, "
					+ "version, accepted_at, attempts, failures, deferrals, crashes) "
					+ "values (?, ?, ?, ?, false, 1, ?, 0, 0, 0, 0)")
			.params(name, id, payload, now, now)
			.update();
	}

	private int count(String condition) {
		return jdbc().sql("select count(*) from early_response_post_phase where " + condition)
			.query(Integer.class)
			.single();
	}

	private Queue<String> log(int node) {
		return this.nodes.get(node).getBean(Log.class).ids;
	}

	private PostPhaseOperations operations() {
		return this.nodes.get(0).getBean(PostPhaseOperations.class);
	}

	private JdbcClient jdbc() {
		return this.nodes.get(0).getBean(JdbcClient.class);
	}

	/**
	 * What has run on a node.
	 */
	static class Log {

		final Queue<String> ids = new ConcurrentLinkedQueue<>();

		final Queue<Integer> attempts = new ConcurrentLinkedQueue<>();

		void add(PostPhaseContext context) {
			this.attempts.add(context.attempt());
			this.ids.add(context.id());
		}

	}

	@TestApplication
	static class OldVersion {

		@Bean
		Log log() {
			return new Log();
		}

		enum Size {

			XS, M

		}

		record Parcel(String id, Size size, List<Integer> removed) {

		}

		@Component
		static class Work {

			private final Log log;

			Work(Log log) {
				this.log = log;
			}

			@PostPhase(value = "pack", durable = true)
			void pack(Parcel parcel, PostPhaseContext context) {
				this.log.add(context);
			}

			@PostPhase(value = "label", durable = true)
			void label(String id, PostPhaseContext context) {
				this.log.add(context);
			}

			@PostPhase(value = "copy", durable = true, checkpointType = Cursor.class)
			void copy(PostPhaseContext context) {
				this.log.add(context);
			}

			record Cursor(Integer key) {

			}

		}

	}

	@TestApplication
	static class NewVersion {

		@Bean
		Log log() {
			return new Log();
		}

		enum Size {

			M, XL

		}

		record Parcel(String id, Size size, String added) {

		}

		@Component
		static class Work {

			private final Log log;

			Work(Log log) {
				this.log = log;
			}

			@PostPhase(value = "pack", durable = true)
			void pack(Parcel parcel, Integer more, PostPhaseContext context) {
				this.log.add(context);
			}

			@PostPhase(value = "print-label", durable = true, aliases = "label")
			void label(String id, PostPhaseContext context) {
				this.log.add(context);
			}

			@PostPhase(value = "invoice", durable = true)
			void invoice(String id, PostPhaseContext context) {
				this.log.add(context);
			}

			@PostPhase(value = "copy", durable = true, checkpointType = String.class)
			void copy(PostPhaseContext context) {
				this.log.add(context);
			}

		}

	}

}
