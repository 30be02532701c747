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

package io.github.earlyresponse.wire;

import java.io.File;
import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.testsupport.JavaProcess;
import io.github.earlyresponse.testsupport.ServletContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The trace that the Java agent of OpenTelemetry begins for a request goes along to its
 * post-phases, without any dependency of the application on OpenTelemetry.
 */
@Tag("load")
class JavaAgentTests {

	@Test
	void traceGoesAlongOnPlatformThreads() throws Exception {
		traceGoesAlong("false");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void traceGoesAlongOnVirtualThreads() throws Exception {
		traceGoesAlong("true");
	}

	private void traceGoesAlong(String virtualThreads) throws Exception {
		List<String> options = List.of("-javaagent:" + agent(), "-Dotel.traces.exporter=none",
				"-Dotel.metrics.exporter=none", "-Dotel.logs.exporter=none",
				"-Dtest.container=" + ServletContainer.current());
		try (JavaProcess process = JavaProcess.start(options, TracedApplication.class, virtualThreads)) {
			for (String path : List.of("named", "decided", "sent")) {
				String[] traces = process.awaitOutput(TracedApplication.TRACES + path + " ").split(" ");
				assertThat(traces).hasSize(2);
				assertThat(traces[0]).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
				assertThat(traces[1]).as("trace of the post-phase").isEqualTo(traces[0]);
			}
			assertThat(process.exitCode()).isZero();
		}
	}

	private static String agent() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((element) -> element.contains("opentelemetry-javaagent"))
			.findFirst()
			.orElseThrow();
	}

}
