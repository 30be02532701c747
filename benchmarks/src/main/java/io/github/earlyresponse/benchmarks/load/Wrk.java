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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.springframework.http.HttpHeaders;

/**
 * The load generator, an operating system's package.
 */
final class Wrk {

	/**
	 * Whose all requests are.
	 */
	static final String AUTHORIZATION = "Basic "
			+ HttpHeaders.encodeBasicAuth("ada", "lovelace", StandardCharsets.UTF_8);

	/**
	 * The number of connections on which a server is warmed up, which is small enough to
	 * leave the JIT compiler a processor. If requests take all of them, compilation takes
	 * several times as long, and the measurement begins before it is done.
	 */
	static final int WARM_UP_CONNECTIONS = 2;

	private static final Path script = script();

	private Wrk() {
	}

	private static Path script() {
		try (InputStream lua = Wrk.class.getResourceAsStream("/wrk-summary.lua")) {
			Path file = Files.createTempFile("wrk-summary", ".lua");
			file.toFile().deleteOnExit();
			Files.write(file, lua.readAllBytes());
			return file;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends requests as fast as they are answered.
	 * @param uri what to ask for
	 * @param connections on how many connections at once
	 * @param duration for how long
	 * @return what was measured
	 */
	static Sample run(URI uri, int connections, Duration duration) {
		String output = Command.output(List.of("wrk", "--threads", "1", "--connections", String.valueOf(connections),
				"--duration", duration.toSeconds() + "s", "--timeout", "30s", "--header",
				"Authorization: " + AUTHORIZATION, "--script", script.toString(), uri.toString()));
		String summary = output.lines()
			.filter((line) -> line.startsWith("summary "))
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("wrk says: " + output));
		return Sample.parse(summary);
	}

}
