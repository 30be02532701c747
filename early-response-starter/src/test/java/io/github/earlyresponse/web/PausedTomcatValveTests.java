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

package io.github.earlyresponse.web;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.threads.VirtualThreadExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Requests that are on their way when Tomcat is paused, with a connector that is paused
 * at a given step of a request.
 */
class PausedTomcatValveTests {

	/** After the first line was read. */
	private static final int BEFORE_HEADERS = 1;

	/** After all was read. */
	private static final int BEFORE_APPLICATION = 2;

	private static final int SHUTDOWNS = 300;

	private static final int CLIENTS = 8;

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private TomcatServletWebServerFactory factory = new TomcatServletWebServerFactory(0);

	private TomcatWebServer server;

	@AfterEach
	void stop() {
		if (this.server != null) {
			this.server.stop();
			this.server.destroy();
		}
	}

	@Test
	void tomcatRespondsWithBadRequest() throws Exception {
		start();
		assertThat(send(BEFORE_HEADERS)).startsWith("HTTP/1.1 400 ");
	}

	@Test
	void requestWhoseHeadersAreNotReadGetsServiceUnavailable() throws Exception {
		this.factory.addEngineValves(new PausedTomcatValve(Duration.ofMillis(1500)));
		start();
		assertThat(send(BEFORE_HEADERS)).startsWith("HTTP/1.1 503 ")
			.contains("\r\nRetry-After: 2\r\n", "\r\nConnection: close\r\n");
	}

	@Test
	void requestThatReachesTheApplicationGetsItsResponse() throws Exception {
		this.factory.addEngineValves(new PausedTomcatValve(Duration.ofMillis(1500)));
		start();
		assertThat(send(BEFORE_APPLICATION)).startsWith("HTTP/1.1 200 ").endsWith(Answers.BODY);
	}

	@Test
	void badRequestStaysOne() throws Exception {
		this.factory.addEngineValves(new PausedTomcatValve(Duration.ofMillis(1500)));
		start();
		assertThat(send(Integer.MAX_VALUE, "GET / HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
	}

	/**
	 * Without the valve, some of the clients get a 400.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("load")
	void clientsSeeNoOtherErrorInManyShutdowns(boolean virtualThreads) throws Exception {
		assumeTrue(!virtualThreads || Runtime.version().feature() >= 21);
		Set<String> answers = ConcurrentHashMap.newKeySet();
		for (int round = 0; round < SHUTDOWNS; round++) {
			this.factory = new TomcatServletWebServerFactory(0);
			this.factory.addEngineValves(new PausedTomcatValve(Duration.ofMillis(1500)));
			if (virtualThreads) {
				this.factory.addProtocolHandlerCustomizers(
						(protocol) -> protocol.setExecutor(new VirtualThreadExecutor("handler-")));
			}
			start();
			CountDownLatch served = new CountDownLatch(CLIENTS);
			List<Thread> clients = IntStream.range(0, CLIENTS)
				.mapToObj((client) -> new Thread(() -> sendUntilEnd(answers, served)))
				.toList();
			clients.forEach(Thread::start);
			assertThat(served.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			CountDownLatch idle = new CountDownLatch(1);
			this.server.shutDownGracefully((result) -> idle.countDown());
			assertThat(idle.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			stop();
			for (Thread client : clients) {
				client.join(TIMEOUT.toMillis());
				assertThat(client.isAlive()).isFalse();
			}
		}
		answers.remove("HTTP/1.1 503 ");
		assertThat(answers).containsExactly("HTTP/1.1 200 ");
	}

	/**
	 * Sends one request after the other on a connection until that is closed.
	 */
	private void sendUntilEnd(Set<String> answers, CountDownLatch served) {
		try (Socket socket = new Socket("localhost", this.server.getPort())) {
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			BufferedReader reader = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
			for (boolean open = true, first = true; open; first = false) {
				socket.getOutputStream()
					.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
				String line = reader.readLine();
				if (line != null) {
					answers.add(line);
				}
				long length = 0;
				while (line != null && !line.isEmpty()) {
					line = reader.readLine();
					if (line != null && line.startsWith("Content-Length: ")) {
						length = Long.parseLong(line.substring("Content-Length: ".length()));
					}
				}
				open = line != null && reader.skip(length) == length;
				if (first) {
					served.countDown();
				}
			}
		}
		catch (IOException ex) {
			// The server has closed the connection
		}
	}

	private void start() {
		this.factory.setProtocol(PausedProtocol.class.getName());
		this.server = (TomcatWebServer) this.factory
			.getWebServer((context) -> context.addServlet("answers", new Answers()).addMapping("/"));
		this.server.start();
	}

	private String send(int pausedBefore) throws IOException {
		return send(pausedBefore, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
	}

	private String send(int pausedBefore, String request) throws IOException {
		((PausedProtocol) this.server.getTomcat().getConnector().getProtocolHandler()).checks.set(pausedBefore);
		try (Socket socket = new Socket("localhost", this.server.getPort())) {
			socket.setSoTimeout((int) TIMEOUT.toMillis());
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	/**
	 * A connector that is found to be paused only after some checks: the first one is
	 * made before a request is read, the second one after its first line.
	 */
	public static final class PausedProtocol extends Http11NioProtocol {

		private final AtomicInteger checks = new AtomicInteger(Integer.MAX_VALUE);

		@Override
		public boolean isPaused() {
			return super.isPaused() || this.checks.getAndUpdate((checks) -> Math.max(checks - 1, 0)) == 0;
		}

	}

	private static final class Answers extends HttpServlet {

		private static final String BODY = "answer";

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.getWriter().print(BODY);
		}

	}

}
