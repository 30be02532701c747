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

package io.github.earlyresponse.web.idempotency;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockPart;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Fingerprint} and {@link DigestedRequest}.
 */
class FingerprintTests {

	@Test
	void isThatOfTheContent() throws IOException {
		String fingerprint = fingerprint(request("text/plain", "a"));
		assertThat(fingerprint).hasSize(64).isEqualTo(fingerprint(request("text/plain", "a")));
		assertThat(fingerprint(request("text/plain", "b"))).isNotEqualTo(fingerprint);
		assertThat(fingerprint(request("text/html", "a"))).isNotEqualTo(fingerprint);
		assertDiffers(fingerprint, (request) -> request.setMethod("PUT"));
		assertDiffers(fingerprint, (request) -> request.setRequestURI("/b"));
		assertDiffers(fingerprint, (request) -> request.setQueryString("a"));
		MockHttpServletRequest otherHeaders = request("text/plain", "a");
		otherHeaders.addHeader("Accept", "text/html");
		assertThat(fingerprint(otherHeaders)).isEqualTo(fingerprint);
	}

	private static void assertDiffers(String fingerprint, Consumer<MockHttpServletRequest> change) throws IOException {
		MockHttpServletRequest request = request("text/plain", "a");
		change.accept(request);
		assertThat(fingerprint(request)).isNotEqualTo(fingerprint);
	}

	@Test
	void isTheSameHoweverMuchWasRead() throws IOException {
		String body = "a".repeat(100_000) + "end";
		String fingerprint = fingerprint(request("text/plain", body));
		HttpServletRequest half = digested(request("text/plain", body));
		half.getInputStream().readNBytes(50_000);
		assertThat(Fingerprint.of(DigestedRequest.find(half))).isEqualTo(fingerprint);
		HttpServletRequest whole = digested(request("text/plain", body));
		whole.getReader().read(new char[body.length()]);
		assertThat(Fingerprint.of(DigestedRequest.find(whole))).isEqualTo(fingerprint);
	}

	@Test
	void whatWasNotReadIsReadAfterwards() throws IOException {
		HttpServletRequest request = digested(request("text/plain", "\u00e4bc"));
		assertThat(request.getInputStream().read()).isEqualTo(0xC3);
		Fingerprint.of(DigestedRequest.find(request));
		assertThat(request.getInputStream().isFinished()).isFalse();
		assertThat(request.getInputStream().readAllBytes()).hasSize(3);
		assertThat(request.getInputStream().read()).isEqualTo(-1);
		assertThat(request.getInputStream().isFinished()).isTrue();
	}

	@Test
	void formHasItsParameters() throws IOException {
		String fingerprint = fingerprint(form("a", "1", "2"));
		assertThat(fingerprint(form("a", "1", "2"))).isEqualTo(fingerprint);
		assertThat(fingerprint(form("a", "2", "1"))).isNotEqualTo(fingerprint);
		assertThat(fingerprint(form("a", "12"))).isNotEqualTo(fingerprint);
	}

	private static MockHttpServletRequest form(String name, String... values) {
		MockHttpServletRequest request = request("application/x-www-form-urlencoded", "");
		request.setParameter(name, values);
		return request;
	}

	/**
	 * Which the container does not read.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "application/x-www-form-urlencodedx", "multipart/form-datax; boundary=a", "no type" })
	void bodyOfOtherTypeThatLooksLikeFormCounts(String contentType) throws IOException {
		assertThat(fingerprint(request(contentType, "a"))).isNotEqualTo(fingerprint(request(contentType, "b")));
	}

	@Test
	void multipartRequestHasItsParts() throws IOException {
		String fingerprint = fingerprint(multipart("1", "a.txt", "content"));
		assertThat(fingerprint(multipart("2", "a.txt", "content"))).isEqualTo(fingerprint);
		assertThat(fingerprint(multipart("1", "b.txt", "content"))).isNotEqualTo(fingerprint);
		assertThat(fingerprint(multipart("1", "a.txt", "other"))).isNotEqualTo(fingerprint);
	}

	private static MockHttpServletRequest multipart(String boundary, String fileName, String content) {
		MockHttpServletRequest request = request("multipart/form-data; boundary=" + boundary, boundary);
		request.addPart(new MockPart("file", fileName, content.getBytes(StandardCharsets.UTF_8)));
		return request;
	}

	@Test
	void requestWithoutKeyIsNotDigested() {
		HttpServletRequest request = new MockHttpServletRequest();
		assertThat(DigestedRequest.of(request)).isSameAs(request);
		assertThat(DigestedRequest.find(request)).isNull();
	}

	private static MockHttpServletRequest request(String contentType, String body) {
		MockHttpServletRequest request = new MockHttpServletRequest("POST", "/a");
		request.setContentType(contentType);
		request.setContent(body.getBytes(StandardCharsets.UTF_8));
		request.addHeader("Idempotency-Key", "key");
		return request;
	}

	private static HttpServletRequest digested(MockHttpServletRequest request) {
		return DigestedRequest.of(request);
	}

	private static String fingerprint(MockHttpServletRequest request) throws IOException {
		return Fingerprint.of(DigestedRequest.find(digested(request)));
	}

}
