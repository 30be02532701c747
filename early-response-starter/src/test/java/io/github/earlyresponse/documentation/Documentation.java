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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The pages of the documentation: README.md, docs/*.md and those of the examples.
 */
final class Documentation {

	private Documentation() {
	}

	static Path root() {
		Path folder = Path.of("").toAbsolutePath();
		while (!Files.exists(folder.resolve("mvnw"))) {
			folder = folder.getParent();
			if (folder == null) {
				throw new IllegalStateException("The tests do not run inside of the project");
			}
		}
		return folder;
	}

	static List<Path> pages() {
		List<Path> pages = new ArrayList<>(files("docs", ".md"));
		pages.addAll(files("examples", ".md"));
		pages.add(root().resolve("README.md"));
		return pages;
	}

	static List<Path> files(String folder, String suffix) {
		try (Stream<Path> files = Files.walk(root().resolve(folder))) {
			return files.filter((file) -> file.toString().endsWith(suffix)).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String read(String file) {
		return read(root().resolve(file));
	}

	/**
	 * The code blocks of all pages that are in one of the given languages.
	 */
	static Stream<CodeBlock> blocks(String... languages) {
		return pages().stream()
			.flatMap((page) -> CodeBlock.in(page).stream())
			.filter((block) -> List.of(languages).contains(block.language()));
	}

	/**
	 * The cells of the rows of a table whose first cell begins with the given text.
	 */
	static List<List<String>> rows(String file, String start) {
		return read(file).lines()
			.filter((line) -> line.startsWith("| `" + start))
			.map((line) -> Stream.of(line.substring(1).split(Pattern.quote("|"))).map(String::strip).toList())
			.toList();
	}

}
