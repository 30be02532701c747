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

import io.github.earlyresponse.IdempotencyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link IdempotencyKey}.
 */
class IdempotencyKeyTests {

	@ParameterizedTest
	@CsvSource(quoteCharacter = '\'', value = { "a, a", "'\"a\"', a", "'\"a,b\"', 'a,b'", "'\"a\\\"\\\\\"', 'a\"\\'",
			"a b, a b", "'a\\b', 'a\\b'" })
	void keyIsString(String value, String key) {
		assertThat(IdempotencyKey.parse(value)).isEqualTo(key);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"", "\"\"", "\"a", "\"a\\\"", "\"a\\b\"", "\"a\"b\"", "\"a\";b", "a,b", "a\"b",
			"a\u0000", "\u00e4", "\u007f" })
	void everythingElseIsInvalid(String value) {
		assertInvalid(value);
	}

	@Test
	void keyHasAtMost255Characters() {
		assertThat(IdempotencyKey.parse("a".repeat(255))).hasSize(255);
		assertInvalid("a".repeat(256));
	}

	private static void assertInvalid(String value) {
		assertThatExceptionOfType(IdempotencyException.class).isThrownBy(() -> IdempotencyKey.parse(value))
			.satisfies((ex) -> assertThat(ex.getStatusCode()).isEqualTo(HttpStatus.BAD_REQUEST));
	}

	@Test
	void requestHasOneKeyAtMost() {
		MockHttpServletRequest request = new MockHttpServletRequest();
		assertThat(IdempotencyKey.of(request)).isNull();
		request.addHeader("idempotency-key", " a ");
		assertThat(IdempotencyKey.of(request)).isEqualTo("a");
		request.addHeader("Idempotency-Key", "a");
		assertThatExceptionOfType(IdempotencyException.class).isThrownBy(() -> IdempotencyKey.of(request));
	}

}
