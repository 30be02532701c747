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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Requests that are repeated, with results in memory and the status resource.
 */
class IdempotentRequestTests {

	private static RunningServer server;

	private final HttpClient client = HttpClient.newHttpClient();

	private final String key = UUID.randomUUID().toString();

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Handlers.class, Work.class), FollowedShop.ENABLED,
				"early-response.durable.engine=memory");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void repetitionFollowsTheSamePostPhase() throws Exception {
		int runs = work().runs.get();
		HttpResponse<String> first = post("/orders", "application/json", "\"a\"");
		assertThat(first.statusCode()).isEqualTo(202);
		assertThat(first.headers().firstValue("Location")).isPresent();
		await().until(() -> work().runs.get() == runs + 1);
		assertSame(first, post("/orders", "application/json", "\"a\""));
		assertThat(post("/orders", "application/json", "\"b\"").statusCode()).isEqualTo(422);
		server.awaitBalance();
		assertThat(work().runs).hasValue(runs + 1);
	}

	@Test
	void emptyResponseHasItsHead() throws Exception {
		HttpResponse<String> first = post("/empty", "application/json", "");
		assertThat(first.headers().allValues("Post-Phase-Id")).hasSize(1);
		assertSame(first, post("/empty", "application/json", ""));
	}

	@Test
	void bodyThatNobodyReadsBeforeTheHandlerIsLimited() throws Exception {
		String largest = "a".repeat(10 * 1024 * 1024);
		HttpResponse<String> response = post("/empty", "text/plain", largest + "a");
		assertThat(response.statusCode()).isEqualTo(413);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(post("/empty", "text/plain", largest).statusCode()).isEqualTo(202);
		server.awaitBalance();
	}

	@Test
	void formAndUploadAndBodyAreRepeated() throws Exception {
		for (String[] request : new String[][] { { "/form", "application/x-www-form-urlencoded", "text=a", "text=b" },
				{ "/upload", "multipart/form-data; boundary=b", part("a"), part("b") },
				{ "/body", "text/plain", "a".repeat(100_000), "b" } }) {
			HttpResponse<String> first = post(request[0], request[1], request[2]);
			assertThat(first.statusCode()).as(request[0]).isEqualTo(200);
			assertThat(first.body()).as(request[0]).startsWith("a");
			assertSame(first, post(request[0], request[1], request[2]));
			assertThat(post(request[0], request[1], request[3]).statusCode()).as(request[0]).isEqualTo(422);
		}
	}

	private static String part(String content) {
		return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + content
				+ "\r\n--b--\r\n";
	}

	private static Work work() {
		return server.bean(Work.class);
	}

	private HttpResponse<String> post(String path, String contentType, String body)
			throws IOException, InterruptedException {
		return this.client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
			.header("Content-Type", contentType)
			.header("Idempotency-Key", this.key)
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	private static void assertSame(HttpResponse<String> first, HttpResponse<String> second) {
		assertThat(second.statusCode()).isEqualTo(first.statusCode());
		assertThat(second.body()).isEqualTo(first.body());
		assertThat(headers(second)).isEqualTo(headers(first));
	}

	private static Map<String, ?> headers(HttpResponse<String> response) {
		Map<String, ?> headers = new TreeMap<>(response.headers().map());
		headers.remove("date");
		return headers;
	}

	@RestController
	static class Handlers {

		@PostMapping("/orders")
		@RespondThenContinue(then = "work", idempotent = true)
		ResponseEntity<String> order(@RequestBody String item) {
			return ResponseEntity.accepted().body(unique(item));
		}

		@PostMapping("/empty")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue(then = "work", idempotent = true)
		void empty() {
		}

		@PostMapping("/form")
		@RespondThenContinue(then = "work", idempotent = true)
		String form(@RequestParam String text) {
			return unique(text);
		}

		@PostMapping("/upload")
		@RespondThenContinue(then = "work", idempotent = true)
		String upload(@RequestParam MultipartFile file) throws IOException {
			return unique(new String(file.getBytes(), StandardCharsets.UTF_8));
		}

		@PostMapping("/body")
		@RespondThenContinue(then = "work", idempotent = true)
		String body(HttpServletRequest request) throws IOException {
			return unique(new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
		}

		private static String unique(String text) {
			return text + " " + UUID.randomUUID();
		}

	}

	@Component
	static class Work {

		final AtomicInteger runs = new AtomicInteger();

		@PostPhase("work")
		void work() {
			this.runs.incrementAndGet();
		}

	}

}
