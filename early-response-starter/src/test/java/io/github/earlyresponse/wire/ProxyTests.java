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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.HandOver;
import io.github.earlyresponse.testsupport.NginxProxy;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Behind nginx, which buffers responses and keeps its connections to the application.
 */
class ProxyTests {

	@TempDir
	private Path directory;

	@BeforeEach
	void nginx() {
		assumeThat(NginxProxy.isInstalled()).as("nginx is installed").isTrue();
	}

	@Test
	void wholeAnswerIsThereBeforePostPhaseIsHandedOver() throws Exception {
		try (RunningServer server = start(HandOver.PROPERTY);
				NginxProxy nginx = NginxProxy.start(this.directory, server.port());
				RawHttpClient client = nginx.client()) {
			server.bean(PostPhases.class).release.release(1000);
			List<Download> downloads = downloads();
			for (Download download : downloads) {
				CountDownLatch received = new CountDownLatch(1);
				CompletableFuture<Boolean> wasFirst = new CompletableFuture<>();
				server.bean(HandOver.class).stop(() -> wasFirst.complete(await(received)));
				download.get(client);
				received.countDown();
				assertThat(wasFirst.get(30, TimeUnit.SECONDS)).as("answer to " + download + " before hand-over")
					.isTrue();
			}
			server.awaitBalance();
			assertThat(server.listener().outcomes()).hasSameSizeAs(downloads).containsOnly(PostPhaseOutcome.COMPLETED);
			assertThat(server.listener().finished())
				.allMatch((result) -> result.postPhase().delivery() == Delivery.SENT);
		}
	}

	@Test
	void requestsShareOneConnectionToApplicationWhilePostPhasesRun() throws Exception {
		try (RunningServer server = start("early-response.executor.max-concurrency=64");
				NginxProxy nginx = NginxProxy.start(this.directory, server.port());
				RawHttpClient client = nginx.client()) {
			PostPhases postPhases = server.bean(PostPhases.class);
			Set<String> connections = new HashSet<>();
			List<Download> downloads = downloads();
			for (Download download : downloads) {
				connections.add(download.get(client).header("Upstream-Connection"));
				assertThat(postPhases.started.tryAcquire(20, TimeUnit.SECONDS)).as("started").isTrue();
			}
			assertThat(server.operations().inFlightCount()).as("all post-phases still run").isEqualTo(downloads.size());
			assertThat(connections).doesNotContainNull().hasSize(1);
			postPhases.release.release(downloads.size());
		}
	}

	@Test
	void postPhaseDoesNotWaitForSlowClientWhoseResponseTheProxyBuffers() throws Exception {
		try (RunningServer server = start();
				NginxProxy nginx = NginxProxy.start(this.directory, server.port());
				RawHttpClient client = nginx.client()) {
			PostPhases postPhases = server.bean(PostPhases.class);
			client.send("GET", "/entity?size=20000000", null);
			assertThat(postPhases.started.tryAcquire(20, TimeUnit.SECONDS)).as("started").isTrue();
			assertThat(client.read("GET").bodyBytes()).hasSize(20_000_000);
			assertThat(server.operations().inFlightCount()).isEqualTo(1);
			postPhases.release.release();
		}
	}

	@Test
	void clientThatLeavesTheProxyHarmsNoPostPhase() throws Exception {
		try (RunningServer server = start(); NginxProxy nginx = NginxProxy.start(this.directory, server.port())) {
			PostPhases postPhases = server.bean(PostPhases.class);
			postPhases.release.release(100);
			for (int i = 0; i < 10; i++) {
				RawHttpClient client = nginx.client();
				client.send("GET", "/entity?size=5000000", null);
				Awaitility.await().until(() -> client.socket().getInputStream().available() > 0);
				client.reset();
			}
			Awaitility.await().until(() -> server.listener().acceptedIds().size() == 10);
			assertThat(server.awaitBalance().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
			try (RawHttpClient client = nginx.client()) {
				new Download(Compression.NONE, "body", 100).get(client);
			}
		}
	}

	private static RunningServer start(String... properties) {
		String[] all = Arrays.copyOf(properties, properties.length + 2);
		all[properties.length] = "server.compression.enabled=true";
		all[properties.length + 1] = "server.compression.mime-types=application/octet-stream,application/json";
		return RunningServer.start(List.of(Downloads.class, PostPhases.class, HandOver.class), all);
	}

	private static List<Download> downloads() {
		List<Download> downloads = new ArrayList<>();
		for (Compression compression : Compression.values()) {
			for (String path : List.of("body", "stream", "entity")) {
				for (int size : List.of(0, 100, 20_000, 5_000_000)) {
					downloads.add(new Download(compression, path, size));
				}
			}
		}
		return downloads;
	}

	private static boolean await(CountDownLatch latch) {
		try {
			return latch.await(HandOver.LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	enum Compression {

		NONE("", "identity"), BY_PROXY("/gzip", "gzip"), BY_APPLICATION("", "gzip");

		private final String prefix;

		private final String accepted;

		Compression(String prefix, String accepted) {
			this.prefix = prefix;
			this.accepted = accepted;
		}

	}

	record Download(Compression compression, String path, int size) {

		RawResponse get(RawHttpClient client) throws IOException {
			RawResponse response = client.get(this.compression.prefix + "/" + this.path + "?size=" + this.size,
					"Accept-Encoding: " + this.compression.accepted);
			assertThat(response.status()).isEqualTo(200);
			boolean compressed = "gzip".equals(response.header("Content-Encoding"));
			if (this.compression == Compression.NONE || this.size == 0) {
				assertThat(compressed).as("compressed").isFalse();
			}
			else if (this.size > 2048) {
				assertThat(compressed).as("compressed").isTrue();
			}
			byte[] body = response.bodyBytes();
			if (compressed) {
				body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
			}
			assertThat(body).hasSize(this.size);
			return response;
		}

	}

	@RestController
	static class Downloads {

		@GetMapping(path = "/body", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
		@RespondThenContinue("log")
		byte[] body(@RequestParam int size, HttpServletRequest request, HttpServletResponse response) {
			response.setHeader("Upstream-Connection", connection(request));
			return new byte[size];
		}

		@GetMapping("/stream")
		@RespondThenContinue("log")
		void stream(@RequestParam int size, HttpServletRequest request, HttpServletResponse response)
				throws IOException {
			response.setHeader("Upstream-Connection", connection(request));
			response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
			response.getOutputStream().write(new byte[size]);
		}

		@GetMapping("/entity")
		@RespondThenContinue("log")
		ResponseEntity<Text> entity(@RequestParam int size, HttpServletRequest request) {
			// Together with {"text":""}
			Text text = (size > 0) ? new Text("x".repeat(size - 11)) : null;
			return ResponseEntity.ok().header("Upstream-Connection", connection(request)).body(text);
		}

		private static String connection(HttpServletRequest request) {
			return request.getServletConnection().getConnectionId();
		}

	}

	record Text(String text) {
	}

	static class PostPhases {

		final Semaphore started = new Semaphore(0);

		final Semaphore release = new Semaphore(0);

		@PostPhase
		void log() throws InterruptedException {
			this.started.release();
			this.release.tryAcquire(60, TimeUnit.SECONDS);
		}

	}

}
