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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.Http2Client;
import io.github.earlyresponse.testsupport.Http2Exchange;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import io.github.earlyresponse.testsupport.TlsKey;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * The post-phase is told the truth about the client: what is known, and nothing else.
 */
@Tag("both-containers")
class DeliveryTests {

	@TempDir
	private static Path directory;

	private static RunningServer server;

	private static RunningServer secure;

	private Work work;

	@BeforeAll
	static void start() throws Exception {
		server = RunningServer.start(List.of(Answers.class, Work.class), "server.http2.enabled=true");
		secure = RunningServer.start(List.of(Answers.class, Work.class), new TlsKey(directory).properties());
	}

	@AfterAll
	static void stop() {
		server.close();
		secure.close();
	}

	@BeforeEach
	void reset() {
		this.work = server.bean(Work.class);
		this.work.reset();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/small", "/entity", "/text", "/large", "/writer" })
	void connectionThatIsResetBeforeTheHandlerReturnsIsAborted(String path) throws Exception {
		assumeThat(path.equals("/writer") && ServletContainer.current() == ServletContainer.JETTY)
			.as("Jetty keeps to itself that a writer could not be closed")
			.isFalse();
		try (RawHttpClient client = server.client()) {
			client.send("GET", path, null);
			assertThat(this.work.entered.await(20, TimeUnit.SECONDS)).isTrue();
			client.reset();
		}
		this.work.proceed.countDown();
		isContinuedAsAborted();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/small", "/entity", "/text", "/large" })
	void encryptedConnectionThatIsResetBeforeTheHandlerReturnsIsAborted(String path) throws Exception {
		Work work = secure.bean(Work.class);
		work.reset();
		secure.listener().forget();
		try (RawHttpClient client = new RawHttpClient(TlsKey.connect(secure.port()))) {
			client.send("GET", path, null);
			assertThat(work.entered.await(20, TimeUnit.SECONDS)).isTrue();
			client.reset();
		}
		work.proceed.countDown();
		PostPhaseResult result = secure.awaitBalance().onlyResult();
		assertThat(result.postPhase().delivery()).isEqualTo(Delivery.ABORTED);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/small", "/entity", "/large" })
	void streamThatIsResetBeforeTheHandlerReturnsIsAborted(String path) throws Exception {
		try (Http2Client client = new Http2Client(server.port(), false)) {
			Http2Exchange exchange = client.send("GET", path);
			assertThat(this.work.entered.await(20, TimeUnit.SECONDS)).isTrue();
			exchange.reset();
			// The server has read what came before on the connection
			assertThat(client.send("GET", "/ping").read().body()).isEqualTo("pong");
			this.work.proceed.countDown();
			isContinuedAsAborted();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/large", "/large-entity", "/large-writer" })
	void connectionThatIsResetWhileTheResponseIsWrittenIsAborted(String path) throws Exception {
		this.work.proceed.countDown();
		try (Socket socket = new Socket()) {
			socket.setReceiveBufferSize(4096);
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
			try (RawHttpClient client = new RawHttpClient(socket)) {
				client.send("GET", path, null);
				assertThat(client.readUnended(10_000).status()).isEqualTo(200);
				client.reset();
			}
		}
		isContinuedAsAborted();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/large", "/large-entity", "/large-writer" })
	void streamThatIsResetWhileTheResponseIsWrittenIsAborted(String path) throws Exception {
		this.work.proceed.countDown();
		try (Http2Client client = new Http2Client(server.port(), false)) {
			Http2Exchange exchange = client.sendAndHesitate("GET", path);
			assertThat(exchange.readHead()).startsWith("HTTP/2 200");
			exchange.reset();
			isContinuedAsAborted();
			assertThat(client.send("GET", "/ping").read().body()).as("the others go on").isEqualTo("pong");
		}
	}

	@Test
	void abortSkipsThePostPhaseOnDemand() throws Exception {
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/skip", null);
			assertThat(this.work.entered.await(20, TimeUnit.SECONDS)).isTrue();
			client.reset();
		}
		this.work.proceed.countDown();
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.SKIPPED);
		assertThat(last().postPhase().delivery()).isEqualTo(Delivery.ABORTED);
	}

	@Test
	void resetAfterReceiptIsSentSinceNoServerCanSeeIt() throws Exception {
		this.work.proceed.countDown();
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/small").status()).isEqualTo(200);
			client.reset();
		}
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(last().postPhase().delivery()).isEqualTo(Delivery.SENT);
	}

	@Test
	void responseThatTheHandlerLeavesToAnotherThreadIsKnownToJettyOnly() throws Exception {
		this.work.proceed.countDown();
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/own-thread").body()).isEqualTo("from another thread");
		}
		assertThat(last().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(last().postPhase().delivery())
			.isEqualTo((ServletContainer.current() == ServletContainer.JETTY) ? Delivery.SENT : Delivery.UNKNOWN);
	}

	private void isContinuedAsAborted() {
		PostPhaseResult result = last();
		assertThat(result.postPhase().delivery()).isEqualTo(Delivery.ABORTED);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.work.failure).isNotNull();
	}

	private static PostPhaseResult last() {
		List<PostPhaseResult> finished = server.awaitBalance().finished();
		return finished.get(finished.size() - 1);
	}

	@RestController
	static class Answers {

		private final Work work;

		Answers(Work work) {
			this.work = work;
		}

		@GetMapping("/ping")
		String ping() {
			return "pong";
		}

		@GetMapping("/small")
		@RespondThenContinue("note")
		Map<String, String> small() throws InterruptedException {
			this.work.enter();
			return Map.of("size", "small");
		}

		@GetMapping("/skip")
		@RespondThenContinue(then = "note", onClientAbort = OnClientAbort.SKIP)
		Map<String, String> skip() throws InterruptedException {
			return small();
		}

		@GetMapping("/text")
		@RespondThenContinue("note")
		String text() throws InterruptedException {
			this.work.enter();
			return "text";
		}

		@GetMapping("/entity")
		@RespondThenContinue("note")
		ResponseEntity<Map<String, String>> entity() throws InterruptedException {
			return ResponseEntity.ok(small());
		}

		@GetMapping("/large")
		@RespondThenContinue("note")
		byte[] large() throws InterruptedException {
			this.work.enter();
			return new byte[20_000_000];
		}

		@GetMapping("/large-entity")
		@RespondThenContinue("note")
		ResponseEntity<List<String>> largeEntity() throws InterruptedException {
			this.work.enter();
			return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(List.of("x".repeat(20_000_000)));
		}

		@GetMapping("/writer")
		@RespondThenContinue("note")
		void writer(HttpServletResponse response) throws Exception {
			this.work.enter();
			response.getWriter().write("written");
		}

		@GetMapping("/large-writer")
		@RespondThenContinue("note")
		void largeWriter(HttpServletResponse response) throws Exception {
			this.work.enter();
			response.getWriter().write("x".repeat(20_000_000));
		}

		@GetMapping("/own-thread")
		@RespondThenContinue("note")
		void ownThread(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext context = request.startAsync(request, response);
			context.start(() -> {
				try {
					response.getWriter().write("from another thread");
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
				finally {
					context.complete();
				}
			});
		}

	}

	static class Work {

		volatile CountDownLatch entered;

		volatile CountDownLatch proceed;

		volatile IOException failure;

		Work() {
			reset();
		}

		final void reset() {
			this.entered = new CountDownLatch(1);
			this.proceed = new CountDownLatch(1);
		}

		void enter() throws InterruptedException {
			this.entered.countDown();
			this.proceed.await(20, TimeUnit.SECONDS);
		}

		@PostPhase
		void note(PostPhaseContext context) {
			this.failure = context.deliveryFailure();
		}

	}

}
