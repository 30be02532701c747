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
package io.github.earlyresponse;

import org.jspecify.annotations.Nullable;

/**
 * Text of a post-phase that is kept and shown: never longer than {@link #LENGTH}
 * characters, and always one that can be written as UTF-8.
 */
final class BoundedText {

	/**
	 * How many characters are kept, the mark of a cut included.
	 */
	static final int LENGTH = 1000;

	private static final char CUT = '\u2026';

	private static final char REPLACEMENT = '\ufffd';

	private BoundedText() {
	}

	/**
	 * The text, cut if it is too long, which an ellipsis at its end shows.
	 * @param text the text
	 * @return the same text if there is nothing to change
	 */
	static @Nullable String of(@Nullable String text) {
		if (text == null) {
			return null;
		}
		return (text.length() > LENGTH) ? wellFormed(cut(text)) : wellFormed(text);
	}

	private static String cut(String text) {
		int end = LENGTH - 1;
		if (Character.isHighSurrogate(text.charAt(end - 1))) {
			end--;
		}
		return text.substring(0, end) + CUT;
	}

	private static String wellFormed(String text) {
		StringBuilder replaced = null;
		for (int i = 0; i < text.length(); i++) {
			if (!Character.isSurrogate(text.charAt(i))) {
				continue;
			}
			if (Character.isSupplementaryCodePoint(text.codePointAt(i))) {
				i++;
				continue;
			}
			replaced = (replaced != null) ? replaced : new StringBuilder(text);
			replaced.setCharAt(i, REPLACEMENT);
		}
		return (replaced != null) ? replaced.toString() : text;
	}

}
