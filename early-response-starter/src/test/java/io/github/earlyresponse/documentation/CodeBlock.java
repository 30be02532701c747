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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A fenced block of code.
 *
 * @param page the page that it is on
 * @param line the line in which it begins
 * @param language its language, empty if none is given
 * @param lines its lines
 */
record CodeBlock(Path page, int line, String language, List<String> lines) {

	private static final String FENCE = "```";

	static List<CodeBlock> in(Path page) {
		List<CodeBlock> blocks = new ArrayList<>();
		List<String> lines = Documentation.read(page).lines().toList();
		for (int i = 0; i < lines.size(); i++) {
			if (lines.get(i).strip().startsWith(FENCE)) {
				String language = lines.get(i).strip().substring(FENCE.length());
				int begin = i + 1;
				do {
					i++;
				}
				while (!lines.get(i).strip().equals(FENCE));
				blocks.add(new CodeBlock(page, begin, language, lines.subList(begin, i)));
			}
		}
		return blocks;
	}

	String text() {
		return String.join("\n", this.lines);
	}

	@Override
	public String toString() {
		return this.page.getFileName() + ":" + this.line;
	}

}
