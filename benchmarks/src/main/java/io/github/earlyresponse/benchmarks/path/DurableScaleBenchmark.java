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

package io.github.earlyresponse.benchmarks.path;

import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Thousands of durable post-phases in flight on PostgreSQL: what each of them takes, and
 * what keeps them leased.
 */
public final class DurableScaleBenchmark {

	private static final int NUMBER = Integer.getInteger("benchmark.number", 10_000);

	private static final int SECONDS = Integer.getInteger("benchmark.seconds", 20);

	private DurableScaleBenchmark() {
	}

	/**
	 * Measures and prints a table.
	 * @param args not used
	 * @throws Exception if a request fails
	 */
	public static void main(String[] args) throws Exception {
		System.out
			.println("\n| durable, in flight | heap for each, bytes | heartbeat statements/s | other statements/s |");
		System.out.println("|---|---|---|---|");
		measure("running", 20_000);
		measure("queued", 1);
	}

	private static void measure(String state, int concurrency) throws Exception {
		try (DurableRequests requests = new DurableRequests("--benchmark.count-statements=true",
				"--spring.threads.virtual.enabled=" + (Runtime.version().feature() >= 21),
				"--early-response.executor.max-concurrency=" + concurrency)) {
			requests.durable(NUMBER);
			requests.await();
			long before = heap();
			CountDownLatch release = new CountDownLatch(1);
			requests.holdUntil(release);
			requests.durable(NUMBER);
			long each = (heap() - before) / NUMBER;
			StatementCounter.Counts start = requests.statements().counts();
			TimeUnit.SECONDS.sleep(SECONDS);
			StatementCounter.Counts counts = requests.statements().counts().since(start);
			double heartbeats = counts.executed("set last_heartbeat");
			System.out.printf(Locale.ROOT, "| %,d %s | %,d | %.2f | %.2f |%n", requests.operations().inFlightCount(),
					state, each, heartbeats / SECONDS, (counts.executed("") - heartbeats) / SECONDS);
			release.countDown();
			requests.await();
		}
	}

	private static long heap() throws InterruptedException {
		for (int i = 0; i < 4; i++) {
			System.gc();
			TimeUnit.MILLISECONDS.sleep(50);
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

}
