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

package io.github.earlyresponse.jdbc;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.earlyresponse.RequestSnapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoredRequests}.
 */
class StoredRequestsTests {

	/**
	 * In Turkish, an I in lower case has no dot.
	 */
	@Test
	void headerIsFoundInAnyCaseAndLanguage() {
		Locale locale = Locale.getDefault();
		try {
			Locale.setDefault(Locale.forLanguageTag("tr"));
			RequestSnapshot request = new RequestSnapshot("GET", "/", null, Map.of("If-Match", List.of("1")), Map.of(),
					null, null);
			RequestSnapshot stored = new StoredRequests(List.of()).filter(request);
			assertThat(stored.header("if-match")).isEqualTo("1");
			assertThat(stored.header("IF-MATCH")).isEqualTo("1");
		}
		finally {
			Locale.setDefault(locale);
		}
	}

}
