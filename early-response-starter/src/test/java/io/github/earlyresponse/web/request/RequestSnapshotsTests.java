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

package io.github.earlyresponse.web.request;

import java.nio.file.Path;
import java.util.Locale;

import io.github.earlyresponse.RequestSnapshot;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockPart;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RequestSnapshots} and the parts that are kept with them: names of
 * headers have no language. In Turkish, an I in lower case has no dot.
 */
class RequestSnapshotsTests {

	private final Locale locale = Locale.getDefault();

	@BeforeEach
	void speakTurkish() {
		Locale.setDefault(Locale.forLanguageTag("tr"));
	}

	@AfterEach
	void restoreLocale() {
		Locale.setDefault(this.locale);
	}

	@Test
	void headerIsFoundInAnyCase() {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.addHeader(HttpHeaders.IF_MATCH, "1");
		RequestSnapshot snapshot = RequestSnapshots.of(request);
		assertThat(snapshot.header("if-match")).isEqualTo("1");
		assertThat(snapshot.header("IF-MATCH")).isEqualTo("1");
	}

	@Test
	void headerOfPartIsFoundInAnyCase(@TempDir Path directory) throws Exception {
		MockPart original = new MockPart("part", new byte[1]);
		original.getHeaders().set("X-Id", "1");
		try (UploadDirectory uploadDirectory = UploadDirectory.of(directory)) {
			Part part = (Part) new KeptUploads(uploadDirectory).keep(original);
			assertThat(part.getHeader("x-id")).isEqualTo("1");
			assertThat(part.getHeader("X-ID")).isEqualTo("1");
		}
	}

}
