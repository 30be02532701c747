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

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The text of a failure that is stored.
 */
class FailureTextTests {

	@Test
	void fitsItsColumnOnDatabasesThatCountSurrogates() {
		assertThat(of("x" + "😀".repeat(1000))).hasSizeLessThanOrEqualTo(1000).endsWith("😀");
		assertThat(of("x".repeat(2000))).hasSize(1000);
	}

	@Test
	void hasNoCharactersThatDatabasesDoNotStore() {
		assertThat(of("a\u0000b\nc\ud83dd")).endsWith("a b c d");
	}

	private static String of(String message) {
		return FailureText.of(new IllegalStateException(message));
	}

}
