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

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.CountingConnector;
import io.github.earlyresponse.testsupport.HandOver;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ThreadKind;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many requests of many connections that are kept: no post-phase starts before the last
 * byte of its response was handed to the operating system.
 * <p>
 * That is not a matter of clocks, as a client may read late what was sent early. Two
 * observations take their place:
 * <ul>
 * <li>The connector counts the bytes that the operating system has taken from each
 * connection. That count is read twice: when the post-phase is handed over, on the
 * request thread, which is deep inside the filter then so that it cannot send any more;
 * and as the first thing that the post-phase does. The client on the other end counts
 * what it reads, each response up to its last byte. A response is sent only when the one
 * before has been read, so both counts must have been <em>exactly</em> what the client
 * counted, for every single request.</li>
 * <li>As that believes the connector, each fiftieth request is also held at its hand-over
 * until the client has read the last byte of the response. The thread that would have to
 * send what is missing is the one that is held, so a missing byte ends in a time
 * limit.</li>
 * </ul>
 */
class OrderStressTests {

	private static final int CONNECTIONS = 64;

	private static final int SAMPLE = 50;

	private static final List<String> PATHS = List.of("/body", "/text", "/json", "/entity", "/stream", "/writer",
			"/empty", "/redirect", "/missing", "/send");

	private static final int[] SIZES = { 0, 1, 100, 1_000, 2_048, 8_191, 8_192, 8_193, 20_000, 65_536, 300_000 };

	@Test
	void noPostPhaseOfFiveThousandStartsBeforeItsResponse() throws Exception {
		run(5_000);
	}

	@Test
	@Tag("load")
	void noPostPhaseOfTwoHundredThousandStartsBeforeItsResponse() throws Exception {
		run(200_000);
	}

	private static void run(int count) throws Exception {
		List<ThreadKind> kinds = ThreadKind.available();
		for (ThreadKind threads : kinds) {
			run(count / kinds.size(), threads);
		}
	}

	private static void run(int count, ThreadKind threads) throws Exception {
		try (RunningServer server = RunningServer.start(
				List.of(Handlers.class, Probe.class, HandOver.class, CountingConnector.Customizer.class),
				RunningServer.EVERYTHING, HandOver.PROPERTY, "test.thread-kind=" + threads,
				"server.tomcat.max-keep-alive-requests=-1", "server.compression.enabled=true",
				"early-response.executor.queue-capacity=" + count)) {
			Probe probe = server.bean(Probe.class);
			probe.exchanges = new AtomicReferenceArray<>(count);
			server.bean(HandOver.class).stop(probe::handOver);
			ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
			try {
				List<Future<?>> results = new ArrayList<>();
				for (int i = 0; i < CONNECTIONS; i++) {
					int first = i;
					results.add(clients.submit(() -> {
						try (Client client = new Client(server.port())) {
							for (int number = first; number < count; number += CONNECTIONS) {
								client.request(number, probe);
							}
						}
						return null;
					}));
				}
				for (Future<?> result : results) {
					result.get(10, TimeUnit.MINUTES);
				}
			}
			finally {
				clients.shutdownNow();
			}
			server.awaitBalance();
			List<String> tooEarly = new ArrayList<>();
			for (int number = 0; number < count; number++) {
				probe.exchanges.get(number).check(tooEarly);
			}
			assertThat(tooEarly).as("%d of %d on %s threads", tooEarly.size(), count, threads).isEmpty();
			assertThat(server.listener().outcomes()).hasSize(count).containsOnly(PostPhaseOutcome.COMPLETED);
			assertThat(server.listener().finished())
				.allMatch((result) -> result.postPhase().delivery() == Delivery.SENT);
		}
	}

	private static String target(int number) {
		String path = PATHS.get(number % PATHS.size());
		return path + "?number=" + number + "&size=" + SIZES[number / PATHS.size() % SIZES.length];
	}

	private static boolean isCompressed(int number) {
		return number / PATHS.size() / SIZES.length % 2 == 0;
	}

	/**
	 * What was seen of one request.
	 */
	private static final class Exchange {

		private final int number;

		private final CountingConnector.Connection connection;

		private final CountDownLatch received = new CountDownLatch(1);

		private volatile long atHandOver = -1;

		private volatile long atStart = -1;

		private volatile long atClient = -1;

		private volatile boolean timedOut;

		Exchange(int number, CountingConnector.Connection connection) {
			this.number = number;
			this.connection = connection;
		}

		void check(List<String> tooEarly) {
			if (this.timedOut || this.atHandOver != this.atClient || this.atStart < this.atClient) {
				tooEarly.add(target(this.number) + ": of " + this.atClient + " bytes " + this.atHandOver
						+ " were sent at the hand-over and " + this.atStart + " at the start"
						+ ((this.timedOut) ? ", and no more came" : ""));
			}
		}

	}

	static class Probe {

		private final ThreadLocal<Exchange> current = new ThreadLocal<>();

		private volatile AtomicReferenceArray<Exchange> exchanges;

		private volatile boolean holding = true;

		/** On the request thread, before the handler. */
		void begin(int number, HttpServletRequest request) {
			Exchange exchange = new Exchange(number, CountingConnector.connection(request.getRemotePort()));
			this.exchanges.set(number, exchange);
			this.current.set(exchange);
		}

