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

package io.github.earlyresponse.benchmarks.startup;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.earlyresponse.benchmarks.load.Command;
import io.github.earlyresponse.benchmarks.load.Figure;

import org.springframework.util.FileSystemUtils;

/**
 * What the starter adds to the start of an application with 500 handlers, compared with
 * the same application in which it is disabled, and what the least adds that somebody has
 * to write who does without it.
 */
public final class StartupBenchmark {

	private static final int ROUNDS = Integer.getInteger("benchmark.rounds", 12);

	/** What such an application has no use for. */
	private static final Pattern OTHER_JARS = Pattern
		.compile("h2-|HikariCP|postgres|jdbc|db-scheduler|jmh|commons-(lang3|compress|io|codec|math3)|spring-test");

	/** How many controllers are annotated if a fifth of the handlers is. */
	private static final int FIFTH = HandlerSources.CONTROLLERS / 5;

	private static final double KILOBYTES_PER_MEGABYTE = 1_000;

	private static final String C1_ONLY = "-XX:TieredStopAtLevel=1";

	private final Map<Form, List<Start>> starts = new EnumMap<>(Form.class);

	private StartupBenchmark() {
	}

	/**
	 * Measures and prints a table.
	 * @param args not used
	 * @throws IOException if the handlers cannot be written
	 */
	public static void main(String[] args) throws IOException {
		System.out.println("| annotated | start, ms | on its thread | added ms | added on the thread that starts | "
				+ "added on all threads | by hand: added ms | by hand: added on the thread that starts | "
				+ "added MB, allocated on the thread that starts | by hand: added MB | added classes | "
				+ "by hand: added classes |");
		System.out.println("|---".repeat(12) + "|");
		print("none", measure(0, false));
		print("a fifth", measure(FIFTH, false));
		print("all", measure(HandlerSources.CONTROLLERS, false));
		print("all, of secured controllers", measure(HandlerSources.CONTROLLERS, true));
	}

	private static void print(String annotated, StartupBenchmark benchmark) {
		List<String> cells = new ArrayList<>();
		cells.add(annotated);
		cells.add(format(benchmark.disabled(Start::wall)));
		cells.add(format(benchmark.disabled(Start::thread)));
		cells.add(benchmark.describe(Form.ENABLED, Start::wall));
		cells.add(benchmark.describe(Form.ENABLED, Start::thread));
		cells.add(benchmark.describe(Form.ENABLED, Start::process));
		cells.add(benchmark.describe(Form.BY_HAND, Start::wall));
		cells.add(benchmark.describe(Form.BY_HAND, Start::thread));
		cells.add(benchmark.describe(Form.ENABLED, (start) -> start.allocated() / KILOBYTES_PER_MEGABYTE));
		cells.add(benchmark.describe(Form.BY_HAND, (start) -> start.allocated() / KILOBYTES_PER_MEGABYTE));
		cells.add(benchmark.describe(Form.ENABLED, Start::classes));
		cells.add(benchmark.describe(Form.BY_HAND, Start::classes));
		System.out.println("| " + String.join(" | ", cells) + " |");
	}

	private String describe(Form form, ToDoubleFunction<Start> figure) {
		Figure added = added(form, figure);
		return format(added.median()) + " (" + format(added.low()) + " to " + format(added.high()) + ")";
	}

	private static String format(double value) {
		return String.format(Locale.ROOT, (Math.abs(value) < 10) ? "%.1f" : "%.0f", value);
	}

	/**
	 * What the starter adds if a fifth of the handlers is annotated, without C2. C1 does
	 * no escape analysis, so that every object is allocated, and how much that is does
	 * not depend on the compiler.
	 * @param rounds how often the application is started with it enabled and disabled
	 * @return the medians of the differences
	 * @throws IOException if the handlers cannot be written
	 */
	public static Summary summarize(int rounds) throws IOException {
		Path handlers = HandlerSources.compile(FIFTH, false);
		try {
			StartupBenchmark benchmark = measure(handlers, rounds, List.of(Form.ENABLED, Form.DISABLED), C1_ONLY);
			return new Summary(benchmark.added(Form.ENABLED, Start::thread).median(),
					benchmark.added(Form.ENABLED, Start::allocated).median(),
					benchmark.added(Form.ENABLED, Start::classes).median());
		}
		finally {
			FileSystemUtils.deleteRecursively(handlers);
		}
	}

	private static StartupBenchmark measure(int annotated, boolean secured) throws IOException {
		Path handlers = HandlerSources.compile(annotated, secured);
		try {
			return measure(handlers, ROUNDS, List.of(Form.values()));
		}
		finally {
			FileSystemUtils.deleteRecursively(handlers);
		}
	}

	private static StartupBenchmark measure(Path handlers, int rounds, List<Form> forms, String... options) {
		StartupBenchmark benchmark = new StartupBenchmark();
		// Fills the caches of the operating system
		start(handlers, Form.ENABLED, options);
		List<Form> order = new ArrayList<>(forms);
		for (int i = 0; i < rounds; i++) {
			for (Form form : order) {
				benchmark.starts.computeIfAbsent(form, (key) -> new ArrayList<>()).add(start(handlers, form, options));
			}
			// There and back, so that what grows slower or faster favours none
			Collections.reverse(order);
		}
		return benchmark;
	}

	private static Start start(Path handlers, Form form, String... options) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", classPath(handlers), StartupApplication.class.getName(), "--server.port=0",
				"--logging.level.root=error", "--early-response.enabled=" + (form == Form.ENABLED),
				"--by-hand.enabled=" + (form == Form.BY_HAND)));
		return Start.in(Command.output(command));
	}

	private static String classPath(Path handlers) {
		return handlers + File.pathSeparator
				+ Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
					.filter((entry) -> !OTHER_JARS.matcher(new File(entry).getName()).find())
					.collect(Collectors.joining(File.pathSeparator));
	}

	private double disabled(ToDoubleFunction<Start> figure) {
		return Figure.of(starts(Form.DISABLED).stream().mapToDouble(figure).boxed().toList()).median();
	}

	private Figure added(Form form, ToDoubleFunction<Start> figure) {
		List<Double> differences = new ArrayList<>();
		for (int i = 0; i < starts(form).size(); i++) {
			differences
				.add(figure.applyAsDouble(starts(form).get(i)) - figure.applyAsDouble(starts(Form.DISABLED).get(i)));
		}
		return Figure.of(differences);
	}

	private List<Start> starts(Form form) {
		return Objects.requireNonNull(this.starts.get(form));
	}

	/**
	 * What the starter adds to a start.
	 *
	 * @param thread the additional processor time of the starting thread, in milliseconds
	 * @param allocated what that thread allocates in addition, in kilobytes
	 * @param classes the number of additional classes
	 */
	public record Summary(double thread, double allocated, double classes) {

	}

	/**
	 * What starts.
	 */
	private enum Form {

		/** The application with the starter. */
		ENABLED,

		/** The same, in which it is disabled. */
		DISABLED,

		/** With {@link ByHandConfiguration} in its place. */
		BY_HAND

	}

}
