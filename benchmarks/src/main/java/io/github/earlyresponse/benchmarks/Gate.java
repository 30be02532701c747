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

package io.github.earlyresponse.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;

import io.github.earlyresponse.benchmarks.load.LoadBenchmark;
import io.github.earlyresponse.benchmarks.path.DurablePathBenchmark;
import io.github.earlyresponse.benchmarks.path.DurableStatements;
import io.github.earlyresponse.benchmarks.path.PathBenchmark;
import io.github.earlyresponse.benchmarks.path.Threads;
import io.github.earlyresponse.benchmarks.path.UntouchedHandlerBenchmark;
import io.github.earlyresponse.benchmarks.path.Way;
import io.github.earlyresponse.benchmarks.startup.StartupBenchmark;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Fails when the starter has become more expensive: by allocated bytes and statements,
 * which do not depend on the mood of the machine, and by ratios within one run.
 * <p>
 * Bytes depend on the JIT compiler, though, which leaves out objects that do not escape.
 * How much it inlines, and so what it sees not to escape, differs from JVM to JVM, and on
 * a busy machine it may not be done when the measurement begins. Hence a request is
 * measured in several JVMs of which the one that allocates least counts, as bad luck only
 * ever adds bytes and what the code itself allocates is in all of them. And each JVM
 * waits for its compiler, so that the warm-up ends with the same code whatever else is
 * running, such as the other benchmark of bytes. That leaves a few percent of noise: the
 * bounds for requests with a post-phase are seven to nine percent above what is measured,
 * so that a tenth more breaks them.
 * <p>
 * Processor times vary less than throughput. Their ratios are medians of rounds that
 * alternate.
 */
public final class Gate {

	private static final int JVMS = 2;

	private final List<String> failures = new ArrayList<>();

	private Gate() {
	}

	/**
	 * Measures and compares; the exit status is 1 if a bound is exceeded.
	 * @param args not used
	 * @throws Exception if something cannot be measured
	 */
	public static void main(String[] args) throws Exception {
		Gate gate = new Gate();
		gate.checkBytes();
		gate.checkStatements();
		gate.checkThroughput("platform");
		gate.checkThroughput("virtual");
		gate.checkStart();
		gate.failures.forEach((failure) -> System.out.println("TOO EXPENSIVE: " + failure));
		System.exit((gate.failures.isEmpty()) ? 0 : 1);
	}

	/**
	 * Two at a time, each of which needs a processor.
	 */
	private void checkBytes() throws Exception {
		System.setProperty("jmh.ignoreLock", "true");
		ExecutorService others = Executors.newSingleThreadExecutor();
		try {
			Future<Collection<RunResult>> untouched = others.submit(() -> run(
					new OptionsBuilder().include(UntouchedHandlerBenchmark.class.getName() + "\\.").forks(1)));
			Future<Collection<RunResult>> durable = others
				.submit(() -> run(new OptionsBuilder().include(DurablePathBenchmark.class.getName() + "\\.").forks(1)));
			checkPath();
			checkUntouchedHandler(untouched.get());
			checkDurable(durable.get());
		}
		finally {
			others.shutdown();
		}
	}

	private void checkPath() throws RunnerException {
		Collection<RunResult> results = run(new OptionsBuilder().include(PathBenchmark.class.getName() + "\\.")
			.forks(JVMS)
			.param("threads", Threads.PLATFORM.name())
			.param("postPhases", "1")
			.param("way", Way.EXECUTE.name(), Way.EARLY_OBSERVED.name()));
		atMost(2_432, allocated(results, way(Way.EARLY_OBSERVED)) - allocated(results, way(Way.EXECUTE)),
				"bytes of a counted and timed request more than with a bare execute");
	}

	private static Predicate<RunResult> way(Way way) {
		return (result) -> way.name().equals(result.getParams().getParam("way"));
	}

	private void checkUntouchedHandler(Collection<RunResult> results) {
		atMost(512, allocated(results, named("with")) - allocated(results, named("without")),
				"bytes of a request whose handler is not annotated");
	}

	private void checkDurable(Collection<RunResult> results) {
		atMost(13_100, allocated(results, named("durable")) - allocated(results, named("plain")),
				"bytes of a durable request more than with its transaction alone");
	}

	private static Predicate<RunResult> named(String benchmark) {
		return (result) -> result.getPrimaryResult().getLabel().equals(benchmark);
	}

	private void checkStatements() throws Exception {
		DurableStatements statements = DurableStatements.measure();
		atMost(2.15, statements.statements(), "statements of a durable request more than its transaction");
		atMost(1.1, statements.roundTrips(), "round trips of a durable request more than its transaction");
		atMost(0.1, statements.commits(), "commits of a durable request more than its transaction");
	}

	private void checkThroughput(String threads) throws Exception {
		LoadBenchmark.Summary summary = LoadBenchmark.summarize(threads, 32, 5);
		String where = " on " + threads + " threads";
		atLeast(0.7, summary.ofPlain(), "of the throughput of a plain handler" + where);
		atLeast(0.75, summary.ofAsync(), "of the throughput of @Async" + where);
		atMost(1.3, summary.timeOfAsync(), "of the processor time of @Async" + where);
		atMost(2, summary.timeOfImperative(), "of it if the handler sends in mid-method" + where);
	}

	private void checkStart() throws IOException {
		atMost(400, StartupBenchmark.summarize(2),
				"ms more of the thread that starts an application with 500 handlers");
	}

	private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
		return new Runner(options.addProfiler(GCProfiler.class)
			.jvmArgsAppend("-Xbatch")
			.warmupIterations(5)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(1)
			.measurementTime(TimeValue.seconds(1))
			.verbosity(VerboseMode.SILENT)
			.build()).run();
	}

	private static double allocated(Collection<RunResult> results, Predicate<RunResult> which) {
		RunResult result = results.stream().filter(which).findFirst().orElseThrow();
		return result.getBenchmarkResults().stream().mapToDouble(Gate::allocated).min().orElseThrow();
	}

	private static double allocated(BenchmarkResult ofJvm) {
		return Objects.requireNonNull(ofJvm.getSecondaryResults().get("gc.alloc.rate.norm")).getScore();
	}

	private void atMost(double bound, double measured, String what) {
		check(measured <= bound, measured, what, "at most", bound);
	}

	private void atLeast(double bound, double measured, String what) {
		check(measured >= bound, measured, what, "at least", bound);
	}

	private void check(boolean met, double measured, String what, String comparison, double bound) {
		String line = format(measured) + " " + what + ", " + comparison + " " + format(bound);
		System.out.println(line);
		if (!met) {
			this.failures.add(line);
		}
	}

	private static String format(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.2f" : "%,.0f", value);
	}

}
