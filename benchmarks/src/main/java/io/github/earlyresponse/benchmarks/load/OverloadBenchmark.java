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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Twice as many requests as there is capacity for: how fast they are refused, how fast
 * the others are answered, whether anything that was accepted is lost, and whether the
 * heap grows.
 */
public final class OverloadBenchmark {

	private static final int CONCURRENCY = 25;

	private static final int WORK_MILLIS = 50;

	private static final int CAPACITY = CONCURRENCY * 1000 / WORK_MILLIS;

	private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("benchmark.seconds", 20));

	private static final int ROUNDS = 4;

	private OverloadBenchmark() {
	}

	/**
	 * Offers the load and prints what became of it.
	 * @param args not used
	 * @throws Exception if the application does not start or does not answer
	 */
	public static void main(String[] args) throws Exception {
		try (Server server = Server.application(ClassPath.everything(), List.of("-Xms512m", "-Xmx512m"),
				"--benchmark.work=" + WORK_MILLIS + "ms", "--early-response.executor.max-concurrency=" + CONCURRENCY,
				"--early-response.executor.queue-capacity=" + CONCURRENCY)) {
			System.out.printf("%nPlatform threads, capacity of %d a second, offered %d a second%n%n", CAPACITY,
					2 * CAPACITY);
			OpenLoad load = new OpenLoad(server.uri("/early"));
			Wrk.run(server.uri("/plain"), 32, Duration.ofSeconds(10));
			load.run(2 * CAPACITY, Duration.ofSeconds(20));
			awaitIdle(server);
			long doneBefore = done(server);
			long accepted = 0;
			System.out.println("| answers | number | p50 ms | p99 ms | max ms | live heap MB afterwards |");
			System.out.println("|---|---|---|---|---|---|");
			for (int i = 0; i < ROUNDS; i++) {
				Map<Integer, List<Double>> answers = load.run(2 * CAPACITY, ROUND)
					.stream()
					.collect(Collectors.groupingBy(OpenLoad.Answered::status, TreeMap::new,
							Collectors.mapping(OpenLoad.Answered::millis, Collectors.toList())));
				accepted += answers.getOrDefault(200, List.of()).size();
				awaitIdle(server);
				long heap = liveHeap(server);
				answers.forEach((status, millis) -> print(status, millis, heap));
			}
			System.out.printf("%naccepted %d, done %d, in flight %s%n", accepted, done(server) - doneBefore,
					inFlight(server));
		}
	}

	private static void print(int status, List<Double> millis, long heap) {
		List<Double> sorted = millis.stream().sorted().toList();
		System.out.printf(Locale.ROOT, "| %d | %,d | %.2f | %.2f | %.2f | %.1f |%n", status, sorted.size(),
				sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 99 / 100), sorted.get(sorted.size() - 1),
				heap / 1e6);
	}

	private static long done(Server server) throws Exception {
		return Long.parseLong(server.get("/done"));
	}

	private static String inFlight(Server server) throws Exception {
		return server.get("/actuator/metrics/early.response.in.flight").replaceAll(".*\"value\":([0-9.]+).*", "$1");
	}

	private static void awaitIdle(Server server) throws Exception {
		while (Double.parseDouble(inFlight(server)) > 0) {
			TimeUnit.MILLISECONDS.sleep(50);
		}
	}

	private static long liveHeap(Server server) throws Exception {
		String jcmd = ProcessHandle.current().info().command().orElse("java").replaceAll("java$", "jcmd");
		Command.output(List.of(jcmd, String.valueOf(server.pid()), "GC.run"));
		return (long) Double.parseDouble(server.get("/actuator/metrics/jvm.memory.used?tag=area:heap")
			.replaceAll(".*\"value\":([0-9.E]+).*", "$1"));
	}

}
