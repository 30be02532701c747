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

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the head of an early response tells of its post-phases.
 */
class StatusAnnouncementTests {

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED);
		server.bean(FollowedShop.Work.class).end(1000);
	}

	@AfterAll
	static void stop() {
		server.close();
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
	void prefixOfProxyIsRespected() throws Exception {
		try (RunningServer other = RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class),
				FollowedShop.ENABLED, "server.forward-headers-strategy=framework");
				RawHttpClient client = other.client()) {
			RawResponse response = client.post("/exports", "{}", "X-Forwarded-Prefix: /front");
			assertThat(response.header("Location")).isEqualTo("/front/post-phases/" + response.header("Post-Phase-Id"));
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
