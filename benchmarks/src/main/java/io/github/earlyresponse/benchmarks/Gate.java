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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
 * Fails when the starter has become more expensive: by allocated bytes, statements and
 * classes, which hardly depend on the mood of the machine, and by ratios within one run.
 * <p>
 * Bytes depend on the JIT compiler, though, which leaves out objects that do not escape.
 * How much it inlines, and so what it sees not to escape, differs from JVM to JVM, and on
 * a busy machine it may not be done when the measurement begins. Hence a request is
 * measured in several JVMs of which the one that allocates least counts, as bad luck only
 * ever adds bytes and what the code itself allocates is in all of them. And each JVM
 * waits for its compiler, so that the warm-up ends with the same code whatever else is
 * running, such as the other benchmark of bytes. A few percent of noise remain. The
 * bounds are chosen such that, as a rule, ten percent more bytes than the starter adds
 * now exceed them.
 * <p>
 * Processor times vary less than throughput. Their ratios are medians of rounds that
 * alternate. As a rule, a request that takes ten percent more processor time than it does
 * now exceeds the bounds that compare it with {@code @Async}; the other ones are wider.
 * <p>
 * All bounds are those of JDK 25 on two cores.
 */
public final class Gate {

	/** What the library may add to the processor time of the thread that starts. */
	private static final double START_MILLIS = 400;

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
		gate.checkCounts();
		gate.checkLoad("platform", new LoadBenchmark.Summary(0.76, 0.9, 1.1, 2.4));
		gate.checkLoad("virtual", new LoadBenchmark.Summary(0.76, 0.86, 1.14, 1.7));
		gate.checkStart();
		gate.failures.forEach((failure) -> System.out.println("TOO EXPENSIVE: " + failure));
		System.exit((gate.failures.isEmpty()) ? 0 : 1);
	}

	/**
	 * What hardly depends on what else is running, two at a time, each of which needs a
	 * processor. The longest ones come first.
	 */
	private void checkCounts() throws Exception {
		System.setProperty("jmh.ignoreLock", "true");
		ExecutorService processors = Executors.newFixedThreadPool(2);
		try {
			Future<Double> durable = processors.submit(() -> allocated(DurablePathBenchmark.class, "durable"));
			Future<Double> inTransaction = processors.submit(() -> allocated(DurablePathBenchmark.class, "plain"));
			Future<Double> early = processors.submit(() -> allocated(Way.EARLY_OBSERVED));
			Future<Double> execute = processors.submit(() -> allocated(Way.EXECUTE));
			Future<DurableStatements> statements = processors.submit(DurableStatements::measure);
			Future<Double> untouched = processors.submit(() -> allocatedInC1("with"));
			Future<Double> plain = processors.submit(() -> allocatedInC1("without"));
			atMost(2_090, early.get() - execute.get(),
					"bytes of a counted and timed request more than with a bare execute");
			atMost(410, untouched.get() - plain.get(), "bytes of a request whose handler is not annotated");
			atMost(12_900, durable.get() - inTransaction.get(),
					"bytes of a durable request more than with its transaction alone");
			checkStatements(statements.get());
		}
		finally {
			processors.shutdownNow();
		}
	}

	private void checkStatements(DurableStatements statements) {
		atMost(2.15, statements.statements(), "statements of a durable request more than its transaction");
		atMost(1.1, statements.roundTrips(), "round trips of a durable request more than its transaction");
		atMost(0.1, statements.commits(), "commits of a durable request more than its transaction");
	}

	private void checkLoad(String threads, LoadBenchmark.Summary bounds) throws Exception {
		LoadBenchmark.Summary summary = LoadBenchmark.summarize(threads, 32, 5);
		String where = " on " + threads + " threads";
		atLeast(bounds.ofPlain(), summary.ofPlain(), "of the throughput of a plain handler" + where);
		atLeast(bounds.ofAsync(), summary.ofAsync(), "of the throughput of @Async" + where);
		atMost(bounds.timeOfAsync(), summary.timeOfAsync(), "of the processor time of @Async" + where);
		atMost(bounds.timeOfImperative(), summary.timeOfImperative(),
				"of the processor time of a plain handler if a handler sends in mid-method" + where);
	}

	private void checkStart() throws IOException {
		StartupBenchmark.Summary start = StartupBenchmark.summarize(2);
		if (start.thread() > START_MILLIS) {
			// Two pairs of starts are few on a busy machine: more of them decide
			start = StartupBenchmark.summarize(8);
		}
		String what = " more of the thread that starts an application with 500 handlers";
		atMost(START_MILLIS, start.thread(), "ms" + what);
		atMost(16_000, start.allocated(), "kB" + what);
		atMost(235, start.classes(), "classes more in an application with 500 handlers");
	}

	private static double allocated(Way way) throws RunnerException {
		return allocated(new OptionsBuilder().include(PathBenchmark.class.getName() + "\\.")
			.forks(JVMS)
			.param("threads", Threads.PLATFORM.name())
			.param("postPhases", "1")
			.param("way", way.name())
			.jvmArgsAppend("-Xbatch")
			.warmupIterations(5));
	}

	private static double allocated(Class<?> benchmarks, String benchmark) throws RunnerException {
		return allocated(new OptionsBuilder().include(benchmarks.getName() + "\\." + benchmark + "$")
			.forks(1)
			.jvmArgsAppend("-Xbatch")
			.warmupIterations(5));
	}

	/**
	 * What is so little that the noise of C2 would hide a tenth. C1 does no escape
	 * analysis, so that every object is allocated, from the first call on.
	 */
	private static double allocatedInC1(String benchmark) throws RunnerException {
		return allocated(
				new OptionsBuilder().include(UntouchedHandlerBenchmark.class.getName() + "\\." + benchmark + "$")
					.forks(1)
					.jvmArgsAppend("-XX:TieredStopAtLevel=1")
					.warmupIterations(1));
	}

	private static double allocated(ChainedOptionsBuilder options) throws RunnerException {
		RunResult result = new Runner(options.addProfiler(GCProfiler.class)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(1)
			.measurementTime(TimeValue.seconds(1))
			.verbosity(VerboseMode.SILENT)
			.build()).runSingle();
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
		return String.format(Locale.ROOT, (value < 10) ? "%.3f" : "%,.0f", value);
	}

}
