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

import java.util.Collections;
import java.util.stream.IntStream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InClause}.
 */
class InClauseTests {

	@ParameterizedTest
	@CsvSource({ "1, 1", "2, 2", "3, 4", "4, 4", "5, 8", "5000, 8192" })
	void repeatsTheLastValue(int values, int parameters) {
		InClause in = new InClause(IntStream.rangeClosed(1, values).mapToObj(String::valueOf).toList());
		assertThat(in).hasToString("in (" + String.join(", ", Collections.nCopies(parameters, "?")) + ")");
		assertThat(in.values()).hasSize(parameters).startsWith("1").endsWith(String.valueOf(values));
		assertThat(in.values()).doesNotContainNull();
	}

}
