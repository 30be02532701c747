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

	private ClassPath() {
	}

	static String everything() {
		return System.getProperty("java.class.path");
	}

	/**
	 * Spring MVC and the starter alone.
	 */
	static String bare() {
		return Arrays.stream(everything().split(File.pathSeparator))
			.filter((entry) -> !watching.matcher(new File(entry).getName()).find())
			.collect(Collectors.joining(File.pathSeparator));
	}

}
