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

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

import io.github.earlyresponse.PostPhaseOperations;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Post-phases that share a connection pool with the requests: how long requests take, and
 * when all work is done, with more and more post-phases at once.
 */
public final class PoolBenchmark {

	private static final int RATE = 200;

	private static final Duration ROUND = Duration.ofSeconds(Integer.getInteger("benchmark.seconds", 10));

	private PoolBenchmark() {
	}

	/**
	 * Measures and prints a table.
	 * @param args not used
	 * @throws Exception if the application does not start or does not answer
	 */
	public static void main(String[] args) throws Exception {
		System.out.printf(
				"%nA pool of %d connections. %d requests a second hold one for %d ms, the post-phase of each for "
						+ "%d ms%n%n",
				PoolApplication.CONNECTIONS, RATE, PoolApplication.REQUEST_MILLIS, PoolApplication.WORK_MILLIS);
		System.out
			.println("| max-concurrency | answers | p50 ms | p99 ms | in flight at the end | done after further s |");
		System.out.println("|---|---|---|---|---|---|");
		// The first one warms the code up
		measure(32);
		for (int maxConcurrency : new int[] { 4, 8, 10, 16, 32 }) {
			System.out.println(measure(maxConcurrency));
		}
	}

	private static String measure(int maxConcurrency) throws Exception {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(PoolApplication.class).run(
				"--server.port=0", "--logging.level.root=error", "--spring.main.banner-mode=off",
				"--early-response.executor.queue-capacity=5000",
				"--early-response.executor.max-concurrency=" + maxConcurrency)) {
			String port = context.getEnvironment().getRequiredProperty("local.server.port");
			PostPhaseOperations operations = context.getBean(PostPhaseOperations.class);
			OpenLoad load = new OpenLoad(URI.create("http://localhost:" + port + "/pool"));
			load.run(RATE, Duration.ofSeconds(2));
			operations.awaitIdle(Duration.ofMinutes(5));
			List<Double> millis = load.run(RATE, ROUND).stream().map(OpenLoad.Answered::millis).sorted().toList();
			int inFlight = operations.inFlightCount();
			long end = System.nanoTime();
			operations.awaitIdle(Duration.ofMinutes(5));
			return String.format(Locale.ROOT, "| %d | %,d | %.1f | %.1f | %,d | %.1f |", maxConcurrency, millis.size(),
					millis.get(millis.size() / 2), millis.get(millis.size() * 99 / 100), inFlight,
					(System.nanoTime() - end) / 1e9);
		}
	}

}
