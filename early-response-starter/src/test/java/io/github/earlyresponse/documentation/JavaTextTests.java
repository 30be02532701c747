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

package io.github.earlyresponse.documentation;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class JavaTextTests {

	private static final JavaText SOURCE = JavaText.of("""
			class Greeter {

				/**
				 * Greets.
				 */
				void greet(String name) {
					if (name != null) { // nobody
						say("http://hello", name);
					}
				}

				void leave() {
				}
			}
			""");

	@ParameterizedTest
	@ValueSource(strings = { "void leave() {\n}", "void leave()\n{ // at last\n}", "say(\"http://hello\",\n\tname);",
			"void greet(String name) {\n\t...\n}", "class Greeter {\n...\nvoid leave() {\n...\n}\n}" })
	void codeIsThere(String code) {
		assertThat(JavaText.of(code).isIn(SOURCE)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "void stay() {\n}", "say(\"https://hello\", name);", "void leave() {\n...\n}\n}\n}",
			"if (name != null) {\n}", "void greet(String name) {\nsay(" })
	void codeIsNotThere(String code) {
		assertThat(JavaText.of(code).isIn(SOURCE)).isFalse();
	}

	@Test
	void ellipsisStaysInItsBraces() {
		assertThat(JavaText.of("if (name != null) {\n...\n}\nvoid leave()").isIn(SOURCE)).isFalse();
	}

	@Test
	void importsAreThoseOfTheSourceInAnyOrder() {
		JavaText source = JavaText.of("package a;\nimport java.util.Map;\nimport java.util.List;\nclass A {\n}");
		assertThat(JavaText.of("import java.util.List;\nimport java.util.Map;\n\nclass A {\n}").isIn(source)).isTrue();
		assertThat(JavaText.of("class A {\n}").isIn(source)).isTrue();
		assertThat(JavaText.of("import java.util.Set;\nclass A {\n}").isIn(source)).isFalse();
	}

	@Test
	void typesAreNamedAsWholeWords() {
		JavaText code = JavaText.of("void a(List list, MapEntry entry)");
		assertThat(code.names("java.util.List")).isTrue();
		assertThat(code.names("java.util.Map")).isFalse();
	}

}
