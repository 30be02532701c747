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

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Java code in parts. Comments and white space, line breaks included, do not matter; a
 * line of {@code ...} separates two parts and stands for any code with balanced braces.
 *
 * @param parts the parts
 */
record JavaText(List<String> parts) {

	static JavaText of(String code) {
		List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
		code.replaceAll("(?ms)^\\s*/\\*.*?\\*/", "").lines().map(String::strip).forEach((line) -> {
			if (line.equals("...")) {
				parts.add(new ArrayList<>());
			}
			else {
				parts.get(parts.size() - 1).add(line.replaceAll("(^|\\s)//.*$", "").replaceAll("\\s", ""));
			}
		});
		return new JavaText(parts.stream().map((lines) -> lines.stream().collect(Collectors.joining())).toList());
	}

	boolean isIn(JavaText source) {
		return source.parts.stream().anyMatch((text) -> isIn(text, 0, 0));
	}

	private boolean isIn(String source, int from, int part) {
		if (part == this.parts.size()) {
			return true;
		}
		String wanted = this.parts.get(part);
		for (int at = source.indexOf(wanted, from); at >= 0; at = source.indexOf(wanted, at + 1)) {
			boolean fits = part == 0 || isBalanced(source.substring(from, at));
			if (fits && isIn(source, at + wanted.length(), part + 1)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isBalanced(String code) {
		int depth = 0;
		for (char character : code.toCharArray()) {
			depth += (character == '{') ? 1 : (character == '}') ? -1 : 0;
			if (depth < 0) {
				return false;
			}
		}
		return depth == 0;
	}

}
