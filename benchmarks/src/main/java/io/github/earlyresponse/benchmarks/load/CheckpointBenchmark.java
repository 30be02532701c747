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

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import io.github.earlyresponse.benchmarks.load.CheckpointApplication.Items;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A durable post-phase that makes a checkpoint after each item, outside of a transaction,
 * compared with one that makes none.
 */
public final class CheckpointBenchmark {

	private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 10);

	private static final int SHORT_ITEMS = 1_000_000;

	private static final int LONG_ITEMS = 3_000;

	private static final int LONG_ITEM_MICROS = 1_000;

	private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

	private final HttpClient client = HttpClient.newHttpClient();

	private final String uri;

	private final Items items;

	private CheckpointBenchmark(ConfigurableApplicationContext context) {
		this.uri = "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
		this.items = context.getBean(Items.class);
	}

	/**
	 * Measures and prints a table.
	 * @param args not used
	 * @throws Exception if the database or the application does not start
	 */
	public static void main(String[] args) throws Exception {
		try (EmbeddedPostgres postgres = DurableBenchmark.postgres();
				ConfigurableApplicationContext context = new SpringApplicationBuilder(CheckpointApplication.class).run(
						"--server.port=0", "--logging.level.root=error", "--spring.main.banner-mode=off",
						"--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
						"--early-response.durable.engine=jdbc", "--early-response.jdbc.initialize-schema=always")) {
			new CheckpointBenchmark(context).measure();
		}
	}

	private void measure() throws Exception {
		List<Double> calls = new ArrayList<>();
		List<Double> shares = new ArrayList<>();
		// The first rounds warm the code up
		for (int i = -2; i < ROUNDS; i++) {
			double call = (run(SHORT_ITEMS, 0, true) - run(SHORT_ITEMS, 0, false)) / SHORT_ITEMS;
			double share = processorShare(true) - processorShare(false);
			if (i >= 0) {
				calls.add(call);
				shares.add(100 * share);
			}
		}
		System.out.println("| a checkpoint, ns | processor time, % of the run time, with items of 1 ms |");
		System.out.println("|---|---|");
		System.out.printf("| %s | %s |%n", Figure.of(calls), Figure.of(shares));
	}

	/**
	 * The processor time of this process in relation to the time that a post-phase takes
	 * whose items wait.
	 */
	private double processorShare(boolean checkpoints) throws Exception {
		long before = this.system.getProcessCpuTime();
		double taken = run(LONG_ITEMS, LONG_ITEM_MICROS, checkpoints);
		return (this.system.getProcessCpuTime() - before) / taken;
	}

	/**
	 * How many nanoseconds a post-phase takes.
	 */
	private double run(int items, int micros, boolean checkpoints) throws Exception {
		URI uri = URI.create(this.uri + "/items/" + items + "/" + micros + "/" + checkpoints);
		this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
		return this.items.await();
	}

}
