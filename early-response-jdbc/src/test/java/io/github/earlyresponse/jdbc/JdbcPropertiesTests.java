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

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JdbcProperties}.
 */
class JdbcPropertiesTests {

	/**
	 * A plain word of YAML is a Boolean.
	 */
	static Arguments[] work() {
		return new Arguments[] { Arguments.of("true", Work.ON), Arguments.of(true, Work.ON),
				Arguments.of("on", Work.ON), Arguments.of("false", Work.OFF), Arguments.of(false, Work.OFF),
				Arguments.of("off", Work.OFF), Arguments.of("accept-only", Work.ACCEPT_ONLY),
				Arguments.of("acceptOnly", Work.ACCEPT_ONLY), Arguments.of("ACCEPT_ONLY", Work.ACCEPT_ONLY) };
	}

	@ParameterizedTest
	@MethodSource
	void work(Object value, Work work) {
		assertThat(bind(Map.of("early-response.jdbc.work", value)).getWork()).isEqualTo(work);
	}

	@Test
	void namesAreSeparatedByCommas() {
		assertThat(bind(Map.of("early-response.jdbc.names", "send-campaign, pack-export")).getNames())
			.containsExactly("send-campaign", "pack-export");
		assertThat(bind(Map.of("early-response.jdbc.names", "")).getNames()).isEmpty();
	}

	private static JdbcProperties bind(Map<String, Object> values) {
		return new Binder(new MapConfigurationPropertySource(values)).bind("early-response.jdbc", JdbcProperties.class)
			.get();
	}

}
