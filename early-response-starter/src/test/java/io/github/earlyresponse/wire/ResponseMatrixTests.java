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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.testsupport.HttpProtocol;
import io.github.earlyresponse.testsupport.HttpProtocol.Connection;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import io.github.earlyresponse.testsupport.TlsKey;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every kind of response over every protocol: it is the one of a plain handler, and it is
 * complete before the post-phase starts.
 * <p>
 * The same application runs twice, once with {@code early-response.enabled=false}. The
 * other one has room for one post-phase, and what finds none is done by the request
 * thread itself. All post-phases wait until the test has read the responses. So the
 * second response is complete only if it was completed before the hand-over.
 */
class ResponseMatrixTests {

	@TempDir
	private static Path directory;

	private static final Map<Boolean, RunningServer> early = new HashMap<>();

	private static final Map<Boolean, RunningServer> plain = new HashMap<>();

	@BeforeAll
	static void start() throws Exception {
		String[] tls = new TlsKey(directory).properties();
		for (boolean secure : new boolean[] { false, true }) {
			List<String> properties = new ArrayList<>(List.of(RunningServer.EVERYTHING, "server.http2.enabled=true",
					"server.compression.enabled=true", "early-response.executor.max-concurrency=1",
					"early-response.executor.queue-capacity=0", "early-response.when-saturated=caller-runs"));
			if (secure) {
				properties.addAll(List.of(tls));
			}
			early.put(secure, start(properties, "early-response.enabled=true"));
			plain.put(secure, start(properties, "early-response.enabled=false"));
		}
	}

	private static RunningServer start(List<String> properties, String property) {
		return RunningServer.startSecured(
				List.of(ResponseController.class, ResponseController.Work.class, ResponseController.Web.class),
				Stream.concat(properties.stream(), Stream.of(property)).toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		early.values().forEach(RunningServer::close);
		plain.values().forEach(RunningServer::close);
	}

	static Stream<Arguments> matrix() {
		return Arrays.stream(ResponseKind.values())
			.flatMap((kind) -> Arrays.stream(HttpProtocol.values()).map((protocol) -> Arguments.of(kind, protocol)));
	}

	@ParameterizedTest(name = "{0} over {1}")
	@MethodSource("matrix")
	void isTheOneOfAPlainHandlerAndCompleteBeforeThePostPhase(ResponseKind kind, HttpProtocol protocol)
			throws Exception {
		RunningServer server = early.get(protocol.isSecure());
		ResponseController.Work work = server.bean(ResponseController.Work.class);
		int before = server.listener().finished().size();
		try (Connection reference = protocol.connect(plain.get(protocol.isSecure()).port());
				Connection first = protocol.connect(server.port());
				Connection second = protocol.connect(server.port())) {
			RawResponse expected = exchange(reference, kind.expected());
			assertThat(expected.status()).isLessThan(400);
			work.block();
			assertThat(exchange(first, kind).content()).isEqualTo(expected.content());
			second.send(kind.path(), kind.headers());
			RawResponse actual = read(second, protocol, expected);
			assertThat(actual.content()).as("complete although its thread does the work").isEqualTo(expected.content());
			assertThat(server.operations().inFlightCount()).as("both post-phases wait").isEqualTo(2);
			work.release();
			String next = reference.next("/ping");
			assertThat(first.next("/ping")).isEqualTo(next);
			assertThat(second.next("/ping")).isEqualTo(next);
		}
		finally {
			work.release();
			assertThat(server.operations().awaitIdle(Duration.ofSeconds(30))).isTrue();
		}
		if (protocol != HttpProtocol.HTTP_2_HEAD) {
			// The client resets streams of that kind, see Http2Exchange
			assertThat(server.listener().finished().stream().skip(before).map(ResponseMatrixTests::delivery)).hasSize(2)
				.containsOnly(Delivery.SENT);
		}
	}

	@Test
	void sessionIsSavedWhenTheResponseIsHere() throws Exception {
		RunningServer server = early.get(false);
		ResponseController.Work work = server.bean(ResponseController.Work.class);
		work.block();
		try (RawHttpClient first = server.client(); RawHttpClient second = server.client()) {
			RawResponse response = first.get("/session");
			assertThat(response.body()).isEqualTo("visited before: null");
			String cookie = response.header("Set-Cookie").replaceAll(";.*", "");
			assertThat(second.get("/session", "Cookie: " + cookie).body()).isEqualTo("visited before: 1");
			assertThat(server.operations().inFlightCount()).isEqualTo(2);
		}
		finally {
			work.release();
		}
		server.awaitBalance();
	}

	@Test
	void bodyThatWaitsForContinueIsRead() throws Exception {
		RunningServer server = early.get(false);
		ResponseController.Work work = server.bean(ResponseController.Work.class);
		work.block();
		try (RawHttpClient reference = plain.get(false).client();
				RawHttpClient first = server.client();
				RawHttpClient second = server.client()) {
			String expected = expectContinue(reference);
			assertThat(expected).contains("{\"waited\":true}");
			assertThat(expectContinue(first)).isEqualTo(expected);
			assertThat(expectContinue(second)).as("complete although its thread does the work").isEqualTo(expected);
			assertThat(server.operations().inFlightCount()).isEqualTo(2);
		}
		finally {
			work.release();
		}
		server.awaitBalance();
	}

	private static String expectContinue(RawHttpClient client) throws IOException {
		byte[] body = "{\"waited\":true}".getBytes(StandardCharsets.US_ASCII);
		client.send("POST", "/echo", null, "Expect: 100-continue", "Content-Type: application/json",
				"Content-Length: " + body.length);
		assertThat(client.readContinue()).isTrue();
		client.write(body);
		return client.read("POST").content();
	}

	private static RawResponse exchange(Connection connection, ResponseKind kind) throws IOException {
		connection.send(kind.path(), kind.headers());
		return connection.read();
	}

	private static RawResponse read(Connection connection, HttpProtocol protocol, RawResponse expected)
			throws IOException {
		// HTTP/1.0 has no chunks: without a length nothing but the end of the connection
		// ends a response, and Tomcat ends it when the request thread is free again
		boolean unended = protocol == HttpProtocol.HTTP_1_0 && expected.header("Content-Length") == null
				&& expected.bodyBytes().length > 0 && ServletContainer.current() == ServletContainer.TOMCAT;
		return (unended) ? connection.readUnended(expected.bodyBytes().length) : connection.read();
	}

	private static Delivery delivery(PostPhaseResult result) {
		return result.postPhase().delivery();
	}

}
