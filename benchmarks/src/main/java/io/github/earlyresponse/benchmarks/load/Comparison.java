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
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Rounds of load that alternate between the forms of one handler, so that the mood of the
 * machine cancels: what counts is the ratio of one round to its neighbour.
 */
final class Comparison {

	private static final String BASELINE = "/plain";

	private static final int WARM_UP_ROUNDS = 3;

	private final Server server;

	private final List<String> paths;

	private final Duration round;

	Comparison(Server server, List<String> paths, Duration round) {
		this.server = server;
		this.paths = paths;
		this.round = round;
	}

	/**
	 * Warms the server up.
	 * @param connections the number of connections on which it is going to be measured
	 */
	void warmUp(int connections) {
		run(Wrk.WARM_UP_CONNECTIONS, WARM_UP_ROUNDS);
		run(connections, 1);
	}

	Map<String, List<Sample>> run(int connections, int rounds) {
		Map<String, List<Sample>> samples = new LinkedHashMap<>();
		List<String> paths = new ArrayList<>(this.paths);
		for (int i = 0; i < rounds; i++) {
			for (String path : paths) {
				Duration before = this.server.processorTime();
				Sample sample = Wrk.run(this.server.uri(path), connections, this.round)
					.withProcessorTime(this.server.processorTime().minus(before));
				if (sample.refused() + sample.broken() > 0) {
					throw new IllegalStateException(path + ": " + sample.refused() + " requests were refused, "
							+ sample.broken() + " connections broke");
				}
				samples.computeIfAbsent(path, (key) -> new ArrayList<>()).add(sample);
			}
			// There and back, so that what grows slower or faster in a round favours none
			Collections.reverse(paths);
		}
		return samples;
	}

	static Figure ratio(Map<String, List<Sample>> samples, String path, String baseline,
			ToDoubleFunction<Sample> figure) {
		return Figure.of(Objects.requireNonNull(samples.get(path)), Objects.requireNonNull(samples.get(baseline)),
				figure);
	}

	/**
	 * Rows of a table.
	 */
	static void print(Map<String, List<Sample>> samples, int connections) {
		samples.forEach((path, rounds) -> System.out.printf(Locale.ROOT,
				"| %s | %d | %,.0f | %s | %.0f | %s | %.2f | %s | %.2f | %s |%n", path, connections,
				median(rounds, Sample::throughput), ratio(samples, path, BASELINE, Sample::throughput),
				median(rounds, Sample::cpu), ratio(samples, path, BASELINE, Sample::cpu),
				median(rounds, Sample::median), ratio(samples, path, BASELINE, Sample::median),
				median(rounds, Sample::p99), ratio(samples, path, BASELINE, Sample::p99)));
	}

	static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
		return Figure.of(samples.stream().mapToDouble(figure).boxed().toList()).median();
	}

}
