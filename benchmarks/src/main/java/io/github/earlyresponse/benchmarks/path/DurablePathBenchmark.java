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

import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One request after the other that inserts a row in a transaction on PostgreSQL, plain
 * and with a durable post-phase, until the rows of all post-phases are deleted.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 6)
@Fork(value = 1, jvmArgs = { "-Xms1g", "-Xmx1g" })
public class DurablePathBenchmark {

	/**
	 * So many that what is done for a batch hardly counts. Their number and not the time
	 * determines how much the compiler has seen when the measurement begins.
	 */
	private static final int REQUESTS = 2_000;

	private DurableRequests requests;

	/**
	 * Starts the application, in which little else runs.
	 */
	@Setup
	public void start() {
		this.requests = DurableRequests.quiet();
	}

	/**
	 * Stops it.
	 */
	@TearDown
	public void stop() {
		this.requests.close();
	}

	/**
	 * Requests; what is reported is for one.
	 * @throws Exception if one of them fails
	 */
	@Benchmark
	@OperationsPerInvocation(REQUESTS)
	public void plain() throws Exception {
		this.requests.plain(REQUESTS);
	}

	/**
	 * The same with a durable post-phase.
	 * @throws Exception if one of them fails
	 */
	@Benchmark
	@OperationsPerInvocation(REQUESTS)
	public void durable() throws Exception {
		this.requests.durable(REQUESTS);
		this.requests.await();
	}

}
