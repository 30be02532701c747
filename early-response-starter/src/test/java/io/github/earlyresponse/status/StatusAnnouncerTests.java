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

package io.github.earlyresponse.status;

import java.net.URI;
import java.security.Principal;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

import io.github.earlyresponse.web.response.PostPhaseAnnouncer.Announcement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StatusAnnouncer}.
 */
class StatusAnnouncerTests {

	private static final String ID = "0123456789abcdef0123456789abcdef";

	private static final int HEAD = 8192;

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private static List<String> postPhases(int count) {
		return Collections.nCopies(count, ID);
	}

	private Announcement announcement(String contextPath, int headBytes) {
		this.request.setContextPath(contextPath);
		this.response.setStatus(202);
		return new StatusAnnouncer("/post-phases", headBytes).prepare(this.request);
	}

	private List<String> announce(String contextPath, int headBytes, int count) {
		announcement(contextPath, headBytes).announce(this.response, postPhases(count));
		return this.response.getHeaders(StatusAnnouncer.POST_PHASE_ID);
	}

	private int headBytes() {
		return this.response.getHeaderNames()
			.stream()
			.flatMap((name) -> this.response.getHeaders(name).stream().map((value) -> name + ": " + value + "\r\n"))
			.mapToInt(String::length)
			.sum();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/front                | /front
			/front/               | /front
			/front/shop           | /front/shop
			front                 | /front
			//evil.example        | /evil.example
			////evil.example//x// | /evil.example/x
			/%5cevil.example      | /%5Cevil.example
			\\evil.example        | /%5Cevil.example
			/\\evil.example       | /%5Cevil.example
			/%2f%2fevil.example   | /%2F%2Fevil.example
			http://evil.example   | /http:/evil.example
			javascript:alert(1)   | /javascript:alert(1)
			/a>; rel="x", <b      | /a%3E
			/a>, <//evil.example> | /a%3E,%20%3C/evil.example%3E
			/a"b'c                | /a%22b'c
			/a b                  | /a%20b
			/a?b#c                | /a%3Fb%23c
			/a%0d%0aX-Own:%20x    | /a%0D%0AX-Own:%20x
			/a%                   | /a%25
			/a%zz                 | /a%25zz
			/a;b=c/d              | /a/d
			/;//evil.example      | /evil.example
			/;a=b//evil.example   | /evil.example
			;/;/;//evil.example/; | /evil.example
			/%3b//evil.example    | /;/evil.example
			/a/;/;b/c;            | /a/c
			/..;/;//evil.example  | /../evil.example
			;                     | ''
			/%e4%bd%a0            | /%E4%BD%A0
			/{id}                 | /%7Bid%7D
			/..                   | /..
			''                    | ''
			/                     | ''
			""")
	void pathStaysOnItsHostAndInItsHeader(String contextPath, String expected) {
		announce(contextPath, HEAD, 1);
		String path = expected + "/post-phases/" + ID;
		assertThat(this.response.getHeaders("Location")).containsExactly(path);
		assertThat(this.response.getHeaders("Link")).containsExactly("<" + path + ">; rel=\"status\"");
		assertThat(URI.create("http://localhost").resolve(path).getHost()).isEqualTo("localhost");
	}

	static Stream<String> characters() {
		Stream<String> halves = Stream.of("\ud83d", "\ude00", "\ud83d\ude00", "\u2028", "\u202e", "\uffff");
		return Stream.concat(Stream.iterate(0, (code) -> code < 256, (code) -> code + 1).map(Character::toString),
				halves);
	}

	@ParameterizedTest
	@MethodSource("characters")
	void noCharacterBreaksTheHeader(String character) {
		announce("/a" + character + "b", HEAD, 1);
		assertThat(this.response.getHeader("Location")).matches("(/[A-Za-z0-9._~%!$&'()*+,=:@-]+)+");
		assertThat(this.response.getHeader("Link")).matches("<(/[A-Za-z0-9._~%!$&'()*+,=:@-]+)+>; rel=\"status\"");
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, 0", "1, 1, 1", "16, 16, 0", "17, 16, 0", "70, 16, 0", "100000, 16, 0" })
	void noMoreThanSixteenAreToldOf(int count, int told, int locations) {
		assertThat(announce("", HEAD, count)).hasSize(told);
		assertThat(this.response.getHeaders("Link")).hasSize(told);
		assertThat(this.response.getHeaders("Location")).hasSize(locations);
		assertThat(this.response.getHeader("Post-Phases-Omitted"))
			.isEqualTo((count > told) ? String.valueOf(count - told) : null);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 500, 1024, 1100, 1200, 1500, 2048, 4096, 8192 })
	void headOfTheContainerHasItsReserve(int headBytes) {
		announce("", headBytes, 70);
		assertThat(headBytes())
			.isLessThanOrEqualTo(Math.max(0, headBytes - 1024) + "Post-Phases-Omitted: 70\r\n".length());
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 100, 500, 900, 1000, 1500, 5000 })
	void pathTakesRoomAsWell(int length) {
		announce("/" + "x".repeat(length), HEAD, 70);
		assertThat(headBytes()).isLessThanOrEqualTo(2048 + 30);
	}

	@Test
	void locationComesLast() {
		this.response.setHeader("X-Own", "x".repeat(HEAD - 1024 - 9 - 120));
		assertThat(announce("", HEAD, 1)).hasSize(1);
		assertThat(this.response.getHeader("Location")).isNull();
		assertThat(this.response.getHeader("Post-Phases-Omitted")).isNull();
	}

	@Test
	void isRepeatedWithoutTraces() {
		this.response.addHeader("Link", "</help>; rel=\"help\"");
		Announcement announcement = announcement("", HEAD);
		for (int count : new int[] { 1, 70, 3, 1, 0 }) {
			announcement.announce(this.response, postPhases(count));
			assertThat(this.response.getHeaders(StatusAnnouncer.POST_PHASE_ID)).hasSize(Math.min(16, count));
			assertThat(this.response.getHeaders("Link")).hasSize(Math.min(16, count) + 1);
			assertThat(this.response.containsHeader("Post-Phases-Omitted")).isEqualTo(count > 16);
			assertThat(this.response.containsHeader("Location")).isEqualTo(count == 1);
		}
		assertThat(this.response.getHeaderNames()).containsOnly("Link");
	}

	@ParameterizedTest
	@CsvSource({ "1000, 1000", "1001, 0", "5000000, 0" })
	void ownerWithLongNameIsNotKept(int length, int kept) {
		Principal principal = () -> "x".repeat(length);
		this.request.setUserPrincipal(principal);
		assertThat(announcement("", HEAD).owner()).hasSize(kept);
	}

}
