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

package io.github.earlyresponse.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * The price of durability: a handler that inserts a row in a transaction, alone, with a
 * durable post-phase, with the same statements by hand, and with db-scheduler alone, over
 * HTTP and on PostgreSQL. A round ends when all that it has promised is done.
 */
public final class DurableBenchmark {

	private static final List<String> paths = List
		.of(System.getProperty("benchmark.paths", "/plain,/durable,/by-hand,/db-scheduler").split(","));

	private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("benchmark.seconds", 5));

	private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);

	/** It takes the compiler so long that the rounds after it are alike. */
	private static final int WARM_UP_ROUNDS = 4;

	private static final int[] CONNECTIONS = { 1, 8, 32 };

	private DurableBenchmark() {
	}

	/**
	 * Measures and prints a table.
	 * @param args not used
	 * @throws Exception if the database or the application does not start
	 */
	public static void main(String[] args) throws Exception {
		try (EmbeddedPostgres postgres = postgres();
				Server server = start(postgres.getJdbcUrl("postgres", "postgres"))) {
			run(server, 16, WARM_UP_ROUNDS);
			System.out.println("| handler | connections | requests/s | of plain | of by-hand | of db-scheduler "
					+ "| last byte to start p50 µs | p99 µs |");
			System.out.println("|---|---|---|---|---|---|---|---|");
			for (int connections : CONNECTIONS) {
				print(run(server, connections, ROUNDS), connections);
			}
		}
	}

	/**
	 * A database that has on its disk what it has committed, unlike those of tests.
	 */
	static EmbeddedPostgres postgres() throws IOException {
		return EmbeddedPostgres.builder()
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.start();
	}

	private static Server start(String url) throws IOException, InterruptedException {
		return Server.application(DurableApplication.class, ClassPath.bare(),
				List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"), "--spring.datasource.url=" + url,
				"--spring.datasource.hikari.maximum-pool-size=24", "--early-response.durable.engine=jdbc",
				"--early-response.jdbc.initialize-schema=always",
				"--early-response.executor.max-concurrency=" + DurableApplication.THREADS,
				"--early-response.executor.queue-capacity=10000", "--logging.level.root=warn");
	}

	private static Map<String, List<Round>> run(Server server, int connections, int rounds) throws Exception {
		Map<String, List<Round>> results = new LinkedHashMap<>();
		List<String> order = new ArrayList<>(paths);
		for (int i = 0; i < rounds; i++) {
			for (String path : order) {
				results.computeIfAbsent(path, (key) -> new ArrayList<>()).add(run(server, path, connections));
			}
			Collections.reverse(order);
		}
		return results;
	}

	private static Round run(Server server, String path, int connections) throws Exception {
		server.get("/waits");
		Sample sample = Wrk.run(server.uri(path), connections, ROUND);
		if (sample.refused() + sample.broken() > 0) {
			throw new IllegalStateException(path + ": " + sample);
		}
		long answered = System.nanoTime();
		while (!server.get("/left").equals("0")) {
			TimeUnit.MILLISECONDS.sleep(5);
		}
		double rest = (System.nanoTime() - answered) / 1e9;
		String[] waits = server.get("/waits").split(" ");
		return new Round(sample.requests() / (sample.seconds() + rest), Double.parseDouble(waits[0]),
				Double.parseDouble(waits[1]));
	}

	private static void print(Map<String, List<Round>> results, int connections) {
		results.forEach((path, rounds) -> {
			boolean durable = path.equals("/durable");
			System.out.printf(Locale.ROOT, "| %s | %d | %,.0f | %s | %s | %s | %s | %s |%n", path, connections,
					Figure.of(rounds.stream().map(Round::throughput).toList()).median(),
					ratio(results, rounds, "/plain"), ratio(results, rounds, "/by-hand"),
					ratio(results, rounds, "/db-scheduler"),
					(durable) ? median(rounds.stream().map(Round::median).toList()) : "",
					(durable) ? median(rounds.stream().map(Round::p99).toList()) : "");
		});
	}

	private static String median(List<Double> values) {
		return String.format(Locale.ROOT, "%.0f", Figure.of(values).median());
	}

	/**
	 * The throughput compared with that of another handler, if that was measured.
	 */
	private static String ratio(Map<String, List<Round>> results, List<Round> rounds, String baseline) {
		List<Round> others = results.get(baseline);
		if (others == null) {
			return "";
		}
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < rounds.size(); i++) {
			ratios.add(rounds.get(i).throughput() / others.get(i).throughput());
		}
		return Figure.of(ratios).toString();
	}

	/**
	 * What one round has measured.
	 *
	 * @param throughput requests a second, until all is done
	 * @param median from the last byte to the start of the post-phase, in microseconds
	 * @param p99 what 99 of 100 of them were below
	 */
	private record Round(double throughput, double median, double p99) {

	}

}
