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
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * The price of durability: a handler that inserts a row in a transaction, alone, with a
 * durable post-phase, and with what could be used instead, over HTTP and on PostgreSQL. A
 * round ends when all that it has promised is done.
 */
public final class DurableBenchmark {

	private static final String DURABLE = "/durable";

	private static final String PLAIN = "/plain";

	private static final String SAME_ROW = "/leased-by-hand";

	private static final String DB_SCHEDULER = "/db-scheduler";

	/** The handlers, which the tables show in this order. */
	private static final Map<String, String> handlers = new LinkedHashMap<>();

	static {
		handlers.put(PLAIN, "plain");
		handlers.put("/by-hand", "by hand");
		handlers.put(SAME_ROW, "by hand, the same row");
		handlers.put(DURABLE, "durable");
		handlers.put(DB_SCHEDULER, "db-scheduler");
		handlers.put("/modulith", "Spring Modulith");
		handlers.put("/jobrunr", "JobRunr");
	}

	private static final List<String> paths = Stream
		.of(System.getProperty("benchmark.paths", String.join(",", handlers.keySet())).split(","))
		.toList();

	private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("benchmark.seconds", 5));

	private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 5);

	/** After how long a server is measured even though it is still compiling. */
	private static final Duration WARM_UP = Duration.ofMinutes(4);

	/** The share of a round in which a server may compile once it has warmed up. */
	private static final double SETTLED = 0.05;

	private static final List<Integer> connections = Stream
		.of(System.getProperty("benchmark.connections", "1,8,32").split(","))
		.map(Integer::valueOf)
		.toList();

	private DurableBenchmark() {
	}

	/**
	 * Measures and prints tables.
	 * @param args not used
	 * @throws Exception if the database or an application does not start
	 */
	public static void main(String[] args) throws Exception {
		try (EmbeddedPostgres postgres = postgres();
				Servers servers = Servers.start(postgres.getJdbcUrl("postgres", "postgres"))) {
			warmUp(servers);
			Map<Integer, Map<String, List<Round>>> results = new LinkedHashMap<>();
			for (int number : connections) {
				results.put(number, run(servers, number, ROUNDS));
			}
			printThroughput(results);
			printStarts(results);
		}
	}

	private static void warmUp(Servers servers) throws Exception {
		Map<Server, List<String>> pathsOfServers = paths.stream()
			.collect(Collectors.groupingBy(servers::of, LinkedHashMap::new, Collectors.toList()));
		for (Map.Entry<Server, List<String>> server : pathsOfServers.entrySet()) {
			warmUp(server.getKey(), server.getValue());
		}
	}

	/**
	 * Sends requests until the JIT compiler has little left to do.
	 */
	private static void warmUp(Server server, List<String> paths) throws Exception {
		for (int i = 0; i < 2; i++) {
			runEach(server, paths, Wrk.WARM_UP_CONNECTIONS);
		}
		long first = System.nanoTime();
		long begin;
		double share;
		do {
			begin = System.nanoTime();
			Duration before = server.compilationTime();
			// Those that wait for the disk answer few requests on fewer connections
			runEach(server, paths, 16);
			share = server.compilationTime().minus(before).toNanos() / (double) (System.nanoTime() - begin);
		}
		while (share > SETTLED && begin - first < WARM_UP.toNanos());
		System.out.printf(Locale.ROOT, "%s: warmed up until compilation took %.1f %% of the time%n",
				String.join(", ", paths), 100 * share);
	}

	private static void runEach(Server server, List<String> paths, int connections) throws Exception {
		for (String path : paths) {
			run(server, path, connections);
		}
	}

	/**
	 * A database that has on its disk what it has committed, unlike those of tests.
	 */
	static EmbeddedPostgres postgres() throws IOException {
		return EmbeddedPostgres.builder()
			.setServerConfig("fsync", "on")
			.setServerConfig("synchronous_commit", "on")
			.setServerConfig("max_connections", "150")
			.start();
	}

	private static Map<String, List<Round>> run(Servers servers, int connections, int rounds) throws Exception {
		Map<String, List<Round>> results = new LinkedHashMap<>();
		List<String> order = new ArrayList<>(paths);
		for (int i = 0; i < rounds; i++) {
			for (String path : order) {
				results.computeIfAbsent(path, (key) -> new ArrayList<>()).add(run(servers.of(path), path, connections));
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
		return Round.of(sample.requests() / (sample.seconds() + rest), server.get("/waits"));
	}

	private static void printThroughput(Map<Integer, Map<String, List<Round>>> results) {
		System.out.println("\nThroughput until all work is done\n");
		printHeader(results);
		if (paths.contains(PLAIN)) {
			print("plain, requests per second", results,
					(rounds) -> String.format(Locale.ROOT, "%,.0f", median(rounds, PLAIN, Round::throughput)));
			followed().forEach((path) -> print(name(path) + ", of plain", results,
					(rounds) -> ratio(rounds, path, PLAIN, Round::throughput)));
		}
		if (paths.contains(DURABLE)) {
			others().forEach((path) -> print("durable, of " + name(path), results,
					(rounds) -> ratio(rounds, DURABLE, path, Round::throughput)));
		}
		if (paths.contains(SAME_ROW) && paths.contains(DB_SCHEDULER)) {
			print(name(SAME_ROW) + ", of " + name(DB_SCHEDULER), results,
					(rounds) -> ratio(rounds, SAME_ROW, DB_SCHEDULER, Round::throughput));
		}
	}

	private static void printStarts(Map<Integer, Map<String, List<Round>>> results) {
		System.out.println("\nFrom the commit to the start of the work, ms: median, p99\n");
		printHeader(results);
		followed().forEach((path) -> print(name(path), results, (rounds) -> millis(median(rounds, path, Round::median))
				+ ", " + millis(median(rounds, path, Round::p99))));
		if (paths.contains(DURABLE)) {
			print("durable, from the last byte of the response", results,
					(rounds) -> millis(median(rounds, DURABLE, Round::medianFromResponse)) + ", "
							+ millis(median(rounds, DURABLE, Round::p99FromResponse)));
			others().forEach((path) -> print("median of " + name(path) + ", of durable", results,
					(rounds) -> ratio(rounds, path, DURABLE, Round::median)));
		}
	}

	/**
	 * The handlers that work follows.
	 */
	private static List<String> followed() {
		return paths.stream().filter((path) -> !path.equals(PLAIN)).toList();
	}

	/**
	 * Those of them that are not ours.
	 */
	private static List<String> others() {
		return followed().stream().filter((path) -> !path.equals(DURABLE)).toList();
	}

	private static void printHeader(Map<Integer, Map<String, List<Round>>> results) {
		System.out.println("| connections | "
				+ results.keySet().stream().map(String::valueOf).collect(Collectors.joining(" | ")) + " |");
		System.out.println("|---|" + "---|".repeat(results.size()));
	}

	private static void print(String what, Map<Integer, Map<String, List<Round>>> results, Cell cell) {
		System.out.println("| " + what + " | "
				+ results.values().stream().map(cell::of).collect(Collectors.joining(" | ")) + " |");
	}

	private static String name(String path) {
		return Objects.requireNonNull(handlers.get(path));
	}

	private static double median(Map<String, List<Round>> results, String path, ToDoubleFunction<Round> figure) {
		List<Round> rounds = Objects.requireNonNull(results.get(path));
		return Figure.of(rounds.stream().map(figure::applyAsDouble).toList()).median();
	}

	private static String millis(double micros) {
		return String.format(Locale.ROOT, (micros < 10_000) ? "%.2f" : "%,.0f", micros / 1e3);
	}

	/**
	 * The figure compared with that of another handler, round by round.
	 */
	private static String ratio(Map<String, List<Round>> results, String path, String baseline,
			ToDoubleFunction<Round> figure) {
		List<Round> rounds = Objects.requireNonNull(results.get(path));
		List<Round> others = Objects.requireNonNull(results.get(baseline));
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < rounds.size(); i++) {
			ratios.add(figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(others.get(i)));
		}
		Figure ratio = Figure.of(ratios);
		String format = (ratio.median() < 10) ? "%.2f (%.2f to %.2f)" : "%,.0f (%,.0f to %,.0f)";
		return String.format(Locale.ROOT, format, ratio.median(), ratio.low(), ratio.high());
	}

	/**
	 * What a table shows of the rounds with one number of connections.
	 */
	private interface Cell {

		String of(Map<String, List<Round>> rounds);

	}

	/**
	 * What one round has measured.
	 *
	 * @param throughput requests a second, until all is done
	 * @param median from the commit to the start of the work, in microseconds
	 * @param p99 what 99 of 100 of them were below
	 * @param medianFromResponse from the last byte of the response to the start of the
	 * post-phase, zero if there is none
	 * @param p99FromResponse what 99 of 100 of them were below
	 */
	private record Round(double throughput, double median, double p99, double medianFromResponse,
			double p99FromResponse) {

		static Round of(double throughput, String waits) {
			double[] micros = Stream.of(waits.split(" ")).mapToDouble(Double::parseDouble).toArray();
			boolean responses = micros.length > 2;
			return new Round(throughput, micros[0], micros[1], (responses) ? micros[2] : 0,
					(responses) ? micros[3] : 0);
		}

	}

	/**
	 * The applications, each in a process of its own, on one database.
	 */
	private record Servers(Server ours, Map<String, Server> peers) implements AutoCloseable {

		static Servers start(String url) throws IOException, InterruptedException {
			Server ours = application(DurableApplication.class, ClassPath.bare(), url,
					"--early-response.durable.engine=jdbc", "--early-response.jdbc.initialize-schema=always",
					"--early-response.executor.max-concurrency=" + DurableApplication.THREADS,
					"--early-response.executor.queue-capacity=10000");
			Map<String, Server> peers = new LinkedHashMap<>();
			if (paths.contains("/modulith")) {
				peers.put("/modulith",
						application(ModulithApplication.class, ClassPath.peer("spring-modulith"), url,
								"--spring.modulith.events.jdbc.schema-initialization.enabled=true",
								"--spring.modulith.events.completion-mode=delete",
								"--spring.task.execution.pool.core-size=" + DurableApplication.THREADS));
			}
			if (paths.contains("/jobrunr")) {
				// It refuses to look for jobs more often
				peers.put("/jobrunr",
						application(JobRunrApplication.class, ClassPath.peer("jobrunr"), url,
								"--jobrunr.background-job-server.enabled=true",
								"--jobrunr.background-job-server.poll-interval-in-seconds=5",
								"--jobrunr.background-job-server.worker-count=" + DurableApplication.THREADS,
								"--jobrunr.miscellaneous.allow-anonymous-data-usage=false"));
			}
			return new Servers(ours, peers);
		}

		private static Server application(Class<?> mainClass, String classPath, String url, String... properties)
				throws IOException, InterruptedException {
			return Server.application(mainClass, classPath, List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch"), Stream
				.concat(Stream.of("--spring.datasource.url=" + url, "--spring.datasource.hikari.maximum-pool-size=24",
						"--logging.level.root=warn"), Stream.of(properties))
				.toArray(String[]::new));
		}

		Server of(String path) {
			return this.peers.getOrDefault(path, this.ours);
		}

		@Override
		public void close() {
			this.peers.values().forEach(Server::close);
			this.ours.close();
		}

	}

}
