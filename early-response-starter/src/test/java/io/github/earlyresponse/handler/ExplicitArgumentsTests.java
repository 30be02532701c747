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

package io.github.earlyresponse.handler;

import java.util.List;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.engine.PostPhaseMethods;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ExplicitArguments}.
 */
class ExplicitArgumentsTests {

	private static Object[] bind(String postPhase, Object... given) {
		return ExplicitArguments.bind(PostPhaseMethods.of(new PostPhases(), postPhase), given, (value) -> value)
			.arguments();
	}

	@Test
	void bindsInOrder() {
		assertThat(bind("twoTexts", "a", "b")).containsExactly("a", "b");
	}

	@Test
	void leavesOutWhatIsProvided() {
		assertThat(bind("provided", "a", 1L)).containsExactly(null, "a", null, 1L, null);
	}

	@Test
	void bindsNothingToMethodWithoutParameters() {
		assertThat(bind("nothing")).isEmpty();
	}

	@Test
	void wrapperFitsPrimitiveAndNullFitsObject() {
		assertThat(bind("number", 1L)).containsExactly(1L);
		assertThat(bind("twoTexts", null, "b")).containsExactly(null, "b");
	}

	@Test
	void refusesTooFewTooManyAndWrongOnes() {
		assertRefused("(String, String) but was given (String)", "twoTexts", "a");
		assertRefused("(String, String) but was given ()", "twoTexts");
		assertRefused("(String, String) but was given (String, String, String)", "twoTexts", "a", "b", "c");
		assertRefused("(String, String) but was given (String, Long)", "twoTexts", "a", 1L);
		assertRefused("(long) but was given (Integer)", "number", 1);
		assertRefused("(long) but was given (null)", "number", new Object[] { null });
		assertRefused("() but was given (String)", "nothing", "a");
	}

	@Test
	void singleNullThatJavaTakesForTheArrayIsOneNull() {
		assertThat(bind("list", (Object[]) null)).containsExactly((Object) null);
	}

	private static void assertRefused(String message, String postPhase, Object... given) {
		assertThatIllegalArgumentException().isThrownBy(() -> bind(postPhase, given))
			.withMessageContaining("Post-phase '" + postPhase + "'")
			.withMessageContaining("PostPhases." + postPhase + "()")
			.withMessageEndingWith(message);
	}

	static class PostPhases {

		void nothing() {
		}

		void twoTexts(String first, String second) {
		}

		void number(long number) {
		}

		void list(List<String> list) {
		}

		void provided(PostPhaseContext context, String text, RequestSnapshot request, long number,
				RuntimeException failure) {
		}

	}

}
