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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

import io.github.earlyresponse.call.InvalidPostPhaseException;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.validation.BindingResult;
import org.springframework.web.method.HandlerMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConditionFactory}.
 */
class ConditionFactoryTests {

	private static Condition create(String handler, String expression) {
		Method method = Arrays.stream(Handlers.class.getDeclaredMethods())
			.filter((candidate) -> candidate.getName().equals(handler))
			.findFirst()
			.orElseThrow();
		DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
		beanFactory.registerSingleton("features", "on");
		beanFactory.registerSingleton("other.features", "on");
		return new ConditionFactory(beanFactory).create(HandlerSignature.of(new HandlerMethod(new Handlers(), method)),
				expression);
	}

	@ParameterizedTest
	@ValueSource(strings = { "#form != null", "#a0.size() == 2", "#p1 != null and #request == null",
			"#result.length() > 1", "@features.length() == 2", "@'other.features' != null",
			"#form.?[#this == 'a'].size() > 0", "#form.![length()][0] == 1", "#form[0] == 'a'",
			"{go: true}['go'] and {'go': #form}[go] != null", "T(java.lang.Math).abs(-1) == 1",
			"#form.contains(#result)", "(#form ?: {}).isEmpty() ? true : #form.size() > 1", "new String('a') == 'a'",
			"true", "new int[2].length == 2", "new java.util.ArrayList(#form).isEmpty() and T(String[]) != T(int)",
			"#result matches '^a{1}$'" })
	void accepts(String expression) {
		assertThat(create("form", expression)).isNotNull();
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"',
			value = { "#from != null | names the unknown variable '#from' | #form", "#a2 | '#a2' | #a1",
					"#form.?[#thiz == 1] | '#thiz' | #form", "#this | '#this' | #form", "#root | '#root' | #form",
					"#form.contains(#text) | '#text' | #result", "form.isEmpty() | asks for 'form' of nothing | #form",
					"isEmpty() | asks for 'isEmpty()' of nothing | begin with #",
					"#form.contains(text) | asks for 'text' of nothing | #form",
					"not (go or #form == null) | asks for 'go' of nothing | #form",
					"@flags.on | names the bean 'flags', which does not exist | name of a bean",
					"#max(1) | calls the unknown function | method of an argument",
					"#form.( | is no expression of SpEL | @EventListener", "++ | is no expression | @EventListener",
					"1e | is no expression | @EventListener", "#form == | is no expression | @EventListener",
					"${go} | has a placeholder, which is not resolved | @environment.getProperty('go')",
					"#form[0] == '${shop.mode:x}' | has a placeholder | @environment.getProperty('shop.mode')",
					"T(java.util.Nothing).x() | names the unknown type 'java.util.Nothing' | qualified name",
					"#form.?[T(Nothing[]).x].size() > 0 | names the unknown type 'Nothing[]' | qualified name",
					"new java.util.Nothing(1) == #form | names the unknown type 'java.util.Nothing' | qualified name" },
			delimiter = '|')
	void refuses(String expression, String reason, String action) {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> create("form", expression))
			.satisfies((ex) -> {
				assertThat(ex.getDescription())
					.startsWith("@RespondThenContinue handler " + Handlers.class.getName()
							+ ".form() has the condition '" + expression + "', which ")
					.contains(reason)
					.endsWith(".");
				assertThat(ex.getAction()).contains(action);
			});
	}

	@Test
	void refusesResultOfHandlerWithout() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> create("nothing", "#result"))
			.withMessageContaining("unknown variable '#result'")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("no variables, because the handler has neither"));
	}

	@Test
	void refusesResultThatIsAlsoAnArgument() {
		assertThatExceptionOfType(InvalidPostPhaseException.class)
			.isThrownBy(() -> create("ambiguous", "!#result.hasErrors()"))
			.withMessageContaining("'#result', which is what the handler answers with and an argument")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("another name").contains("#a0"));
		assertThat(create("ambiguous", "!#a0.hasErrors()")).isNotNull();
		assertThat(create("argumentOnly", "!#result.hasErrors()")).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "  " })
	void blankIsNone(String expression) {
		assertThat(create("form", expression)).isNull();
	}

	static class Handlers {

		String form(List<String> form, HttpServletRequest request) {
			return "result";
		}

		void nothing() {
		}

		String ambiguous(BindingResult result) {
			return "view";
		}

		void argumentOnly(BindingResult result) {
		}

	}

}
