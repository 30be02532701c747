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

package io.github.earlyresponse.web.idempotency;

import java.util.Collections;
import java.util.List;

import io.github.earlyresponse.IdempotencyException;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * Reads the key of a request: a string of structured fields, or the same without quotes.
 */
final class IdempotencyKey {

	static final String HEADER = "Idempotency-Key";

	private static final int LONGEST = 255;

	private IdempotencyKey() {
	}

	/**
	 * The key of a request.
	 * @return the key, {@code null} if it has none
	 * @throws IdempotencyException if it is invalid
	 */
	static @Nullable String of(HttpServletRequest request) {
		List<String> values = Collections.list(request.getHeaders(HEADER));
		if (values.isEmpty()) {
			return null;
		}
		if (values.size() > 1) {
			throw invalid("There is more than one " + HEADER + ".");
		}
		return parse(values.get(0).strip());
	}

	/**
	 * Parses the value of the header.
	 * @throws IdempotencyException if it is invalid
	 */
	static String parse(String value) {
		String key = (value.startsWith("\"")) ? unquote(value) : value;
		boolean quoted = value.startsWith("\"");
		boolean valid = key != null && !key.isEmpty() && key.length() <= LONGEST
				&& key.chars().allMatch((character) -> character >= ' ' && character <= '~');
		// Several headers may have become one with commas
		if (key == null || !valid || (!quoted && (key.indexOf(',') >= 0 || key.indexOf('"') >= 0))) {
			throw invalid(HEADER + " has to be a string of 1 to " + LONGEST
					+ " printable ASCII characters in double quotes, or without quotes if it contains no comma.");
		}
		return key;
	}

	private static @Nullable String unquote(String value) {
		StringBuilder key = new StringBuilder();
		int last = value.length() - 1;
		for (int i = 1; i < last; i++) {
			char character = value.charAt(i);
			if (character == '\\') {
				i++;
				character = value.charAt(i);
				if (i == last || (character != '"' && character != '\\')) {
					return null;
				}
			}
			else if (character == '"') {
				return null;
			}
			key.append(character);
		}
		return (last > 0 && value.charAt(last) == '"') ? key.toString() : null;
	}

	private static IdempotencyException invalid(String detail) {
		return new IdempotencyException(HttpStatus.BAD_REQUEST, detail, null);
	}

}
