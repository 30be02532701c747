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

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.run.LoggableFailure;
import org.jspecify.annotations.Nullable;

/**
 * Failures, and other text, as text that every database takes.
 */
final class FailureText {

	private static final int MAX_LENGTH = 1000;

	private FailureText() {
	}

	static String of(PostPhaseOutcome outcome, @Nullable Throwable failure) {
		return (failure != null) ? of(failure) : outcome.name();
	}

	static String of(Throwable failure) {
		return storable(LoggableFailure.describe(failure));
	}

	/**
	 * A text that every database takes.
	 */
	static String storable(String any) {
		StringBuilder text = new StringBuilder();
		any.codePoints()
			.map((character) -> isStorable(character) ? character : ' ')
			// Not all databases count characters as Java does
			.takeWhile((character) -> text.length() + Character.charCount(character) <= MAX_LENGTH)
			.forEachOrdered(text::appendCodePoint);
		return text.toString().strip();
	}

	private static boolean isStorable(int character) {
		return !Character.isISOControl(character) && Character.getType(character) != Character.SURROGATE;
	}

}
