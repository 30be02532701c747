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
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Processes whose clocks differ by ten minutes, as far as libfaketime is installed.
 */
class SkewedClockTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final Duration RETRY_DELAY = Duration.ofSeconds(2);

	private final HttpClient client = HttpClient.newHttpClient();

	private final List<CrashNode> processes = new ArrayList<>();

	private ConfigurableApplicationContext exact;

	private final List<String> properties = new ArrayList<>();

	@AfterEach
	void stop() {
		this.processes.forEach(CrashNode::kill);
		if (this.exact != null) {
			this.exact.close();
		}
	}

	@Test
	void nothingIsTakenOverEarlyOrLate() throws Exception {
		Optional<Path> library = fakeTime();
		assumeThat(library).as("libfaketime is installed").isPresent();
		this.properties.addAll(TestDatabase.POSTGRESQL.properties());
		this.properties.add("early-response.jdbc.takeover-after=1s");
		this.exact = CrashApplication.start(this.properties);
		CrashNode ahead = start(library.get(), "+10m");
		CrashNode behind = start(library.get(), "-10m");
		post(ahead, "of-ahead");
		post(behind, "of-behind");
		await().atMost(TIMEOUT).until(() -> attempts("%").size() == 4);
		// None is taken for dead, and none tries again before it is time
		for (String item : List.of("of-ahead", "of-behind")) {
			List<Attempt> attempts = attempts(item);
			assertThat(attempts).extracting(Attempt::attempt).containsExactly(1, 2);
			assertThat(Duration.between(attempts.get(0).madeAt(), attempts.get(1).madeAt()))
				.isBetween(RETRY_DELAY.plus(CrashApplication.LATE).minusMillis(500), TIMEOUT);
		}
		post(ahead, "left-by-ahead");
		post(behind, "left-by-behind");
		await().atMost(TIMEOUT).until(() -> attempts("left-%").size() == 2);
		ahead.kill();
		behind.kill();
		await().atMost(TIMEOUT).until(() -> attempts("left-%").size() == 4);
		Tables tables = this.exact.getBean(Tables.class);
		PostPhaseOperations operations = this.exact.getBean(PostPhaseOperations.class);
		await().atMost(TIMEOUT).until(() -> tables.stored() + operations.inFlightCount() == 0);
	}

	private CrashNode start(Path library, String time) {
		CrashNode node = new CrashNode(Map.of("LD_PRELOAD", library.toString(), "FAKETIME", time,
				"FAKETIME_DONT_FAKE_MONOTONIC", "1", "FAKETIME_FORCE_MONOTONIC_FIX", "0"), this.properties);
		this.processes.add(node);
		return node;
	}

	private void post(CrashNode node, String item) throws IOException, InterruptedException {
		assertThat(node.post(this.client, "/late/" + item).statusCode()).isEqualTo(200);
	}

	private List<Attempt> attempts(String items) {
		return this.exact.getBean(Tables.class)
			.jdbc()
			.sql("select attempt, made_at from attempts where item like ? order by made_at")
			.param(items)
			.query(Attempt.class)
			.list();
	}

	private static Optional<Path> fakeTime() throws IOException {
		Path libraries = Path.of("/usr/lib");
		PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:**/faketime/libfaketimeMT.so.1");
		if (!Files.isDirectory(libraries)) {
			return Optional.empty();
		}
		try (Stream<Path> found = Files.find(libraries, 3, (path, attributes) -> matcher.matches(path))) {
			return found.findFirst();
		}
	}

	record Attempt(int attempt, LocalDateTime madeAt) {

	}

}
