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

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The same handler in one JVM: plain, with a bare executor, fire and forget with
 * {@link org.springframework.scheduling.annotation.Async @Async}, after the response by
 * hand and by annotation, and in mid-method by hand and with
 * {@link io.github.earlyresponse.EarlyResponse}, with security, MDC, observations and
 * Prometheus on.
 */
public final class LoadBenchmark {

	private static final List<String> paths = List.of("/plain", "/execute", "/async", "/by-hand", "/early",
			"/imperative-by-hand", "/imperative");

	private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("benchmark.seconds", 3));

	private static final int[] CONNECTIONS = Arrays
		.stream(System.getProperty("benchmark.connections", "1,32,256").split(","))
		.mapToInt(Integer::parseInt)
		.toArray();

	private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 11);

	private LoadBenchmark() {
	}

	/**
	 * Measures and prints a table for each kind of thread and each duration of the work.
	 * @param args not used
	 * @throws Exception if the application does not start or does not answer
	 */
	public static void main(String[] args) throws Exception {
		compare("platform", Duration.ZERO);
		compare("virtual", Duration.ZERO);
		compare("virtual", Duration.ofMillis(50));
	}

	/**
	 * A few rounds without work.
	 * @param threads {@code platform} or {@code virtual}
	 * @param connections on how many connections
	 * @param rounds how many rounds
	 * @return the ratios
	 * @throws Exception if the application does not start or does not answer
	 */
	public static Summary summarize(String threads, int connections, int rounds) throws Exception {
		try (Server server = start(threads, Duration.ZERO)) {
			Comparison comparison = new Comparison(server, List.of("/plain", "/async", "/early", "/imperative"), ROUND);
			comparison.warmUp(connections);
			Map<String, List<Sample>> samples = comparison.run(connections, rounds);
			return new Summary(Comparison.ratio(samples, "/early", "/plain", Sample::throughput).median(),
					Comparison.ratio(samples, "/early", "/async", Sample::throughput).median(),
					Comparison.ratio(samples, "/early", "/async", Sample::cpu).median(),
					Comparison.ratio(samples, "/imperative", "/plain", Sample::cpu).median());
		}
	}

	private static void compare(String threads, Duration work) throws Exception {
		try (Server server = start(threads, work)) {
			System.out.printf("%n%s threads, work of %d ms afterwards%n%n", threads, work.toMillis());
			Comparison comparison = new Comparison(server, paths, ROUND);
			comparison.warmUp(32);
			System.out
				.println("| handler | connections | requests/s | of plain | CPU µs | of plain | p50 ms | of plain "
						+ "| p99 ms | of plain |");
			System.out.println("|---|---|---|---|---|---|---|---|---|---|");
			for (int connections : CONNECTIONS) {
				Map<String, List<Sample>> samples = comparison.run(connections, ROUNDS);
				Comparison.print(samples, connections);
				for (String other : List.of("/execute", "/async", "/by-hand")) {
					System.out.println(ratios(samples, "/early", other, connections));
				}
				for (String other : List.of("/early", "/imperative-by-hand")) {
					System.out.println(ratios(samples, "/imperative", other, connections));
				}
			}
		}
	}

	private static String ratios(Map<String, List<Sample>> samples, String path, String other, int connections) {
		return "| %s of %s | %d | | %s | | %s | | %s | | %s |".formatted(path, other, connections,
				Comparison.ratio(samples, path, other, Sample::throughput),
				Comparison.ratio(samples, path, other, Sample::cpu),
				Comparison.ratio(samples, path, other, Sample::median),
				Comparison.ratio(samples, path, other, Sample::p99));
	}

	private static Server start(String threads, Duration work) throws Exception {
		boolean virtual = threads.equals("virtual");
		return Server.application(ClassPath.everything(), List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"),
				"--spring.threads.virtual.enabled=" + virtual, "--benchmark.work=" + work.toMillis() + "ms",
				"--early-response.executor.max-concurrency=" + ((virtual) ? 20_000 : 8));
	}

	/**
	 * What a post-phase costs.
	 *
	 * @param ofPlain the throughput of the annotated handler in relation to the plain one
	 * @param ofAsync the same in relation to the one with {@code @Async}
	 * @param timeOfAsync the processor time of the annotated handler in relation to the
	 * one with {@code @Async}
	 * @param timeOfImperative the processor time of the handler that sends in mid-method,
	 * in relation to the plain handler
	 */
	public record Summary(double ofPlain, double ofAsync, double timeOfAsync, double timeOfImperative) {

	}

}
