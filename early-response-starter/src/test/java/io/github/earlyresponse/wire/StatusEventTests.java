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
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.status.EventStreams;
import io.github.earlyresponse.testsupport.Http2Client;
import io.github.earlyresponse.testsupport.Http2Exchange;
import io.github.earlyresponse.testsupport.HttpProtocol;
import io.github.earlyresponse.testsupport.HttpProtocol.Connection;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RecordingListener;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.TlsKey;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The events of a post-phase, sent as they come.
 */
class StatusEventTests {

	@TempDir
	private static Path directory;

	private static RunningServer shared;

	private static RunningServer secure;

	@BeforeAll
	static void startShared() throws Exception {
		shared = start("server.http2.enabled=true");
		String[] tls = new TlsKey(directory).properties();
		secure = start(Stream.concat(Stream.of("server.http2.enabled=true"), Stream.of(tls)).toArray(String[]::new));
	}

	@AfterAll
	static void stopShared() {
		shared.close();
		secure.close();
	}

	@AfterEach
	void endAll() {
		shared.bean(FollowedShop.Work.class).endAll(shared);
		secure.bean(FollowedShop.Work.class).endAll(secure);
	}

	private static RunningServer start(String... properties) {
		return start(List.of(), properties);
	}

	private static RunningServer start(List<Class<?>> more, String... properties) {
		List<Class<?>> components = new ArrayList<>(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class));
		components.addAll(more);
		List<String> all = new ArrayList<>(List.of(FollowedShop.ENABLED, "early-response.status.event-interval=20ms"));
		all.addAll(List.of(properties));
		return RunningServer.start(components, all.toArray(String[]::new));
	}

	private static String export(RunningServer server) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.post("/exports", "{}").header("Location");
		}
	}

	private static String running(RunningServer server) throws Exception {
		int started = server.listener().started().size();
		String location = export(server);
		await().until(() -> server.listener().started().size() == started + 1);
		return location;
	}

	private static int watchers(RunningServer server) {
		Object streams = ReflectionTestUtils.getField(server.bean(EventStreams.class), "streams");
		return ((Set<?>) streams).size();
	}

	private static int room(RunningServer server) {
		Object room = ReflectionTestUtils.getField(server.bean(EventStreams.class), "room");
		return ((Semaphore) room).availablePermits();
	}

	private static void progress(RunningServer server, int done) throws InterruptedException {
		Semaphore told = new Semaphore(0);
		server.bean(FollowedShop.Work.class).step((context) -> {
			context.progress(done, 10, "step " + done);
			told.release();
		});
		told.acquire();
	}

	/**
	 * Has a post-phase tell progress that never rests, in events that are as large as
	 * they can become.
	 * @return whether it is enough
	 */
	private static AtomicBoolean chatter(RunningServer server) {
		AtomicBoolean enough = new AtomicBoolean();
		server.bean(FollowedShop.Work.class).step((context) -> {
			Semaphore never = new Semaphore(0);
			for (int done = 0; !enough.get(); done++) {
				context.progress(done, 0, "\u0001".repeat(1000));
				never.tryAcquire(1, TimeUnit.MILLISECONDS);
			}
		});
		return enough;
	}

	@Test
	void tellsEachChangeAndEndsWithTheOutcome() throws Exception {
		RunningServer server = shared;
		String location = running(server);
		try (EventClient client = EventClient.open(server.port(), location)) {
			assertThat(client.head()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Content-Type: text/event-stream")
				.containsIgnoringCase("Cache-Control: no-store");
			Map<String, String> first = client.next();
			assertThat(first.get("event")).isEqualTo("status");
			assertThat(first.get("data")).contains("\"state\":\"running\"").doesNotContain("progress");
			for (int done = 1; done <= 3; done++) {
				progress(server, done);
				Map<String, String> next = client.next();
				assertThat(next.get("event")).isEqualTo("status");
				assertThat(next.get("id")).matches("[0-9a-f]{32}").isNotEqualTo(first.get("id"));
				assertThat(next.get("data")).contains("\"done\":" + done + ",", "step " + done);
			}
			server.bean(FollowedShop.Work.class).end(1);
			Map<String, String> last = client.next();
			assertThat(last.get("event")).isEqualTo("finished");
			assertThat(last.get("data")).contains("\"outcome\":\"completed\"");
			assertThat(client.next()).as("the response is complete").isNull();
		}
		await().until(() -> watchers(server) == 0 && room(server) == 5000);
	}

	@Test
	void intervalThatIsLongerThanTheStallTimeoutLeavesNoClientWithoutAnything() throws Exception {
		try (RunningServer server = start("early-response.status.event-interval=365d",
				"early-response.status.stall-timeout=100ms")) {
			String location = running(server);
			try (EventClient client = EventClient.open(server.port(), location)) {
				assertThat(client.next().get("event")).isEqualTo("status");
				client.socket().setSoTimeout(20_000);
				assertThat(client.isComment()).isTrue();
				server.bean(FollowedShop.Work.class).end(1);
				Map<String, String> next = client.next();
				while (next != null && !"finished".equals(next.get("event"))) {
					next = client.next();
				}
				assertThat(next).isNotNull();
			}
			finally {
				server.bean(FollowedShop.Work.class).end(1);
			}
		}
	}

	@Test
	void progressThatNeverRestsIsToldInTheInterval() throws Exception {
		try (RunningServer server = start("early-response.status.event-interval=1h")) {
			String location = running(server);
			CountDownLatch busy = new CountDownLatch(1);
			AtomicBoolean enough = new AtomicBoolean();
			server.bean(FollowedShop.Work.class).step((context) -> {
				for (int done = 0; !enough.get(); done++) {
					context.progress(done, 0);
					busy.countDown();
				}
			});
			busy.await();
			try (EventClient client = EventClient.open(server.port(), location)) {
				assertThat(client.next().get("event")).isEqualTo("status");
				client.socket().setSoTimeout(500);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(client::next);
			}
			finally {
				enough.set(true);
				server.bean(FollowedShop.Work.class).end(1);
			}
		}
	}

	@Test
	void connectionCanBeUsedAgain() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			String location = export(server);
			server.bean(FollowedShop.Work.class).end(1);
			RawResponse events = client.get(location + "/events");
			assertThat(events.body()).contains("event: finished").endsWith("\n\n");
			assertThat(client.get("/plain").body()).isEqualTo("plain");
			assertThat(client.get(location + "/events").body()).contains("\"outcome\":\"completed\"");
		}
	}

	@Test
	void lateClientGetsTheOutcomeAtOnce() throws Exception {
		try (RunningServer server = start("early-response.status.event-interval=1h");
				RawHttpClient client = server.client()) {
			String location = export(server);
			server.bean(FollowedShop.Work.class).end(1);
			server.awaitBalance();
			RawResponse events = client.get(location + "/events");
			assertThat(events.status()).isEqualTo(200);
			assertThat(events.body()).containsOnlyOnce("event: ").contains("event: finished");
			assertThat(events.time()).isLessThan(Duration.ofSeconds(10));
		}
	}

	@Test
	void dataIsOnLinesOfItsOwnWhereJsonIsIndented() throws Exception {
		try (RunningServer server = start("spring.jackson.serialization.indent-output=true");
				RawHttpClient client = server.client()) {
			String location = export(server);
			server.bean(FollowedShop.Work.class).end(1);
			server.awaitBalance();
			assertThat(client.get(location + "/events").body().lines().filter((line) -> !line.isEmpty()))
				.hasSizeGreaterThan(5)
				.allMatch((line) -> line.matches("(id|event|data): .*"));
		}
	}

	@Test
	void headAndUnknownHoldNothing() throws Exception {
		RunningServer server = shared;
		try (RawHttpClient client = server.client()) {
			String location = running(server);
			RawResponse head = client.exchange("HEAD", location + "/events", null);
			assertThat(head.status()).isEqualTo(200);
			assertThat(head.header("Content-Type")).isEqualTo("text/event-stream");
			assertThat(client.get("/post-phases/unknown/events").status()).isEqualTo(404);
			assertThat(room(server)).isEqualTo(5000);
			server.bean(FollowedShop.Work.class).end(1);
		}
	}

	@Test
	void moreClientsThanAllowedAreRefused() throws Exception {
		try (RunningServer server = start("early-response.status.watch-at-most=2",
				"early-response.status.stall-timeout=100ms")) {
			String location = running(server);
			try (EventClient first = EventClient.open(server.port(), location);
					EventClient second = EventClient.open(server.port(), location);
					EventClient third = EventClient.open(server.port(), location)) {
				assertThat(third.head()).startsWith("HTTP/1.1 503").containsIgnoringCase("Retry-After: 1");
				first.socket().setSoLinger(true, 0);
				first.close();
				await().untilAsserted(() -> assertThat(room(server)).as("room of one that has gone").isOne());
				try (EventClient fourth = EventClient.open(server.port(), location)) {
					assertThat(fourth.next().get("event")).isEqualTo("status");
					assertThat(second.next().get("event")).isEqualTo("status");
				}
			}
			server.bean(FollowedShop.Work.class).end(1);
			await().until(() -> room(server) == 2);
		}
	}

	@Test
	void commentsKeepTheConnectionAlive() throws Exception {
		try (RunningServer server = start("early-response.status.stall-timeout=100ms")) {
			String location = running(server);
			try (EventClient client = EventClient.open(server.port(), location)) {
				client.next();
				assertThat(client.isComment()).isTrue();
				assertThat(client.isComment()).isTrue();
				server.bean(FollowedShop.Work.class).end(1);
				assertThat(client.next().get("event")).isEqualTo("finished");
			}
		}
	}

	@Test
	void clientThatStopsReadingIsDroppedAndHarmsNobody() throws Exception {
		try (RunningServer server = start(List.of(SmallSendBuffers.class), "early-response.status.stall-timeout=1s",
				"early-response.status.event-interval=10ms")) {
			String location = running(server);
			try (EventClient stalled = EventClient.ask(server.port(), location, 4096);
					EventClient reading = EventClient.open(server.port(), location)) {
				await().until(() -> watchers(server) == 2);
				AtomicBoolean enough = chatter(server);
				await().pollDelay(Duration.ZERO)
					.pollInterval(Duration.ofNanos(1))
					.atMost(Duration.ofSeconds(60))
					.until(() -> {
						String data = reading.next().get("data");
						assertThat(data).contains("\"state\":\"running\"");
						return watchers(server) == 1;
					});
				assertThat(room(server)).isEqualTo(4999);
				assertThat(isBrokenOff(stalled)).as("the connection is closed").isTrue();
				try (RawHttpClient client = server.client()) {
					assertThat(client.get("/plain").body()).isEqualTo("plain");
				}
				enough.set(true);
				server.bean(FollowedShop.Work.class).end(1);
				Map<String, String> last = reading.next();
				while (last.get("event").equals("status")) {
					last = reading.next();
				}
				assertThat(last.get("event")).isEqualTo("finished");
			}
			await().until(() -> watchers(server) == 0 && room(server) == 5000);
		}
	}

	@Test
	void streamThatStallsIsDroppedAndOthersOfItsConnectionGoOn() throws Exception {
		try (RunningServer server = start("server.http2.enabled=true", "early-response.status.stall-timeout=2s",
				"early-response.status.event-interval=10ms");
				Http2Client client = new Http2Client(server.port(), false)) {
			String id = FollowedShop.id(client.send("GET", "/pack").read());
			await().until(() -> server.listener().started().size() == 1);
			String events = "/post-phases/" + id + "/events";
			Http2Exchange stalled = client.sendAndHesitate("GET", events);
			await().until(() -> watchers(server) == 1);
			// More than the window of a stream, less than that of the connection
			AtomicBoolean enough = chatter(server);
			assertThat(stalled.readHead()).startsWith("HTTP/2 200");
			assertThat(client.send("GET", "/plain").read().body()).isEqualTo("plain");
			await().atMost(Duration.ofSeconds(60)).until(() -> watchers(server) == 0);
			assertThat(client.send("GET", "/plain").read().body()).isEqualTo("plain");
			enough.set(true);
			progress(server, 2);
			Http2Exchange reading = client.send("GET", events);
			await().until(() -> told(server).contains("step 2"));
			server.bean(FollowedShop.Work.class).end(1);
			assertThat(reading.read().body()).contains("step 2").contains("event: finished\n");
			await().until(() -> room(server) == 5000);
		}
	}

	@Test
	void clientsThatAreDroppedHoldNeitherThreadsNorTheShutdown() throws Exception {
		RunningServer server = start(List.of(SmallSendBuffers.class), "early-response.status.stall-timeout=500ms",
				"early-response.status.event-interval=10ms", "server.tomcat.threads.max=3",
				"server.tomcat.threads.min-spare=3");
		String location = running(server);
		List<EventClient> clients = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			String path = location + ((i % 2 == 0) ? "/events" : "/event%73");
			clients.add(EventClient.askAt(server.port(), path, 4096));
		}
		await().until(() -> watchers(server) == 20);
		AtomicBoolean enough = chatter(server);
		await().atMost(Duration.ofSeconds(60)).until(() -> watchers(server) == 0);
		enough.set(true);
		assertThat(room(server)).isEqualTo(5000);
		try (RawHttpClient client = server.client()) {
			client.socket().setSoTimeout(5_000);
			assertThat(client.get("/plain").body()).isEqualTo("plain");
		}
		server.bean(FollowedShop.Work.class).end(1);
		server.awaitBalance();
		long start = System.nanoTime();
		server.context().close();
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
		for (EventClient client : clients) {
			client.close();
		}
	}

	/**
	 * What was told the only watcher last.
	 */
	private static String told(RunningServer server) {
		Object streams = ReflectionTestUtils.getField(server.bean(EventStreams.class), "streams");
		return ((Set<?>) streams).stream()
			.map((stream) -> String.valueOf(ReflectionTestUtils.getField(stream, "last")))
			.findFirst()
			.orElse("");
	}

	@Test
	void clientsThatVanishLeaveNothingBehind() throws Exception {
		try (RunningServer server = start("early-response.status.stall-timeout=100ms")) {
			String location = running(server);
			for (int i = 0; i < 100; i++) {
				EventClient client = (i % 2 == 0) ? EventClient.ask(server.port(), location, 0)
						: EventClient.open(server.port(), location);
				client.socket().setSoLinger(true, 0);
				client.close();
			}
			await().untilAsserted(() -> assertThat(watchers(server)).isZero());
			await().untilAsserted(() -> assertThat(room(server)).isEqualTo(5000));
			server.bean(FollowedShop.Work.class).end(1);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "HTTP_1_1_HEAD", "HTTP_2_HEAD", "HTTP_1_1_PIPELINED" })
	void areSentOverEachProtocol(HttpProtocol protocol) throws Exception {
		RunningServer server = (protocol.isSecure()) ? secure : shared;
		try (Connection order = protocol.connect(server.port());
				Connection connection = protocol.connect(server.port())) {
			order.send("/pack");
			String id = FollowedShop.id(order.read());
			await().until(() -> server.listener().started().size() == 1);
			connection.send("/post-phases/" + id + "/events");
			await().until(() -> watchers(server) == 1);
			for (int done = 1; done <= 3; done++) {
				progress(server, done);
				String step = "step " + done;
				await().until(() -> told(server).contains(step));
			}
			server.bean(FollowedShop.Work.class).end(1);
			String body = connection.read().body();
			assertThat(body).contains("step 1", "step 2", "step 3").contains("event: finished\n").endsWith("\n\n");
			await().until(() -> room(server) == 5000);
		}
	}

	/**
	 * Whether the response ends without its last chunk.
	 */
	private static boolean isBrokenOff(EventClient client) {
		try {
			String end = "";
			byte[] bytes = new byte[65536];
			for (int count = client.socket().getInputStream().read(bytes); count >= 0; count = client.socket()
				.getInputStream()
				.read(bytes)) {
				end = new String(bytes, Math.max(0, count - 7), Math.min(7, count), StandardCharsets.ISO_8859_1);
			}
			return !end.endsWith("0\r\n\r\n");
		}
		catch (IOException ex) {
			return ex.getMessage().contains("reset");
		}
	}

	@Test
	void shutdownEndsStreamsAtOnce() throws Exception {
		RunningServer server = start(List.of(SmallSendBuffers.class), "server.shutdown=graceful",
				"spring.lifecycle.timeout-per-shutdown-phase=20s", "early-response.shutdown.timeout=100ms",
				"early-response.status.event-interval=10ms");
		RecordingListener listener = server.listener();
		String location = running(server);
		try (EventClient client = EventClient.open(server.port(), location);
				EventClient stalled = EventClient.ask(server.port(), location, 4096)) {
			assertThat(client.next().get("event")).isEqualTo("status");
			chatter(server);
			// More than the buffers of both sockets hold for the one that does not read
			for (int i = 0; i < 100; i++) {
				assertThat(client.next().get("data")).contains("running");
			}
			long start = System.nanoTime();
			server.context().close();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			await().pollDelay(Duration.ZERO).until(() -> client.next() == null);
			assertThat(listener.outcomes()).containsExactly(PostPhaseOutcome.ABANDONED);
		}
	}

	@Test
	void filtersThatKeepBodiesDoNotKeepEvents() throws Exception {
		try (RunningServer server = start(List.of(EtagFilter.class), "server.compression.enabled=true")) {
			String location = running(server);
			try (EventClient client = EventClient.open(server.port(), location, "Accept-Encoding: gzip")) {
				assertThat(client.head()).containsIgnoringCase("X-Content-Type-Options: nosniff");
				assertThat(client.next().get("event")).isEqualTo("status");
				progress(server, 1);
				assertThat(client.next().get("data")).contains("step 1");
				server.bean(FollowedShop.Work.class).end(1);
				assertThat(client.next().get("event")).isEqualTo("finished");
				assertThat(client.next()).isNull();
			}
		}
	}

	/**
	 * Full after some events, where they are some megabytes otherwise.
	 */
	@Configuration(proxyBeanMethods = false)
	static class SmallSendBuffers {

		private static final int SIZE = 16 * 1024;

		@Bean
		WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> smallBuffersOfTomcat() {
			return (factory) -> factory.addConnectorCustomizers(
					(connector) -> connector.setProperty("socket.txBufSize", String.valueOf(SIZE)));
		}

		@Bean
		WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory> smallBuffersOfJetty() {
			return (factory) -> factory.addServerCustomizers((server) -> Stream.of(server.getConnectors())
				.forEach((connector) -> ((ServerConnector) connector).setAcceptedSendBufferSize(SIZE)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class EtagFilter {

		@Bean
		ShallowEtagHeaderFilter etagFilter() {
			return new ShallowEtagHeaderFilter();
		}

	}

}
