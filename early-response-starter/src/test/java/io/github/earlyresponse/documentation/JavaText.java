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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Java code in parts. Comments and white space, line breaks included, do not matter; a
 * line of {@code ...} separates two parts and stands for any code with balanced braces.
 *
 * @param imports what is imported, as in {@code java.util.List} or
 * {@code static java.util.List.of}
 * @param names all names in it, those of types among them
 * @param parts the parts, without what is imported and the package
 */
record JavaText(Set<String> imports, Set<String> names, List<String> parts) {

	private static final Pattern NAME = Pattern.compile("\\w+");

	private static final Pattern IMPORT = Pattern.compile("import\\s+(.+);");

	private static final Pattern PACKAGE = Pattern.compile("package\\s+.+;");

	static JavaText of(String code) {
		Set<String> imports = new LinkedHashSet<>();
		Set<String> names = new HashSet<>();
		List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
		code.replaceAll("(?ms)^\\s*/\\*.*?\\*/", "").lines().map(String::strip).forEach((line) -> {
			Matcher imported = IMPORT.matcher(line);
			if (imported.matches()) {
				imports.add(imported.group(1));
			}
			else if (line.equals("...")) {
				parts.add(new ArrayList<>());
			}
			else if (!PACKAGE.matcher(line).matches()) {
				String text = line.replaceAll("(^|\\s)//.*$", "");
				NAME.matcher(text).results().map(MatchResult::group).forEach(names::add);
				parts.get(parts.size() - 1).add(text.replaceAll("\\s", ""));
			}
		});
		return new JavaText(imports, names,
				parts.stream().map((lines) -> lines.stream().collect(Collectors.joining())).toList());
	}

	boolean isIn(JavaText source) {
		return source.imports.containsAll(this.imports) && source.parts.stream().anyMatch((text) -> isIn(text, 0, 0));
	}

	/**
	 * Whether the code names a type.
	 * @param imported the full name of the type
	 */
	boolean names(String imported) {
		return this.names.contains(imported.replaceFirst(".*\\.", ""));
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
