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

package io.github.earlyresponse.sample;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The {@code curl} commands of the documentation get an answer from the sample: those in
 * blocks, and those in the text.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class ReadmeCommandsTests {

	private static final String SERVER = "localhost:8080";

	/**
	 * Where the commands are called, and their files are.
	 */
	private static final Path ROOT = Path.of("..");

	private static final String BOUNDARY = "----part";

	private static final Pattern IN_TEXT = Pattern.compile("`(curl [^`]+)`");

	/**
	 * Words without quotation marks, or in double or single ones.
	 */
	private static final Pattern WORD = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"|'([^']*)'|(\\S+)");

	@LocalServerPort
	private int port;

	@Autowired
	private PostPhaseOperations postPhases;

	static Stream<String> commands() throws IOException {
		List<String> commands = new ArrayList<>();
		for (Path page : pages()) {
			String text = Files.readString(page);
			text.lines().filter((line) -> line.startsWith("curl ")).forEach(commands::add);
			IN_TEXT.matcher(text).results().map((match) -> match.group(1)).forEach(commands::add);
		}
		assertThat(commands).hasSizeGreaterThanOrEqualTo(5);
		return commands.stream();
	}

	private static List<Path> pages() throws IOException {
		try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
			return Stream
				.concat(Stream.of(ROOT.resolve("README.md"), ROOT.resolve("examples/cluster/README.md")), pages)
				.filter((page) -> page.toString().endsWith(".md"))
				.toList();
		}
	}

	@AfterEach
	void endPostPhases() throws InterruptedException {
		this.postPhases.inFlight().forEach((postPhase) -> this.postPhases.cancel(postPhase.id()));
		assertThat(this.postPhases.awaitIdle(Duration.ofMinutes(1))).isTrue();
	}

	@ParameterizedTest
	@MethodSource("commands")
	void shellRunsCommand(String command, @TempDir Path folder) throws Exception {
		assumeThat(Stream.of("sh", "curl", "grep")).allMatch(ReadmeCommandsTests::isInstalled);
		File output = folder.resolve("output").toFile();
		Process process = new ProcessBuilder("sh", "-c",
				here(command).replaceFirst("^curl ", "curl --fail --silent --show-error "))
			.directory(ROOT.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output)
			.start();
		assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(Files.readString(output.toPath())).isZero();
		assertThat(output).isNotEmpty();
	}

	private static boolean isInstalled(String program) {
		return Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, program)));
	}

	@ParameterizedTest
	@MethodSource("commands")
	void requestOfCommandSucceeds(String command) throws Exception {
		HttpResponse<String> response = HttpClient.newHttpClient().send(request(command), BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
		assertThat(response.body()).isNotEmpty();
	}

	private HttpRequest request(String command) throws IOException {
		Iterator<String> words = WORD.matcher(here(command).replaceFirst("^curl ", "").replaceFirst("\\|.*", ""))
			.results()
			.map((match) -> Stream.of(1, 2, 3).map(match::group).filter((group) -> group != null).findFirst().get())
			.iterator();
		HttpRequest.Builder request = HttpRequest.newBuilder();
		StringBuilder form = new StringBuilder();
		while (words.hasNext()) {
			String word = words.next();
			switch (word) {
				case "-i" -> {
				}
				case "-w" -> words.next();
				case "-H" -> {
					String[] header = words.next().split(": ", 2);
					request.header(header[0], header[1]);
				}
				case "-d" -> request.POST(BodyPublishers.ofString(words.next()));
				case "-F" -> form.append(part(words.next()));
				default -> request.uri(URI.create("http://" + word));
			}
		}
		if (!form.isEmpty()) {
			request.header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
				.POST(BodyPublishers.ofString(form + "--" + BOUNDARY + "--\r\n"));
		}
		return request.build();
	}

	private static String part(String field) throws IOException {
		String[] part = field.split("=", 2);
		String head = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + part[0] + "\"";
		if (!part[1].startsWith("@")) {
			return head + "\r\n\r\n" + part[1] + "\r\n";
		}
		String file = part[1].substring(1);
		return head + "; filename=\"" + file + "\"\r\n\r\n" + Files.readString(ROOT.resolve(file)) + "\r\n";
	}

	private String here(String command) {
		assertThat(command).contains(SERVER);
		return command.replace(SERVER, "localhost:" + this.port);
	}

}
