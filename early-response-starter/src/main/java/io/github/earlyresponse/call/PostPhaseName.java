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

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What a post-phase may be called. Its name is in log lines, metrics and the status, and
 * is kept as long as they are.
 */
public final class PostPhaseName {

	private static final int LONGEST = 200;

	/**
	 * Control characters, ends of lines and paragraphs, halves of a character, and what
	 * turns the direction of the text: with them a name forges lines of a log.
	 */
	private static final Pattern FORBIDDEN = Pattern
		.compile("[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]");

	private PostPhaseName() {
	}

	/**
	 * Checks a name.
	 * @param name the name
	 * @return the name
	 * @throws IllegalArgumentException if it is no name for a post-phase
	 */
	public static String check(@Nullable String name) {
		Assert.hasText(name, "The name of a post-phase must not be empty");
		String reason = reasonAgainst(name);
		Assert.isTrue(reason == null, () -> "The name of a post-phase " + reason);
		return name;
	}

	/**
	 * What speaks against a name that is not empty.
	 * @param name the name
	 * @return the reason, as the rest of a sentence about the name; {@code null} if there
	 * is none
	 */
	static @Nullable String reasonAgainst(String name) {
		if (name.length() > LONGEST) {
			return "must not be longer than " + LONGEST + " characters, but has " + name.length();
		}
		Matcher forbidden = FORBIDDEN.matcher(name);
		if (!forbidden.find()) {
			return null;
		}
		return "must not contain control characters, line separators or marks of the text's direction, but has U+%04X at index %d of '%s'"
			.formatted(name.codePointAt(forbidden.start()), forbidden.start(), FORBIDDEN.matcher(name).replaceAll("?"));
	}

}
