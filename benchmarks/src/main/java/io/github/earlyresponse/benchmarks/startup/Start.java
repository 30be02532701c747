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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a start took until the application was ready, in milliseconds.
 *
 * @param wall the time since the start of the JVM
 * @param thread the processor time of the thread that starts the application, which is
 * what the start takes on a machine that does nothing else
 * @param process the processor time of all threads, with those of the JIT compiler
 */
record Start(long wall, long thread, long process) {

	static final int NANOS = 1_000_000;

	private static final Pattern LINE = Pattern.compile("started: (\\d+) (\\d+) (\\d+)");

	/**
	 * Reads it from the output of an application.
	 */
	static Start in(String output) {
		Matcher line = LINE.matcher(output);
		if (!line.find()) {
			throw new IllegalStateException("The application did not start: " + output);
		}
		return new Start(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)), Long.parseLong(line.group(3)));
	}

	@Override
	public String toString() {
		return "started: " + this.wall + " " + this.thread + " " + this.process;
	}

}
