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

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseMethods;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.InputStreamSource;
import org.springframework.mock.web.MockMultipartFile;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

/**
 * Tests for {@link ExplicitArguments}.
 */
class ExplicitArgumentsTests {

	private static Object[] bind(String postPhase, Object... given) {
		return ExplicitArguments.bind(PostPhaseMethods.of(new PostPhases(), postPhase), given, (value) -> value)
			.arguments();
	}

	private static Object bindOne(String postPhase, Object... given) {
		Object[] bound = bind(postPhase, given);
		assertThat(bound).hasSize(1);
		return bound[0];
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

	@Test
	void arrayThatFitsTheOneParameterIsTheArgument() {
		String[] two = { "a", "b" };
		String[] one = { "a" };
		String[] none = {};
		for (String[] array : List.of(two, one, none)) {
			assertThat(bindOne("texts", (Object[]) array)).isSameAs(array);
			assertThat(bindOne("objects", (Object[]) array)).isSameAs(array);
			assertThat(bindOne("anything", (Object[]) array)).isSameAs(array);
			assertThat(bind("textsAndContext", (Object[]) array)[1]).isSameAs(array);
			assertThat(bindOne("variable", (Object[]) array)).isSameAs(array);
		}
		String[][] nested = { one };
		assertThat(bindOne("objects", (Object[]) nested)).isSameAs(nested);
	}

	@Test
	void argumentsOfMethodWithVariableArityMayBeListed() {
		assertThat(bind("variable", "a", "b")).containsExactly((Object) new String[] { "a", "b" });
		assertThat(bind("variable", "a")).containsExactly((Object) new String[] { "a" });
		assertThat(bind("variable")).containsExactly((Object) new String[0]);
		assertThat(bind("variable", "a", null)).containsExactly((Object) new String[] { "a", null });
		assertThat(bind("variable", (Object) null)).containsExactly((Object) null);
		assertThat(bind("variableNumbers", "a", 1, 2)).containsExactly("a", null, new int[] { 1, 2 });
		assertThat(bind("variableNumbers", "a")).containsExactly("a", null, new int[0]);
		assertThat(bind("variableNumbers", "a", new int[] { 1 })).containsExactly("a", null, new int[] { 1 });
		assertThat(bind("variableObjects", "a", 1)).containsExactly((Object) new Object[] { "a", 1 });
		assertThat(bind("variableObjects", "a")).containsExactly((Object) new Object[] { "a" });
		assertRefused("(String...) but was given (String, Integer)", "variable", "a", 1);
		assertRefused("(String, int...) but was given (String, Integer, null)", "variableNumbers", "a", 1, null);
		assertRefused("(String, int...) but was given ()", "variableNumbers");
		assertRefused("(String[]) but was given (String, String)", "texts", "a", "b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "anything", "objects", "unknown", "source", "variableObjects" })
	void uploadsAreKeptWhateverTheirParameterIs(String postPhase) {
		MultipartFile file = new MockMultipartFile("file", new byte[0]);
		Object given = switch (postPhase) {
			case "objects" -> new MultipartFile[] { file };
			case "unknown" -> List.of("text", file);
			default -> file;
		};
		List<Object> kept = new ArrayList<>();
		ExplicitArguments.bind(PostPhaseMethods.of(new PostPhases(), postPhase), new Object[] { given }, (value) -> {
			kept.add(value);
			return value;
		});
		assertThat(kept).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "anything", "unknown" })
	void valuesWithoutUploadsAreLeftAsTheyAre(String postPhase) {
		ExplicitArguments.bind(PostPhaseMethods.of(new PostPhases(), postPhase),
				new Object[] { new TreeSet<>(Set.of("a")) }, (value) -> fail("is no upload"));
	}

	@Test
	void arrayAmongOthersOrWrappedIsTheArgument() {
		String[] array = { "a" };
		Object[] objects = { "a", "b" };
		assertThat(bind("textsAndText", array, "b")).containsExactly(array, "b");
		assertThat(bindOne("texts", (Object) array)).isSameAs(array);
		assertThat(bindOne("objects", (Object) objects)).isSameAs(objects);
		assertThat(bindOne("anything", (Object) objects)).isSameAs(objects);
		int[] numbers = { 1, 2 };
		assertThat(bindOne("numbers", numbers)).isSameAs(numbers);
	}

	@Test
	void arrayThatDoesNotFitIsTheListOfArguments() {
		assertThat(bind("twoTexts", (Object[]) new String[] { "a", "b" })).containsExactly("a", "b");
		assertThat(bind("number", (Object[]) new Long[] { 1L })).containsExactly(1L);
		assertThat(bind("nothing", (Object[]) new String[0])).isEmpty();
		assertThat(bind("texts", (Object[]) new String[][] { { "a" } })).containsExactly((Object) new String[] { "a" });
		assertRefused("(Long[]) but was given (String)", "longs", (Object[]) new String[] { "a" });
	}

	@Test
	void objectArrayIsTheListOfArgumentsUnlessOnlyTheArrayFits() {
		Object[] two = { "a", "b" };
		Object[] one = { "a" };
		Object[] none = {};
		for (Object[] array : List.of(two, one, none)) {
			assertThat(bindOne("objects", array)).isSameAs(array);
		}
		assertThat(bind("anything", one)).containsExactly("a");
		assertThat(bind("objects", new Object[] { null })).containsExactly((Object) null);
		assertRefused("(Object) but was given (String, String)", "anything", two);
		assertRefused("(Object) but was given ()", "anything", none);
		assertRefused("(String[]) but was given ()", "texts", none);
	}

	@Test
	void nullIsNoArray() {
		assertThat(bind("texts", (Object[]) (String[]) null)).containsExactly((Object) null);
		assertThat(bind("anything", (Object[]) null)).containsExactly((Object) null);
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

		void texts(String[] texts) {
		}

		void objects(Object[] objects) {
		}

		void anything(Object anything) {
		}

		void longs(Long[] longs) {
		}

		void numbers(int[] numbers) {
		}

		void variable(String... texts) {
		}

		void variableNumbers(String text, PostPhaseContext context, int... numbers) {
		}

		void variableObjects(Object... objects) {
		}

		void unknown(Collection<?> elements) {
		}

		void source(InputStreamSource source) {
		}

		void textsAndContext(PostPhaseContext context, String[] texts) {
		}

		void textsAndText(String[] texts, String text) {
		}

		void provided(PostPhaseContext context, String text, RequestSnapshot request, long number,
				RuntimeException failure) {
		}

	}

}
