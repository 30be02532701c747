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

import java.io.File;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The class path of this process, for the processes that it starts.
 */
final class ClassPath {

	/** The jars of an application that watches itself and knows its users. */
	private static final Pattern watching = Pattern
		.compile("spring-(boot-)?security|actuator|micrometer-(core|jakarta|registry)|spring-boot-(micrometer|health)"
				+ "|prometheus");

	/** The jars of what the starter is compared with. */
	private static final Pattern peers = Pattern.compile("spring-modulith|jobrunr");

	/** Ours. */
	private static final Pattern ours = Pattern.compile("early-response-(starter|jdbc)");

	private ClassPath() {
	}

	static String everything() {
		return System.getProperty("java.class.path");
	}

	/**
	 * Spring MVC and the starter alone.
	 */
	static String bare() {
		return filter((jar) -> !watching.matcher(jar).find() && !peers.matcher(jar).find());
	}

	/**
	 * Spring MVC and one of those that the starter is compared with, without the starter.
	 * @param peer how the names of its jars begin
	 */
	static String peer(String peer) {
		return filter((jar) -> !watching.matcher(jar).find() && !ours.matcher(jar).find()
				&& (!peers.matcher(jar).find() || jar.startsWith(peer)));
	}

	private static String filter(Predicate<String> jar) {
		return Arrays.stream(everything().split(File.pathSeparator))
			.filter((entry) -> jar.test(new File(entry).getName()))
			.collect(Collectors.joining(File.pathSeparator));
	}

}
