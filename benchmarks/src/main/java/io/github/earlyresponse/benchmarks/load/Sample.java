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

/**
 * What one round of load has measured.
 *
 * @param requests answered requests
 * @param seconds how long it took
 * @param refused those that were answered with an error status
 * @param broken errors of connections
 * @param median the median latency in milliseconds
 * @param p99 the latency in milliseconds below which 99 of 100 requests were answered
 * @param cpu microseconds of processor time that the server took for each, which other
 * programs on the machine disturb less than the clock
 */
record Sample(long requests, double seconds, long refused, long broken, double median, double p99, double cpu) {

	static Sample parse(String summary) {
		String[] parts = summary.split(" ");
		return new Sample(Long.parseLong(parts[1]), Long.parseLong(parts[2]) / 1e6, Long.parseLong(parts[3]),
				Long.parseLong(parts[4]), Long.parseLong(parts[5]) / 1e3, Long.parseLong(parts[6]) / 1e3, Double.NaN);
	}

	/**
	 * The same with the processor time of the server.
	 * @param time what it took in all
	 */
	Sample withProcessorTime(Duration time) {
		return new Sample(this.requests, this.seconds, this.refused, this.broken, this.median, this.p99,
				time.toNanos() / 1e3 / this.requests);
	}

	double throughput() {
		return this.requests / this.seconds;
	}

}
