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

package io.github.earlyresponse.test;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ReplaceMissingCondition}.
 */
class ReplaceMissingConditionTests {

	@ParameterizedTest
	@CsvSource({ "false, , true", "false, on, true", "false, off, false", "true, , false", "true, true, false",
			" , , false" })
	void onlySlicesReplaceWhatIsMissing(String autoConfiguration, String replace, boolean expected) {
		MockEnvironment environment = new MockEnvironment();
		if (autoConfiguration != null) {
			environment.setProperty(EnableAutoConfiguration.ENABLED_OVERRIDE_PROPERTY, autoConfiguration);
		}
		if (replace != null) {
			environment.setProperty("early-response.test.replace-missing", replace);
		}
		ConditionContext context = mock();
		given(context.getEnvironment()).willReturn(environment);
		assertThat(new ReplaceMissingCondition().getMatchOutcome(context, mock(AnnotatedTypeMetadata.class)).isMatch())
			.isEqualTo(expected);
	}

}
