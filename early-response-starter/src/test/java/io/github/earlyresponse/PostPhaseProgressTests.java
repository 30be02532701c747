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
package io.github.earlyresponse;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the texts that are kept of a post-phase: those of its
 * {@link PostPhaseProgress} and of its {@link PostPhaseResult}.
 */
class PostPhaseProgressTests {

	private static final String PAIR = "\ud83d\ude00";

	private static String message(String message) {
		String told = new PostPhaseProgress(1, 2, message).message();
		assertThat(new PostPhaseResult(null, PostPhaseOutcome.FAILED, null, new IllegalStateException(message))
			.failureMessage()).isEqualTo(told);
		return told;
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 999, 1000 })
	void messageUpToTheBoundStays(int length) {
		String message = "x".repeat(length);
		assertThat(message(message)).isSameAs(message);
	}

	@Test
	void noMessageStaysNone() {
		assertThat(message(null)).isNull();
		assertThat(new PostPhaseResult(null, PostPhaseOutcome.COMPLETED, null, null).failureMessage()).isNull();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1001, 5_000_000 })
	void longerMessageIsCutAndMarked(int length) {
		assertThat(message("x".repeat(length))).hasSize(1000).isEqualTo("x".repeat(999) + "\u2026");
	}

	@Test
	void charactersAreNotCutInHalf() {
		assertThat(message("x".repeat(998) + PAIR + "x")).isEqualTo("x".repeat(998) + "\u2026");
		assertThat(message("x".repeat(997) + PAIR + "xxx")).isEqualTo("x".repeat(997) + PAIR + "\u2026");
		assertThat(message("x".repeat(998) + PAIR)).isEqualTo("x".repeat(998) + PAIR);
	}

	static Stream<String> halves() {
		return Stream.of("\ud83d", "\ude00", "a\ud83d", "\ude00a", "\ude00\ud83d", "\ud83d" + PAIR, PAIR + "\ude00",
				"\ud83d".repeat(2000));
	}

	@ParameterizedTest
	@MethodSource("halves")
	void halfCharactersAreReplaced(String message) {
		String told = message(message);
		assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(told)).isTrue();
		assertThat(told).contains("\ufffd").hasSizeLessThanOrEqualTo(1000);
	}

	@Test
	void failureThatHasNoWayToTellItsMessageHasNone() {
		RuntimeException failure = new RuntimeException() {
			@Override
			public String getMessage() {
				throw new UnsupportedOperationException();
			}
		};
		assertThat(new PostPhaseResult(null, PostPhaseOutcome.FAILED, null, failure).failureMessage()).isNull();
	}

}
