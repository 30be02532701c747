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

package io.github.earlyresponse.web;

import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.ContextCarrier;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Verdict}.
 */
class VerdictTests {

	private final List<String> steps = new ArrayList<>();

	private final Verdict verdict = new Verdict(() -> this.steps.add("evaluated"));

	private ContextCarrier.Scope open() {
		this.steps.add("opened");
		return () -> this.steps.add("closed");
	}

	@Test
	void isEvaluatedInTheContextOfTheRequest() {
		this.verdict.evaluateIn(this::open);
		assertThat(this.steps).containsExactly("opened", "evaluated", "closed");
		assertThat(this.verdict.isKnownToContinue()).isTrue();
	}

	@Test
	void isEvaluatedOnceAndOpensTheContextForThatOnly() {
		this.verdict.evaluate();
		this.verdict.evaluateIn(this::open);
		assertThat(this.steps).containsExactly("evaluated");
	}

	@Test
	void isEvaluatedWhereTheContextCannotBeOpened() {
		this.verdict.evaluateIn(() -> {
			throw new IllegalStateException("no context");
		});
		assertThat(this.steps).containsExactly("evaluated");
		assertThat(this.verdict.continues()).isTrue();
	}

	@Test
	void isNotKnownBeforeItIsEvaluated() {
		assertThat(this.verdict.isKnownToContinue()).isFalse();
		assertThat(this.steps).isEmpty();
	}

}
