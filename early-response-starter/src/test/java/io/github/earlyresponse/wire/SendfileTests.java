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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.HttpProtocol;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * A handler has Tomcat send a file, and its post-phase deletes that.
 */
class SendfileTests {

	private static final int SIZE = 32_000_000;

	@TempDir
	private static Path directory;

	private static RunningServer server;

	@BeforeAll
	static void start() {
		assumeThat(ServletContainer.current()).isEqualTo(ServletContainer.TOMCAT);
		server = RunningServer.start(List.of(Handlers.class, Work.class), "server.http2.enabled=true");
	}

	@AfterAll
	static void stop() {
		if (server != null) {
			server.close();
		}
	}

	@BeforeEach
	void reset() {
		server.listener().forget();
		server.bean(Work.class).delivery = null;
	}

	@Test
	void postPhaseWaitsUntilClientHasTheFile() throws Exception {
		byte[] content = content();
		Path file = Files.write(directory.resolve("large"), content);
		try (RawHttpClient client = new RawHttpClient(server.port(), 10_000)) {
			client.send("GET", "/file?end=" + SIZE + "&path=" + file, null);
			await().untilAsserted(() -> assertThat(server.operations().inFlight()).singleElement()
				.satisfies((postPhase) -> assertThat(postPhase.state()).isEqualTo(State.ACCEPTED)));
			RawResponse response = client.read("GET");
			assertThat(response.bodyBytes()).isEqualTo(content);
			assertThat(response.header("Content-Length")).isEqualTo("" + SIZE);
			server.awaitBalance();
			assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.SENT);
			assertThat(file).doesNotExist();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "file", "later" })
	void partOfTheFileIsSentAndTheConnectionGoesOn(String path) throws Exception {
		Path file = Files.writeString(directory.resolve("digits"), "0123456789");
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/" + path + "?start=2&end=5&path=" + file).body()).isEqualTo("234");
			server.awaitBalance();
			Files.writeString(file, "0123456789");
			assertThat(client.exchange("HEAD", "/" + path + "?end=10&path=" + file, null).header("Content-Length"))
				.isEqualTo("10");
			server.awaitBalance();
			Files.writeString(file, "0123456789");
			assertThat(client.get("/" + path + "?end=10&path=" + file).body()).isEqualTo("0123456789");
			server.awaitBalance();
			assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.SENT);
		}
	}

	@Test
	void isSentInOneStreamOfHttp2() throws Exception {
		byte[] content = content();
		Path file = Files.write(directory.resolve("streamed"), content);
		try (HttpProtocol.Connection connection = HttpProtocol.HTTP_2.connect(server.port())) {
			connection.send("/file?end=" + SIZE + "&path=" + file);
			assertThat(connection.read().bodyBytes()).isEqualTo(content);
		}
		server.awaitBalance();
		assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.SENT);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1 })
	void fileThatIsMissingOrTooShortIsAnErrorAndNothingFollows(int length) throws Exception {
		Path file = directory.resolve("short");
		if (length > 0) {
			Files.write(file, new byte[length]);
		}
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/file?end=10&path=" + file).status()).isEqualTo(500);
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.SKIPPED);
		}
		Files.deleteIfExists(file);
	}

	@Test
	void endIsUnknownWhenTheHeadIsOutBefore() throws Exception {
		Path file = Files.writeString(directory.resolve("flushed"), "0123456789");
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/flushed?end=10&path=" + file).body()).isEqualTo("0123456789");
			server.awaitBalance();
			assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.UNKNOWN);
		}
	}

	private static byte[] content() {
		byte[] content = new byte[SIZE];
		new Random(1).nextBytes(content);
		return content;
	}

	@RestController
	static class Handlers {

		@GetMapping("/file")
		@RespondThenContinue("delete")
		void file(@RequestParam(defaultValue = "0") long start, @RequestParam long end, @RequestParam Path path,
				HttpServletRequest request, HttpServletResponse response) {
			send(start, end, path, request, response);
		}

		@GetMapping("/later")
		@RespondThenContinue("delete")
		Callable<Void> later(@RequestParam(defaultValue = "0") long start, @RequestParam long end,
				@RequestParam Path path, HttpServletRequest request, HttpServletResponse response) {
			return () -> {
				send(start, end, path, request, response);
				return null;
			};
		}

		@GetMapping("/flushed")
		@RespondThenContinue("keep")
		void flushed(@RequestParam(defaultValue = "0") long start, @RequestParam long end, @RequestParam Path path,
				HttpServletRequest request, HttpServletResponse response) throws IOException {
			send(start, end, path, request, response);
			response.flushBuffer();
		}

		private static void send(long start, long end, Path path, HttpServletRequest request,
				HttpServletResponse response) {
			assertThat(request.getAttribute("org.apache.tomcat.sendfile.support")).isEqualTo(true);
			request.setAttribute("org.apache.tomcat.sendfile.filename", path.toString());
			request.setAttribute("org.apache.tomcat.sendfile.start", start);
			request.setAttribute("org.apache.tomcat.sendfile.end", end);
			response.setContentType("application/octet-stream");
			response.setContentLengthLong(end - start);
		}

	}

	static class Work {

		volatile Delivery delivery;

		@PostPhase
		void delete(Path path, PostPhaseContext context) throws IOException {
			Files.delete(path);
			this.delivery = context.delivery();
		}

		@PostPhase
		void keep(PostPhaseContext context) {
			this.delivery = context.delivery();
		}

	}

}
