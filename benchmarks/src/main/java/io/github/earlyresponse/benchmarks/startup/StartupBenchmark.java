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
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
				+ "added on all threads | by hand: added ms | by hand: added on the thread that starts |");
		System.out.println("|---|---|---|---|---|---|---|---|");
		print("none", measure(0, false));
		print("a fifth", measure(HandlerSources.CONTROLLERS / 5, false));
		print("all", measure(HandlerSources.CONTROLLERS, false));
		print("all, of secured controllers", measure(HandlerSources.CONTROLLERS, true));
	}

	private static void print(String annotated, StartupBenchmark benchmark) {
		System.out.printf(Locale.ROOT, "| %s | %.0f | %.0f | %s | %s | %s | %s | %s |%n", annotated,
				benchmark.disabled(Start::wall), benchmark.disabled(Start::thread),
				describe(benchmark.added(Form.ENABLED, Start::wall)),
				describe(benchmark.added(Form.ENABLED, Start::thread)),
				describe(benchmark.added(Form.ENABLED, Start::process)),
				describe(benchmark.added(Form.BY_HAND, Start::wall)),
				describe(benchmark.added(Form.BY_HAND, Start::thread)));
	}

	private static String describe(Figure figure) {
		return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", figure.median(), figure.low(), figure.high());
	}

	/**
	 * What the starter adds if a fifth of the handlers is annotated.
	 * @param rounds how often the application is started with and without it
	 * @return the median of the differences, in milliseconds of processor time of the
	 * thread that starts the application
	 * @throws IOException if the handlers cannot be written
	 */
	public static double summarize(int rounds) throws IOException {
		return measure(HandlerSources.CONTROLLERS / 5, false, rounds, EnumSet.of(Form.ENABLED, Form.DISABLED))
			.added(Form.ENABLED, Start::thread)
			.median();
	}

	private static StartupBenchmark measure(int annotated, boolean secured) throws IOException {
		return measure(annotated, secured, ROUNDS, EnumSet.allOf(Form.class));
	}

	private static StartupBenchmark measure(int annotated, boolean secured, int rounds, Set<Form> forms)
			throws IOException {
		Path handlers = HandlerSources.compile(annotated, secured);
		try {
			return measure(handlers, rounds, forms);
		}
		finally {
			FileSystemUtils.deleteRecursively(handlers);
		}
	}

	private static StartupBenchmark measure(Path handlers, int rounds, Set<Form> forms) {
		StartupBenchmark benchmark = new StartupBenchmark();
		// Fills the caches of the operating system
		start(handlers, Form.ENABLED);
		List<Form> order = new ArrayList<>(forms);
		for (int i = 0; i < rounds; i++) {
			for (Form form : order) {
				benchmark.starts.computeIfAbsent(form, (key) -> new ArrayList<>()).add(start(handlers, form));
			}
			// There and back, so that what grows slower or faster favours none
			Collections.reverse(order);
		}
		return benchmark;
	}

	private static Start start(Path handlers, Form form) {
		return Start.in(Command.output(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-cp", classPath(handlers), StartupApplication.class.getName(), "--server.port=0",
				"--logging.level.root=error", "--early-response.enabled=" + (form == Form.ENABLED),
				"--by-hand.enabled=" + (form == Form.BY_HAND))));
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
