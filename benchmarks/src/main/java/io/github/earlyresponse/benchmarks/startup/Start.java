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

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What a start took until the application was ready.
 *
 * @param wall the time since the start of the JVM, in milliseconds
 * @param thread the processor time of the thread that starts the application, which is
 * what the start takes on a machine that does nothing else, in milliseconds
 * @param process the processor time of all threads, with those of the JIT compiler, in
 * milliseconds
 * @param allocated what that thread has allocated, in kilobytes
 * @param classes the number of classes that were loaded, by all threads
 */
record Start(long wall, long thread, long process, long allocated, long classes) {

	private static final int NANOS_PER_MILLI = 1_000_000;

	private static final int BYTES_PER_KILOBYTE = 1_000;

	private static final Pattern LINE = Pattern
		.compile("started: (\\d+) ms, (\\d+) ms, (\\d+) ms, (\\d+) kB, (\\d+) classes");

	/**
	 * What the start has taken so far. Is called on the thread that has started the
	 * application.
	 */
	static Start now() {
		ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
		long allocated = threads.getCurrentThreadAllocatedBytes();
		long classes = ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount();
		long wall = ManagementFactory.getRuntimeMXBean().getUptime();
		long thread = threads.getCurrentThreadCpuTime();
		long process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
		return new Start(wall, thread / NANOS_PER_MILLI, process / NANOS_PER_MILLI, allocated / BYTES_PER_KILOBYTE,
				classes);
	}

	/**
	 * Reads it from the output of an application.
	 */
	static Start in(String output) {
		Matcher line = LINE.matcher(output);
		if (!line.find()) {
			throw new IllegalStateException("The application did not start: " + output);
		}
		return new Start(Long.parseLong(line.group(1)), Long.parseLong(line.group(2)), Long.parseLong(line.group(3)),
				Long.parseLong(line.group(4)), Long.parseLong(line.group(5)));
	}

	@Override
	public String toString() {
		return "started: " + this.wall + " ms, " + this.thread + " ms, " + this.process + " ms, " + this.allocated
				+ " kB, " + this.classes + " classes";
	}

}
