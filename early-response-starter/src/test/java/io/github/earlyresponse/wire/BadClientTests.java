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

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that read slowly, send too much or nonsense, or leave: good ones are served
 * meanwhile, and no room is lost, of which there is little.
 */
class BadClientTests {

	private static final int CAPACITY = 24;

	@Test
	void postPhaseOfSlowReaderWaitsForItsResponseAndOnlyThat() throws Exception {
		try (RunningServer server = start(); Clients readers = new Clients()) {
			for (int i = 0; i < 10; i++) {
				// Far less fits into the buffers of both sockets
				RawHttpClient reader = readers.add(new RawHttpClient(server.port(), 4096));
				reader.send("GET", "/download?name=slow&size=" + 10_000_000, null);
			}
			await().until(() -> server.bean(Storage.class).handled.size() == 10);
			for (int i = 0; i < 10; i++) {
				serveGoodClient(server);
			}
			assertThat(server.bean(Storage.class).handled).contains("slow").hasSize(20);
			assertThat(server.bean(Storage.class).stored).hasSize(10).containsOnly("good");
			for (int i = 0; i < 10; i++) {
				if (i % 2 == 0) {
					assertThat(readers.all.get(i).read("GET").bodyBytes()).hasSize(10_000_000);
				}
				else {
					readers.all.get(i).reset();
				}
			}
			server.awaitBalance();
			assertThat(deliveries(server, "keep")).containsOnly(Delivery.SENT, Delivery.ABORTED)
				.filteredOn((delivery) -> delivery == Delivery.SENT)
				.hasSize(5);
			assertThat(server.listener().outcomes()).hasSize(20).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void halfClosedClientGetsItsWholeResponseBeforeThePostPhaseEnds() throws Exception {
		try (RunningServer server = start()) {
			Storage storage = server.bean(Storage.class);
			storage.permits.drainPermits();
			for (int size : List.of(0, 100, 20_000, 5_000_000)) {
				try (RawHttpClient client = server.client()) {
					client.send("GET", "/download?name=half&size=" + size, null);
					client.socket().shutdownOutput();
					assertThat(client.read("GET").bodyBytes()).hasSize(size);
					assertThat(client.socket().getInputStream().read()).as("end").isEqualTo(-1);
				}
			}
			assertThat(server.operations().inFlightCount()).isEqualTo(4);
			storage.permits.release(1000);
			server.awaitBalance();
			assertThat(deliveries(server, "keep")).containsOnly(Delivery.SENT).hasSize(4);
		}
	}

	@Test
	void oversizedBodiesEndAtTheLimitsOfTheContainer() throws Exception {
		try (RunningServer server = start("server.tomcat.max-swallow-size=64KB",
				"server.tomcat.max-http-form-post-size=64KB", "spring.servlet.multipart.max-file-size=64KB",
				"spring.servlet.multipart.max-request-size=64KB")) {
			String large = "x".repeat(200_000);
			for (int i = 0; i < 10; i++) {
				assertThat(statusIfRead(server,
						request("POST", "/form", "application/x-www-form-urlencoded", "name=" + large)))
					.isIn(400, 413, 0);
				assertThat(statusIfRead(server,
						request("POST", "/upload", "multipart/form-data; boundary=b",
								"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n" + large
										+ "\r\n--b--\r\n")))
					.isIn(413, 0);
			}
			assertThat(server.listener().acceptedIds()).isEmpty();
			for (int i = 0; i < 5; i++) {
				// The handler does not read the body, which never ends
				assertThat(statusIfRead(server,
						"POST /unread HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n" + large))
					.isIn(202, 0);
			}
			server.awaitBalance();
			assertThat(deliveries(server, "store")).containsOnly(Delivery.SENT).hasSize(5);
			serveGoodClient(server);
		}
	}

	@Test
	void malformedRequestsReachNoHandler() throws Exception {
		String post = "POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
		List<String> requests = List.of("NONSENSE\r\n\r\n", "GET /orders HTTP/9.9\r\nHost: localhost\r\n\r\n",
				"GE(T /orders HTTP/1.1\r\nHost: localhost\r\n\r\n",
				"GET /get?name=a b HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /get?name=none HTTP/1.1\r\n\r\n",
				"GET /get?name=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
				"GET /g%zet?name=none HTTP/1.1\r\nHost: localhost\r\n\r\n",
				"GET /get?name=none HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
				"GET /get?name=none HTTP/1.1\r\nHost: localhost\r\nX: \0\r\n\r\n",
				"GET /get?name=none HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000) + "\r\n\r\n",
				post + "Content-Length: 12\r\n\r\n{\"name\":\"non", post + "Content-Length: five\r\n\r\n{}",
				post + "Content-Length: -1\r\n\r\n{}", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
				post + "Content-Length: 2, 2\r\n\r\n{}", post + "Transfer-Encoding: nonsense\r\n\r\n{}",
				post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
				post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}no end of the chunk\r\n0\r\n\r\n");
		try (RunningServer server = start()) {
			for (String request : requests) {
				assertThat(status(server, request)).as(request).isIn(400, 501, 505);
			}
			assertThat(server.bean(Storage.class).handled).isEmpty();
			assertThat(server.listener().acceptedIds()).isEmpty();
			serveGoodClient(server);
		}
	}

	@Test
	void requestBehindTwoLengthsIsNotSmuggled() throws Exception {
		try (RunningServer server = start()) {
			String smuggled = "GET /get?name=smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
			String body = "11\r\n{\"name\":\"honest\"}\r\n0\r\n\r\n" + smuggled;
			for (int i = 0; i < 10; i++) {
				try (RawHttpClient client = server.client()) {
					client.sendRaw("POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
							+ "Content-Length: " + body.length() + "\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
					RawResponse response = client.read("POST");
					assertThat(response.status()).isIn(202, 400);
					assertThat(isEnded(client)).as("the connection ends").isTrue();
				}
			}
			serveGoodClient(server);
			assertThat(server.bean(Storage.class).handled).contains("good").doesNotContain("smuggled");
		}
	}

	@Test
	void clientsThatVanishInTheMiddleOfTheirRequestTakeNoRoom() throws Exception {
		try (RunningServer server = start()) {
			String head = "Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n";
			List<String> beginnings = List.of("", "POST /ord", "POST /orders HTTP/1.1\r\nHost: loc",
					"POST /orders HTTP/1.1\r\n" + head + "{\"name\":",
					"POST /unread HTTP/1.1\r\n" + head + "{\"name\":");
			for (int i = 0; i < 10; i++) {
				for (String beginning : beginnings) {
					RawHttpClient client = server.client();
					client.sendRaw(beginning);
					if (i % 2 == 0) {
						client.close();
					}
					else {
						client.reset();
					}
				}
			}
			await().untilAsserted(() -> assertThat(server.operations().inFlightCount()).isZero());
			for (int i = 0; i < 10; i++) {
				serveGoodClient(server);
			}
			assertThat(server.bean(Storage.class).handled).doesNotContain("orders").contains("good");
			assertThat(server.awaitBalance().rejected()).isEmpty();
			assertThat(server.listener().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void silentClientsInTheMiddleOfTheirRequestAreEndedByTheTimeout() throws Exception {
		try (RunningServer server = start("server.tomcat.connection-timeout=2s", "server.tomcat.threads.max=40");
				Clients clients = new Clients()) {
			for (int i = 0; i < 30; i++) {
				RawHttpClient client = clients.add(server.client());
				client.sendRaw("POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
						+ "Content-Length: 1000\r\n\r\n{\"name\":");
			}
			serveGoodClient(server);
			for (RawHttpClient client : clients.all) {
				assertThat(client.read("POST").status()).isIn(400, 408);
				assertThat(isEnded(client)).isTrue();
			}
			serveGoodClient(server);
			assertThat(server.bean(Storage.class).handled).containsOnly("good");
		}
	}

	@Test
	void goodClientIsServedBesideHundredsOfIdleConnections() throws Exception {
		serveGoodClientBesideIdleOnes(300);
	}

	@Test
	@Tag("load")
	void goodClientIsServedBesideTenThousandIdleConnections() throws Exception {
		assumeThat(ManagementFactory.getPlatformMXBean(UnixOperatingSystemMXBean.class)).as("limit of open files")
			.isNotNull()
			.extracting(UnixOperatingSystemMXBean::getMaxFileDescriptorCount, InstanceOfAssertFactories.LONG)
			.isGreaterThan(11_000);
		serveGoodClientBesideIdleOnes(10_000);
	}

	private static void serveGoodClientBesideIdleOnes(int count) throws Exception {
		try (RunningServer server = start("server.tomcat.max-connections=" + (count + 100),
				"server.tomcat.connection-timeout=10m", "server.tomcat.keep-alive-timeout=10m",
				"early-response.executor.queue-capacity=" + count * 2)) {
			Process idle = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
					System.getProperty("java.class.path"), IdleClients.class.getName(), String.valueOf(server.port()),
					String.valueOf(count))
				.redirectErrorStream(true)
				.start();
			try (BufferedReader output = idle.inputReader()) {
				assertThat(output.readLine()).isEqualTo(IdleClients.IDLE);
				for (int i = 0; i < 20; i++) {
					serveGoodClient(server);
				}
				idle.getOutputStream().write('\n');
				idle.getOutputStream().flush();
				assertThat(output.readLine()).isEqualTo(IdleClients.ANSWERED + count);
				assertThat(idle.waitFor(30, TimeUnit.SECONDS)).isTrue();
			}
			finally {
				idle.destroyForcibly();
			}
			assertThat(server.awaitBalance().outcomes()).hasSize(count + count / 3 + 20)
				.containsOnly(PostPhaseOutcome.COMPLETED);
			assertThat(server.listener().finished())
				.allMatch((result) -> result.postPhase().delivery() == Delivery.SENT);
		}
	}

	private static RunningServer start(String... properties) {
		List<String> all = new ArrayList<>(List.of("early-response.executor.max-concurrency=4",
				"early-response.executor.queue-capacity=" + (CAPACITY - 4), "logging.level.org.apache.catalina=off",
				"logging.level.org.springframework.web=off"));
		all.addAll(List.of(properties));
		return RunningServer.start(List.of(Orders.class, Storage.class), all.toArray(String[]::new));
	}

	private static void serveGoodClient(RunningServer server) throws Exception {
		Storage storage = server.bean(Storage.class);
		storage.good.drainPermits();
		try (RawHttpClient client = server.client()) {
			RawResponse response = client.post("/orders", "{\"name\":\"good\"}");
			assertThat(response.status()).isEqualTo(202);
			assertThat(response.body()).isEqualTo("{\"name\":\"good\"}");
		}
		assertThat(storage.good.tryAcquire(20, TimeUnit.SECONDS)).as("post-phase of the good client").isTrue();
	}

	private static String request(String method, String path, String contentType, String body) {
		return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + contentType
				+ "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
	}

	private static int status(RunningServer server, String request) throws IOException {
		try (RawHttpClient client = server.client()) {
			client.sendRaw(request);
			return client.read("POST").status();
		}
	}

	/** Zero for a connection that was reset while the request was still being sent. */
	private static int statusIfRead(RunningServer server, String request) throws IOException {
		try {
			return status(server, request);
		}
		catch (SocketException ex) {
			return 0;
		}
	}

	private static boolean isEnded(RawHttpClient client) throws IOException {
		try {
			return client.socket().getInputStream().read() == -1;
		}
		catch (SocketException ex) {
			// A reset, because the server did not read all that was sent
			return true;
		}
	}

	private static List<Delivery> deliveries(RunningServer server, String name) {
		return server.listener()
			.finished()
			.stream()
			.map(PostPhaseResult::postPhase)
			.filter((postPhase) -> postPhase.name().equals(name))
			.map((postPhase) -> postPhase.delivery())
			.toList();
	}

	private static final class Clients implements AutoCloseable {

		private final List<RawHttpClient> all = new ArrayList<>();

		RawHttpClient add(RawHttpClient client) {
			this.all.add(client);
			return client;
		}

		@Override
		public void close() throws IOException {
			for (RawHttpClient client : this.all) {
				client.close();
			}
		}

	}

	record Order(String name) {
	}

	@RestController
	static class Orders {

		private final Storage storage;

		Orders(Storage storage) {
			this.storage = storage;
		}

		@PostMapping("/orders")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue("store")
		Order order(@RequestBody Order order) {
			return handle(order.name());
		}

		@GetMapping("/get")
		@RespondThenContinue("store")
		Order get(@RequestParam String name) {
			return handle(name);
		}

		@PostMapping("/form")
		@RespondThenContinue("store")
		Order form(@RequestParam String name) {
			return handle(name);
		}

		@PostMapping("/upload")
		@RespondThenContinue("store")
		Order upload(MultipartFile file) {
			return handle(file.getName());
		}

		@PostMapping("/unread")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue("store")
		Order unread() {
			return handle("unread");
		}

		@GetMapping("/download")
		@RespondThenContinue("keep")
		ResponseEntity<byte[]> download(@RequestParam String name, @RequestParam int size) {
			handle(name);
			return ResponseEntity.ok(new byte[size]);
		}

		private Order handle(String name) {
			this.storage.handled.add(name);
			return new Order(name);
		}

	}

	static class Storage {

		final Queue<String> handled = new ConcurrentLinkedQueue<>();

		final Queue<String> stored = new ConcurrentLinkedQueue<>();

		final Semaphore permits = new Semaphore(1000);

		final Semaphore good = new Semaphore(0);

		@PostPhase
		void store(Order order) {
			this.stored.add(order.name());
			if (order.name().equals("good")) {
				this.good.release();
			}
		}

		@PostPhase
		void keep(String name) throws InterruptedException {
			assertThat(this.permits.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
			this.stored.add(name);
		}

	}

}
