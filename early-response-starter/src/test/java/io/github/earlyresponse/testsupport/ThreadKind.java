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

package io.github.earlyresponse.testsupport;

import java.util.Arrays;
import java.util.List;

import io.github.earlyresponse.memory.PostPhaseExecutor;
import io.github.earlyresponse.memory.PostPhaseExecutors;

import org.springframework.boot.system.JavaVersion;

/**
 * The kinds of threads that post-phases run on.
 */
public enum ThreadKind {

	PLATFORM {

		@Override
		public PostPhaseExecutor executor(String threadNamePrefix, int maxConcurrency) {
			return PostPhaseExecutors.platformThreads(threadNamePrefix, maxConcurrency);
		}

	},

	VIRTUAL {

		@Override
		public PostPhaseExecutor executor(String threadNamePrefix, int maxConcurrency) {
			return PostPhaseExecutors.virtualThreads(threadNamePrefix, maxConcurrency);
		}

	};

	public abstract PostPhaseExecutor executor(String threadNamePrefix, int maxConcurrency);

	/**
	 * The kinds that this JVM has.
	 */
	public static List<ThreadKind> available() {
		return Arrays.stream(values()).filter((kind) -> kind == PLATFORM || hasVirtualThreads()).toList();
	}

	public static boolean hasVirtualThreads() {
		return JavaVersion.getJavaVersion().isEqualOrNewerThan(JavaVersion.TWENTY_ONE);
	}

	public static ThreadKind of(Thread thread) {
		return (thread.toString().startsWith("VirtualThread")) ? VIRTUAL : PLATFORM;
	}

}
