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

package io.github.earlyresponse.call;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PostPhaseName}.
 */
class PostPhaseNameTests {

	@ParameterizedTest
	@ValueSource(strings = { "a", "send-mail", "OrderController.order", "two words", "caf\u00e9", "\u624b\u7d19",
			"\u0646\u0627\u0645\u0647\u200c\u0647\u0627", "\ud83d\ude00", "\"quoted\"", "${placeholder}" })
	void namesOfVisibleCharacters(String name) {
		assertThat(PostPhaseName.check(name)).isSameAs(name);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " " })
	void emptyOnes(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> PostPhaseName.check(name))
			.withMessage("The name of a post-phase must not be empty");
	}

	@ParameterizedTest
	@ValueSource(ints = { '\n', '\r', '\t', 0, 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x61c, 0x200e, 0x200f, 0x202a,
			0x202e, 0x2066, 0x2069, 0xd83d, 0xde00 })
	void charactersThatForgeLines(int character) {
		assertThatIllegalArgumentException().isThrownBy(() -> PostPhaseName.check("mail" + (char) character + "x"))
			.withMessage(
					"The name of a post-phase must not contain control characters, line separators or marks of the "
							+ "text's direction, but has U+%04X at index 4 of 'mail?x'".formatted(character));
	}

	@Test
	void length() {
		assertThat(PostPhaseName.check("x".repeat(200))).hasSize(200);
		assertThatIllegalArgumentException().isThrownBy(() -> PostPhaseName.check("x".repeat(5_000_000)))
			.withMessage("The name of a post-phase must not be longer than 200 characters, but has 5000000");
	}

}
