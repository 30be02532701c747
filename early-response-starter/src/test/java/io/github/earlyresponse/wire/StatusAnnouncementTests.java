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

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.github.earlyresponse.testsupport.Http2Client;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.firewall.FirewalledRequest;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.web.util.UriUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * What the head of an early response tells of its post-phases.
 */
class StatusAnnouncementTests {

	private static RunningServer server;

	private static RunningServer proxied;

	private static RunningServer inShop;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED);
		server.bean(FollowedShop.Work.class).end(1000);
		proxied = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class, NoFirewall.class),
				FollowedShop.ENABLED, "server.forward-headers-strategy=framework");
		proxied.bean(FollowedShop.Work.class).end(1000);
		inShop = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.servlet.context-path=/shop");
		inShop.bean(FollowedShop.Work.class).end(1000);
	}

	@AfterAll
	static void stop() {
		server.close();
		proxied.close();
		inShop.close();
	}

	private static RawResponse exchange(String method, String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.exchange(method, path, null);
		}
	}

	private static List<String> headers(RawResponse response, String name) {
		return response.head()
			.lines()
			.filter((line) -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
			.map((line) -> line.substring(name.length() + 1).trim())
			.toList();
	}

	private static void assertAnnounced(RawResponse response, int count) {
		List<String> ids = headers(response, "Post-Phase-Id");
		assertThat(ids).hasSize(count).doesNotHaveDuplicates().allMatch((id) -> id.matches("[0-9a-f]{32}"));
		assertThat(headers(response, "Link"))
			.containsExactlyElementsOf(ids.stream().map((id) -> "</post-phases/" + id + ">; rel=\"status\"").toList());
	}

	@Test
	void acceptedResponseHasAllOfIt() throws Exception {
		RawResponse response = exchange("POST", "/exports");
		assertThat(response.status()).isEqualTo(202);
		assertAnnounced(response, 1);
		assertThat(headers(response, "Location")).containsExactly("/post-phases/" + response.header("Post-Phase-Id"));
	}

	@Test
	void headersOfTheHandlerStay() throws Exception {
		RawResponse response = exchange("POST", "/located");
		assertThat(headers(response, "Location")).containsExactly("/exports/7");
		assertThat(headers(response, "Post-Phase-Id")).hasSize(1);
		assertThat(headers(response, "Link")).hasSize(2).contains("</help>; rel=\"help\"");
	}

	@Test
	void severalPostPhasesHaveNoSingleLocation() throws Exception {
		RawResponse response = exchange("POST", "/several");
		assertAnnounced(response, 3);
		assertThat(response.header("Location")).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/answer/200", "/answer/201", "/callable", "/stream", "/redirect", "/failure/404",
			"/throw-on-failure", "/decide?work=true" })
	void whatRunsIsAnnounced(String path) throws Exception {
		RawResponse response = exchange("GET", path);
		assertAnnounced(response, 1);
		assertThat(response.head()).doesNotContain("Location: /post-phases");
		server.awaitBalance();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/answer/404", "/answer/500", "/failure/200", "/throw", "/status-exception", "/send-error",
			"/write-then-error?size=100", "/write-then-error?size=5000", "/write-then-throw?size=100",
			"/write-then-throw?size=5000", "/writer-argument-then-throw?size=5000", "/never-sent", "/decide?work=false",
			"/plain", "/unknown" })
	void whatDoesNotRunIsNotAnnounced(String path) throws Exception {
		assertAnnounced(exchange("GET", path), 0);
		server.awaitBalance();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/answer/200", "/callable", "/redirect" })
	void headIsAsGet(String path) throws Exception {
		assertAnnounced(exchange("HEAD", path), 1);
	}

	@Test
	void imperativeResponseHasIt() throws Exception {
		RawResponse response = exchange("POST", "/send");
		assertAnnounced(response, 1);
		assertThat(headers(response, "Location")).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/direct?size=10", "/direct?size=3000", "/direct?size=9000", "/direct?size=100000",
			"/direct-writer?size=10", "/direct-writer?size=3000", "/direct-writer?size=9000",
			"/direct-writer?size=100000" })
	void whatIsDecidedBeforeTheHeadIsWrittenIsAnnounced(String path) throws Exception {
		assertAnnounced(exchange("GET", path), 2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/writer-argument?size=10", "/writer-argument?size=3000", "/writer-argument?size=9000",
			"/writer-argument?size=100000", "/stream-argument?size=10", "/stream-argument?size=3000",
			"/stream-argument?size=9000", "/stream-argument?size=100000" })
	void whatAnArgumentWritesIsAnnouncedInItsHead(String path) throws Exception {
		RawResponse response = exchange("GET", path);
		assertAnnounced(response, 1);
		assertThat(response.bodyBytes()).hasSize(Integer.parseInt(path.substring(path.indexOf('=') + 1)));
	}

	@Test
	void whatIsDecidedAfterTheFirstBytesIsAnnounced() throws Exception {
		// More than what may be written at once, less than the buffer
		int before = (ServletContainer.current() == ServletContainer.JETTY) ? 10_000 : 5000;
		assertAnnounced(exchange("GET", "/direct-late?before=" + before + "&after=100000"), 2);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			200,202     | 1
			202,201     | 0
			202,200,202 | 1
			""")
	void locationIsThatOfTheLastStatus(String statuses, int locations) throws Exception {
		RawResponse response = exchange("GET", "/status-late?statuses=" + statuses);
		assertAnnounced(response, 1);
		assertThat(headers(response, "Location")).hasSize(locations);
	}

	@Test
	void whatIsAnnouncedIsInTheHeadAlsoIfAFilterHasWrittenBefore() throws Exception {
		try (RunningServer server = RunningServer
			.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class, Preface.class), FollowedShop.ENABLED);
				RawHttpClient client = server.client()) {
			server.bean(FollowedShop.Work.class).end(1000);
			for (String path : List.of("/direct?size=600", "/writer-argument?size=600", "/stream-argument?size=600")) {
				RawResponse response = client.get(path);
				assertThat(response.header("Post-Phase-Id")).as(path).isNotNull();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 16, 17, 70, 200 })
	void noMoreAreAnnouncedThanAHeadHolds(int count) throws Exception {
		RawResponse response = exchange("POST", "/many?count=" + count);
		assertThat(response.status()).isEqualTo(202);
		assertThat(response.body()).isEqualTo("accepted");
		assertAnnounced(response, Math.min(count, 16));
		assertThat(response.header("Post-Phases-Omitted")).isEqualTo((count > 16) ? String.valueOf(count - 16) : null);
		assertThat(response.header("Location") != null).isEqualTo(count == 1);
		server.awaitBalance();
	}

	@ParameterizedTest
	@CsvSource({ "Link, 10, 100, 16", "Link, 60, 50, 16", "X-Own, 1, 4000, 16", "X-Own, 1, 5500, 11",
			"X-Own, 1, 6900, 0", "Set-Cookie, 50, 100, 9", "Link, 60, 100, 3" })
	void headersOfTheHandlerTakeTheRoom(String name, int headers, int length, int announced) throws Exception {
		RawResponse response = exchange("POST",
				"/many?count=70&name=" + name + "&headers=" + headers + "&length=" + length);
		assertThat(response.status()).isEqualTo(202);
		assertThat(response.body()).isEqualTo("accepted");
		assertThat(headers(response, "Post-Phase-Id")).hasSizeBetween(announced - 1, announced + 1);
		assertThat(headers(response, name)).hasSizeGreaterThanOrEqualTo(headers);
		assertThat(headers(response, "Post-Phases-Omitted"))
			.containsExactly(String.valueOf(70 - headers(response, "Post-Phase-Id").size()));
		server.awaitBalance();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 16, 70 })
	void http2HasNoMore(int count) throws Exception {
		try (RunningServer other = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.http2.enabled=true");
				Http2Client client = new Http2Client(other.port(), false)) {
			RawResponse response = client.send("POST", "/many?count=" + count).read();
			assertThat(response.status()).isEqualTo(202);
			assertAnnounced(response, Math.min(count, 16));
		}
	}

	@Test
	void smallerHeadOfTheContainerIsRespected() throws Exception {
		try (RunningServer other = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.tomcat.max-http-response-header-size=2KB",
				"server.jetty.max-http-response-header-size=2KB"); RawHttpClient client = other.client()) {
			RawResponse response = client.post("/many?count=70", "{}");
			assertThat(response.status()).isEqualTo(202);
			assertThat(headers(response, "Post-Phase-Id")).hasSizeBetween(4, 8);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/front                | /front
			//evil.example        | /evil.example
			/\\evil.example       | /%5Cevil.example
			/%2f%2fevil.example   | /%2F%2Fevil.example
			/;//evil.example      | /evil.example
			/;,//evil.example     | /evil.example
			/a>; rel="x", <b      | /a%3E
			/a"b'c                | /a%22b'c
			/a%0d%0aX-Own:%20x    | /a%0D%0AX-Own:%20x
			/%e4%bd%a0            | /%E4%BD%A0
			''                    | ''
			""")
	void prefixOfProxyStaysOnItsHostAndInItsHeader(String prefix, String expected) throws Exception {
		RawResponse response = forwarded("/exports", "X-Forwarded-Prefix: " + prefix);
		assertThat(response.status()).isEqualTo(202);
		String path = expected + "/post-phases/" + response.header("Post-Phase-Id");
		assertThat(headers(response, "Location")).containsExactly(path);
		assertThat(headers(response, "Link")).containsExactly("<" + path + ">; rel=\"status\"");
		assertThat(response.header("X-Own")).isNull();
		assertThat(URI.create("http://localhost").resolve(path).getHost()).isEqualTo("localhost");
	}

	@ParameterizedTest
	@ValueSource(strings = { "\u0001", "\t", "\u007f", "\u00e4", "\u0085", "\u00ff" })
	void noByteOfAPrefixGoesIntoTheHead(String character) throws Exception {
		// Some of them are refused by the container
		RawResponse response = forwarded("/exports", "X-Forwarded-Prefix: /a" + character + "b");
		assertThat(response.status()).isIn(202, 400);
		assertThat(response.head()).matches("[\\x20-\\x7e\\r\\n]+");
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 1000, 5000 })
	void prefixThatIsTooLongIsNotRepeated(int length) throws Exception {
		RawResponse response = forwarded("/many?count=3", "X-Forwarded-Prefix: /" + "x".repeat(length));
		assertThat(response.status()).isEqualTo(202);
		int announced = headers(response, "Post-Phase-Id").size();
		assertThat(announced).isEqualTo((length == 100) ? 3 : (length == 1000) ? 1 : 0);
		assertThat(response.header("Post-Phases-Omitted"))
			.isEqualTo((announced < 3) ? String.valueOf(3 - announced) : null);
	}

	private static RawResponse forwarded(String path, String header) throws Exception {
		try (RawHttpClient client = proxied.client()) {
			return client.post(path, "{}", header);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/caf\u00e9 | /caf%C3%A9
			/my shop | /my%20shop
			""")
	void contextPathIsEncoded(String contextPath, String encoded) throws Exception {
		assumeThat(contextPath.equals("/caf\u00e9") && ServletContainer.current() == ServletContainer.JETTY)
			.as("Spring MVC refuses such a context path of Jetty, which is not encoded")
			.isFalse();
		try (RunningServer other = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.servlet.context-path=" + contextPath);
				RawHttpClient client = other.client()) {
			String prefix = UriUtils.encodePath(contextPath, StandardCharsets.UTF_8);
			RawResponse response = client.post(prefix + "/exports", "{}");
			assertThat(response.header("Location"))
				.isEqualTo(encoded + "/post-phases/" + response.header("Post-Phase-Id"));
			assertThat(client.get(response.header("Location")).status()).isEqualTo(200);
			other.bean(FollowedShop.Work.class).end(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/shop;a=b/exports", "/%73hop/exports", "//shop/exports", "/shop//exports",
			"/./shop/exports", "/x/../shop/exports", "/shop;jsessionid=secret/exports" })
	void contextPathIsThatOfTheApplicationHoweverItIsAskedFor(String path) throws Exception {
		try (RawHttpClient client = inShop.client()) {
			RawResponse response = client.post(path, "{}");
			// Some of them are refused by the container or the firewall of Spring
			// Security
			if (response.status() == 202) {
				assertThat(response.header("Location"))
					.isEqualTo("/shop/post-phases/" + response.header("Post-Phase-Id"));
			}
			assertThat(response.head()).doesNotContain("secret");
		}
	}

	@Test
	void announcedPathAnswers() throws Exception {
		RawResponse response = exchange("POST", "/exports");
		assertThat(exchange("GET", response.header("Location")).status()).isEqualTo(200);
	}

	@Test
	void contextPathAndServletPathAreRespected() throws Exception {
		try (RunningServer other = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.servlet.context-path=/shop", "spring.mvc.servlet.path=/api",
				"early-response.status.path=/follow/up"); RawHttpClient client = other.client()) {
			RawResponse response = client.post("/shop/api/exports", "{}");
			assertThat(response.header("Location"))
				.isEqualTo("/shop/api/follow/up/" + response.header("Post-Phase-Id"));
			assertThat(client.get(response.header("Location")).status()).isEqualTo(200);
			other.bean(FollowedShop.Work.class).end(1);
		}
	}

	@Test
	void nothingIsAnnouncedUnlessEnabled() throws Exception {
		try (RunningServer other = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class));
				RawHttpClient client = other.client()) {
			RawResponse response = client.post("/exports", "{}");
			assertAnnounced(response, 0);
			assertThat(response.header("Location")).isNull();
			String id = other.operations().inFlight().iterator().next().id();
			assertThat(client.get("/post-phases/" + id).status()).isEqualTo(404);
			other.bean(FollowedShop.Work.class).end(1);
		}
	}

	/**
	 * As without Spring Security, which refuses prefixes that are no clean paths.
	 */
	@Configuration(proxyBeanMethods = false)
	static class NoFirewall {

		@Bean
		HttpFirewall firewall() {
			return new HttpFirewall() {

				@Override
				public FirewalledRequest getFirewalledRequest(HttpServletRequest request) {
					return new FirewalledRequest(request) {

						@Override
						public void reset() {
						}

					};
				}

				@Override
				public HttpServletResponse getFirewalledResponse(HttpServletResponse response) {
					return response;
				}

			};
		}

	}

	/**
	 * Fills the buffer but for the last bytes.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Preface {

		@Bean
		Filter preface() {
			return (request, response, chain) -> {
				byte[] preface = new byte[response.getBufferSize() - 500];
				if (((HttpServletRequest) request).getRequestURI().startsWith("/writer")) {
					response.getWriter().write(new String(preface, StandardCharsets.ISO_8859_1));
				}
				else {
					for (byte part : preface) {
						response.getOutputStream().write(part);
					}
				}
				chain.doFilter(request, response);
			};
		}

	}

}