		/** On the same thread, in the filter or after it. */
		void handOver() {
			Exchange exchange = this.current.get();
			exchange.atHandOver = exchange.connection.taken();
			if (exchange.number % SAMPLE == 0 && this.holding && !await(exchange.received)) {
				exchange.timedOut = true;
				// One is enough
				this.holding = false;
			}
		}

		@PostPhase
		void observe(int number) {
			Exchange exchange = this.exchanges.get(number);
			exchange.atStart = exchange.connection.taken();
		}

		private static boolean await(CountDownLatch latch) {
			try {
				return latch.await(HandOver.LIMIT.toSeconds(), TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	@RestController
	static class Handlers {

		private final Probe probe;

		Handlers(Probe probe) {
			this.probe = probe;
		}

		@ModelAttribute
		void begin(@RequestParam int number, HttpServletRequest request) {
			this.probe.begin(number, request);
		}

		@GetMapping(path = "/body", produces = MediaType.TEXT_PLAIN_VALUE)
		@RespondThenContinue("observe")
		byte[] body(@RequestParam int number, @RequestParam int size) {
			return new byte[size];
		}

		@GetMapping("/text")
		@RespondThenContinue("observe")
		ResponseEntity<String> text(@RequestParam int number, @RequestParam int size) {
			return ResponseEntity.ok("x".repeat(size));
		}

		@GetMapping("/json")
		@RespondThenContinue("observe")
		Text json(@RequestParam int number, @RequestParam int size) {
			return new Text("x".repeat(size));
		}

		@GetMapping("/entity")
		@RespondThenContinue("observe")
		ResponseEntity<Text> entity(@RequestParam int number, @RequestParam int size) {
			return ResponseEntity.ok(new Text("x".repeat(size)));
		}

		@GetMapping("/stream")
		@RespondThenContinue("observe")
		void stream(@RequestParam int number, @RequestParam int size, HttpServletResponse response) throws IOException {
			response.setContentType(MediaType.TEXT_PLAIN_VALUE);
			response.getOutputStream().write(new byte[size]);
		}

		@GetMapping("/writer")
		@RespondThenContinue("observe")
		void writer(@RequestParam int number, @RequestParam int size, HttpServletResponse response) throws IOException {
			response.setContentType(MediaType.TEXT_PLAIN_VALUE);
			response.getWriter().write("x".repeat(size));
		}

		@GetMapping("/empty")
		@RespondThenContinue("observe")
		ResponseEntity<Void> empty(@RequestParam int number) {
			return ResponseEntity.noContent().build();
		}

		@GetMapping("/redirect")
		@RespondThenContinue("observe")
		void redirect(@RequestParam int number, HttpServletResponse response) throws IOException {
			response.sendRedirect("/body");
		}

		@GetMapping("/missing")
		@RespondThenContinue(value = "observe", on = ContinueOn.FAILURE)
		void missing(@RequestParam int number) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND);
		}

		@GetMapping("/send")
		@RespondThenContinue
		void send(@RequestParam int number, @RequestParam int size, EarlyResponse<Text> early) {
			early.send(new Text("x".repeat(size)));
			this.probe.observe(number);
		}

	}

	record Text(String text) {
	}

	/**
	 * Reads faster than the client of the other tests, and counts.
	 */
	private static final class Client implements AutoCloseable {

		private final byte[] waste = new byte[65_536];

		private final Socket socket;

		private final InputStream in;

		private long count;

		Client(int port) throws IOException {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setTcpNoDelay(true);
			this.socket.setSoTimeout(60_000);
			this.in = new BufferedInputStream(this.socket.getInputStream(), this.waste.length);
		}

		void request(int number, Probe probe) throws IOException {
			String request = "GET " + target(number) + " HTTP/1.1\r\nHost: localhost\r\n"
					+ ((isCompressed(number)) ? "Accept-Encoding: gzip\r\n\r\n" : "\r\n");
			this.socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			read();
			Exchange exchange = probe.exchanges.get(number);
			exchange.atClient = this.count;
			exchange.received.countDown();
		}

		private void read() throws IOException {
			int length = 0;
			boolean chunked = false;
			for (String line = readLine(); !line.isEmpty(); line = readLine()) {
				if (line.startsWith("Content-Length: ")) {
					length = Integer.parseInt(line.substring(16));
				}
				chunked |= line.equals("Transfer-Encoding: chunked");
			}
			skip(length);
			while (chunked) {
				int size = Integer.parseInt(readLine(), 16);
				skip(size + 2);
				chunked = size > 0;
			}
		}

		private String readLine() throws IOException {
			StringBuilder line = new StringBuilder();
			for (int next = readByte(); next != '\n'; next = readByte()) {
				line.append((char) next);
			}
			line.setLength(line.length() - 1);
			return line.toString();
		}

		private int readByte() throws IOException {
			int next = this.in.read();
			if (next == -1) {
				throw new EOFException();
			}
			this.count++;
			return next;
		}

		private void skip(int length) throws IOException {
			for (int left = length; left > 0;) {
				int read = this.in.read(this.waste, 0, Math.min(left, this.waste.length));
				if (read == -1) {
					throw new EOFException();
				}
				left -= read;
			}
			this.count += length;
		}

		@Override
		public void close() throws IOException {
			this.socket.close();
		}

	}

}
