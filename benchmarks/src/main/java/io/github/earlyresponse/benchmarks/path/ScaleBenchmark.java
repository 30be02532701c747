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

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.web.CompletingFilter;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/**
 * Thousands of post-phases in flight, and thousands of names: what each of them takes,
 * and what a further one costs then.
 */
public final class ScaleBenchmark {

	private static final int REQUESTS = 2_000;

	private static final int SAMPLES = 41;

	private final ConfigurableApplicationContext context;

	private final CompletingFilter filter = new CompletingFilter(() -> false);

	private final PostPhaseOperations operations;

	private final boolean virtualThreads;

	private ScaleBenchmark() {
		this.virtualThreads = Runtime.version().feature() >= 21;
		this.context = new SpringApplicationBuilder(PathApplication.class).run(
				"--benchmark.threads=" + ((this.virtualThreads) ? Threads.VIRTUAL : Threads.PLATFORM),
				"--spring.threads.virtual.enabled=" + this.virtualThreads, "--server.port=0",
				"--logging.level.root=warn", "--spring.main.banner-mode=off",
				"--early-response.executor.max-concurrency=20000", "--early-response.executor.queue-capacity=20000");
		this.operations = this.context.getBean(PostPhaseOperations.class);
	}

	/**
	 * Measures and prints tables.
	 * @param args not used
	 * @throws Exception if a request fails
	 */
	public static void main(String[] args) throws Exception {
		ScaleBenchmark benchmark = new ScaleBenchmark();
		try {
			benchmark.warmUp();
			benchmark.inFlight();
			benchmark.names();
		}
		finally {
			benchmark.context.close();
		}
	}

	private void warmUp() throws Exception {
		for (int i = 0; i < 2 * SAMPLES; i++) {
			cost(1);
		}
	}

	private void inFlight() throws Exception {
		System.out.println("\n| in flight | heap for each, bytes | a further request, µs | ms to drain |");
		System.out.println("|---|---|---|---|");
		hold(10_000).release();
		for (int number : new int[] { 10, 100, 1_000, 10_000 }) {
			long before = heap();
			Held held = hold(number);
			long each = (heap() - before) / number;
			double cost = medianCost(1);
			System.out.printf(Locale.ROOT, "| %,d | %s | %.1f | %.0f |%n", this.operations.inFlightCount(),
					(number >= 1_000) ? String.format(Locale.ROOT, "%,d", each) : "", cost, held.release());
		}
	}

	private void names() throws Exception {
		System.out.println("\n| names | a request, µs | scrape, KB | scrape, ms |");
		System.out.println("|---|---|---|---|");
		PrometheusMeterRegistry registry = this.context.getBean(PrometheusMeterRegistry.class);
		for (int number : new int[] { 1, 10, 100, 1_000 }) {
			double cost = medianCost(number);
			long start = System.nanoTime();
			String scrape = registry.scrape();
			System.out.printf(Locale.ROOT, "| %,d | %.1f | %,d | %.0f |%n", number, cost, scrape.length() / 1024,
					(System.nanoTime() - start) / 1e6);
		}
	}

	private Held hold(int number) throws Exception {
		CountDownLatch started = new CountDownLatch(number);
		CountDownLatch release = new CountDownLatch(1);
		Dispatch dispatch = Dispatch.deciding(this.context, (after) -> after.run("held", (postPhase) -> {
			started.countDown();
			release.await();
		}));
		for (int i = 0; i < number; i++) {
			request(dispatch);
		}
		started.await();
		return new Held(release);
	}

	private double medianCost(int names) throws Exception {
		double[] samples = new double[SAMPLES];
		for (int i = 0; i < samples.length; i++) {
			samples[i] = cost(names);
		}
		Arrays.sort(samples);
		return samples[samples.length / 2];
	}

	/**
	 * Microseconds for one of some requests, until their work is done.
	 */
	private double cost(int names) throws Exception {
		CountDownLatch done = new CountDownLatch(REQUESTS);
		int[] number = new int[1];
		Dispatch dispatch = Dispatch.deciding(this.context,
				(after) -> after.run("name-" + number[0]++ % names, (postPhase) -> done.countDown()));
		long start = System.nanoTime();
		for (int i = 0; i < REQUESTS; i++) {
			request(dispatch);
		}
		done.await();
		return (System.nanoTime() - start) / 1e3 / REQUESTS;
	}

	private void request(Dispatch dispatch) throws Exception {
		this.filter.doFilter(new MockHttpServletRequest(), new MockHttpServletResponse(), dispatch);
	}

	private static long heap() throws InterruptedException {
		for (int i = 0; i < 4; i++) {
			System.gc();
			TimeUnit.MILLISECONDS.sleep(50);
		}
		return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
	}

	/**
	 * Post-phases that wait.
	 */
	private final class Held {

		private final CountDownLatch latch;

		Held(CountDownLatch latch) {
			this.latch = latch;
		}

		/**
		 * Lets them end.
		 * @return how many milliseconds it took until nothing was in flight
		 */
		double release() throws InterruptedException {
			long start = System.nanoTime();
			this.latch.countDown();
			ScaleBenchmark.this.operations.awaitIdle(Duration.ofSeconds(60));
			return (System.nanoTime() - start) / 1e6;
		}

	}

}
