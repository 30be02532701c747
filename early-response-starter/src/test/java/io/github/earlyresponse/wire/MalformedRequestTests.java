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
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.Http2Client;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that a container refuses, or that it reads otherwise than they look: they are
 * answered as without the status and without the library, byte by byte.
 */
@ExtendWith(OutputCaptureExtension.class)
class MalformedRequestTests {

	private static final String HOST = "Host: localhost\r\nConnection: close\r\n";

	private static RunningServer without;

	private static RunningServer with;

	private static RunningServer withStatus;

	@BeforeAll
	static void start() {
		without = start("early-response.enabled=false");
		with = start("early-response.status.enabled=false");
		withStatus = start(FollowedShop.ENABLED, "early-response.status.cancellation=true");
	}

	private static RunningServer start(String property, String... more) {
		return RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class, Bodies.class),
				Stream.concat(Stream.of(property, "server.http2.enabled=true"), Stream.of(more))
					.toArray(String[]::new));
	}

	@AfterAll
	static void stop() {
		without.context().close();
		with.close();
		withStatus.close();
	}

	static Stream<String> names() {
		return requests().keySet().stream();
	}

	private static Map<String, String> requests() {
		Map<String, String> requests = new LinkedHashMap<>();
		for (String target : List.of("/go%00", "/go\0", "/{id}", "/plain|", "/plain\\..", "/..\\plain", "/a%5c..",
				"/%2e%2e/plain", "/../plain", "/../../etc/passwd", "/./plain", "//plain", "///", "//evil.example/plain",
				"/a%2fb", "/a%2Fevents", "/post-phases/%2fevents", "/plain%", "/plain%2", "/plain%zz", "/%ff%fe",
				"/%c0%ae%c0%ae/plain", "/plain;", "/plain;a=b;c", "/;/plain", "/post-phases/x;y/events",
				"/post-phases/{id}/events", "/post-phases//events", "/post-phases/x/events%00",
				"/post-phases/x/event%73", "/events", "/plain?a={b}", "/plain?a=%", "/plain?%00", "/plain#part",
				"/plain\u00e4", "/plain\u0001", "/plain\u007f", "/\"plain\"", "/<plain>", "/^plain`", "plain", "*", "",
				"http://localhost/plain", "http://localhost", "http://", "http:///plain", "http://other.example/plain",
				"http://user@localhost/plain", "http://localhost:99999/plain", "https://localhost/plain",
				"ftp://localhost/plain", "localhost:80", "?", "/plain /more")) {
			requests.put("GET " + target, "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n");
		}
		for (String method : List.of("CONNECT", "TRACE", "TRACK", "PROPFIND", "PRI", "get", "G(ET", "GET,", "")) {
			requests.put("method " + method, method + " /plain HTTP/1.1\r\n" + HOST + "\r\n");
		}
		requests.put("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + HOST + "\r\n");
		requests.put("TRACE events", "TRACE /post-phases/x/events HTTP/1.1\r\n" + HOST + "\r\n");
		requests.put("TRACE annotated", "TRACE /answer/200 HTTP/1.1\r\n" + HOST + "\r\n");
		requests.put("CONNECT authority", "CONNECT localhost:80 HTTP/1.1\r\n" + HOST + "\r\n");
		for (String version : List.of("HTTP/3.0", "HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/1", "HTTP/11", "http/1.1",
				"HTTP/1.1 ", "HTTPS/1.1", "SIP/2.0", "x")) {
			requests.put("version " + version, "GET /plain " + version + "\r\n" + HOST + "\r\n");
		}
		requests.put("simple", "GET /plain\r\n");
		requests.put("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
		requests.put("nothing", "\r\n\r\n\r\n");
		requests.put("noise", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n");
		for (String headers : List.of("", "Host:", "Host: a\r\nHost: b", "Host: a\r\nHost: a", "Host: a, b",
				"Host: local host", "Host: {host}", "Host: localhost:port", "Host: localhost:-1", "Host: [::1",
				"Host: \u00e4", "Host: a/b", "Host: a@b", "Host: a\0b", HOST + "Na me: x", HOST + "Name : x",
				HOST + ": x", HOST + "Name", HOST + "(name): x", HOST + "N\0me: x", HOST + "Name: \0",
				HOST + "Name: a\u0001b", HOST + "Name: \u00e4", HOST + " folded: x", HOST + "Name: x\r\n folded",
				HOST + "Content-Length: -1", HOST + "Content-Length: x", HOST + "Content-Length: 1, 1",
				HOST + "Content-Length: 1\r\nContent-Length: 2", HOST + "Content-Length: 99999999999999999999",
				HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked", HOST + "Transfer-Encoding: gzip",
				HOST + "Transfer-Encoding: chunked, identity", HOST + "Transfer-Encoding: unknown",
				HOST + "Expect: nonsense", HOST + "Upgrade: h2c\r\nHTTP2-Settings: %%%", HOST + "Accept: nonsense",
				HOST + "Accept: */*;q=x", HOST + "Content-Type: nonsense", HOST + "Cookie: =;\u0001=",
				HOST + "Range: bytes=x-", HOST + "If-None-Match: \"", HOST + "If-Modified-Since: never",
				HOST + "X-Large: " + "x".repeat(100_000))) {
			String name = (headers.length() > 100) ? headers.substring(0, 100) : headers;
			requests.put("headers " + name, "GET /plain HTTP/1.1\r\n" + headers + "\r\n\r\n");
		}
		for (String chunks : List.of("x\r\n\r\n", "-1\r\n\r\n", "5\r\nabc", "5\r\nabcdefg\r\n0\r\n\r\n",
				"ffffffffffffffff\r\n", "3;\0\r\nabc\r\n0\r\n\r\n", "0\r\nBad trailer\r\n\r\n", "")) {
			requests.put("chunks " + chunks, "POST /body HTTP/1.1\r\n" + HOST
					+ "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
		}
		requests.put("bare line feeds", "GET /plain HTTP/1.1\nHost: localhost\nConnection: close\n\n");
		requests.put("bare carriage returns", "GET /plain HTTP/1.1\rHost: localhost\r\r");
		requests.put("long target", "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\n" + HOST + "\r\n");
		requests.put("many headers", "GET /plain HTTP/1.1\r\n" + HOST + "Name: x\r\n".repeat(500) + "\r\n");
		requests.put("body of events",
				"GET /post-phases/x/events HTTP/1.1\r\n" + HOST + "Content-Length: x\r\nLast-Event-ID: \0\r\n\r\n");
		return requests;
	}

	@ParameterizedTest
	@MethodSource("names")
	void isAnsweredAsWithoutTheLibrary(String name, CapturedOutput output) throws Exception {
		String request = requests().get(name);
		String expected = exchange(without, request);
		String log = output.getAll();
		assertThat(exchange(with, request)).isEqualTo(expected);
		if (!request.contains("/post-phases")) {
			assertThat(exchange(withStatus, request)).isEqualTo(expected);
		}
		else {
			assertThat(exchange(withStatus, request)).containsPattern("\\A(HTTP/1.1 (400|404|405|414)|\\z)");
		}
		assertThat(output.getAll().substring(log.length())).doesNotContain(" ERROR ");
		with.awaitBalance();
		withStatus.awaitBalance();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			GET     | /plain                      |
			GET     | /{id}                       |
			GET     | //plain                     |
			GET     | /a%2fb                      |
			GET     | /a%5cb                      |
			GET     | /%ff%fe                     |
			GET     | /plain;a=b                  |
			GET     | *                           |
			OPTIONS | *                           |
			get     | /plain                      |
			TRACE   | /plain                      |
			PROPFIND| /plain                      |
			CONNECT | /plain                      |
			PRI     | /plain                      |
			GET     | /plain                      | content-length: 5
			GET     | /plain                      | content-length: x
			GET     | /plain                      | host: other.example
			GET     | /plain                      | connection: close
			GET     | /plain                      | transfer-encoding: chunked
			GET     | /plain                      | te: gzip
			GET     | /plain                      | expect: nonsense
			GET     | /plain                      | accept: nonsense
			GET     | /plain                      | name: ab
			GET     | /plain                      | na me: x
			GET     | /plain                      | Name: x
			GET     | /post-phases/x;y/events     |
			GET     | /post-phases//events        |
			TRACE   | /post-phases/x/events       |
			GET     | /post-phases/x/events       | last-event-id: 
			""")
	void overHttp2AsWell(String method, String target, String header, CapturedOutput output) throws Exception {
		String[] headers = (header != null) ? new String[] { header } : new String[0];
		String expected = exchangeOverHttp2(without, method, target, headers);
		String log = output.getAll();
		assertThat(exchangeOverHttp2(with, method, target, headers)).isEqualTo(expected);
		if (!target.contains("/post-phases")) {
			assertThat(exchangeOverHttp2(withStatus, method, target, headers)).isEqualTo(expected);
		}
		else {
			assertThat(exchangeOverHttp2(withStatus, method, target, headers))
				.containsPattern("\\A(HTTP/2 (400|404|405|414)|ended)");
		}
		assertThat(output.getAll().substring(log.length())).doesNotContain(" ERROR ");
		with.awaitBalance();
		withStatus.awaitBalance();
	}

	private static String exchangeOverHttp2(RunningServer server, String method, String target, String... headers) {
		try (Http2Client client = new Http2Client(server.port(), false)) {
			RawResponse response = client.send(method, target, headers).read();
			return withoutWhatDiffers(response.head() + response.body(), server);
		}
		catch (IOException ex) {
			return "ended";
		}
	}

	@Test
	void thereAreEnough() {
		assertThat(requests()).hasSizeGreaterThan(100);
	}

	/**
	 * All that the server sends until it ends the connection. Where it does not read all
	 * that was sent, a reset may overtake the response.
	 */
	private static String exchange(RunningServer server, String request) throws IOException {
		String response = exchangeOnce(server, request);
		for (int i = 0; response == null && i < 20; i++) {
			response = exchangeOnce(server, request);
		}
		return response;
	}

	private static String exchangeOnce(RunningServer server, String request) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
			socket.setSoTimeout(20_000);
			socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
			socket.shutdownOutput();
			String response = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
			return withoutWhatDiffers(response, server);
		}
		catch (SocketException ex) {
			return null;
		}
	}

	private static String withoutWhatDiffers(String response, RunningServer server) {
		return response.replaceAll("(?mi)^Date: .*$", "Date: -")
			.replaceAll("(?i)(Post-Phase-Id|Link): .*\\r\\n", "")
			.replaceAll("\"timestamp\":\"[^\"]*\"", "\"timestamp\":\"-\"")
			.replace(":" + server.port(), ":port");
	}

	@RestController
	static class Bodies {

		@PostMapping("/body")
		@RespondThenContinue("note")
		int body(@RequestBody byte[] body) {
			return body.length;
		}

	}

}
