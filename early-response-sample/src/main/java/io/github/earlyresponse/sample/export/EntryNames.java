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

package io.github.earlyresponse.sample.export;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Names for the entries of one archive that harm nobody who unpacks it: without folders,
 * and no two of them the same. What a client calls its file can be anything.
 */
class EntryNames {

	private static final int LONGEST = 100;

	/** File systems of Linux take 255 bytes, and a number may have to be added. */
	private static final int LONGEST_BYTES = 200;

	private static final int LONGEST_EXTENSION = 10;

	private static final Pattern FOLDERS = Pattern.compile("^.*[/\\\\]", Pattern.DOTALL);

	/** Control and invisible characters, and what Windows does not allow. */
	private static final Pattern FORBIDDEN = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}:*?\"<>|]");

	/**
	 * A name that begins with a dot is hidden, one that ends with it is cut by Windows.
	 */
	private static final Pattern EDGES = Pattern.compile("^[\\s.]+|[\\s.]+$");

	/**
	 * What is a device on Windows, whatever comes after a dot and with blanks before it.
	 */
	private static final Pattern DEVICE = Pattern
		.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d|conin\\$|conout\\$|clock\\$)\\s*(\\..*)?");

	private final Set<String> taken = new HashSet<>();

	/**
	 * Makes a name for the next entry.
	 * @param wanted what its file is called
	 * @return a harmless name that no other entry has
	 */
	String next(@Nullable String wanted) {
		String name = harmless((wanted != null) ? wanted : "");
		int dot = extension(name);
		String free = name;
		for (int i = 2; !this.taken.add(folded(free)); i++) {
			free = "%s (%d)%s".formatted(name.substring(0, dot), i, name.substring(dot));
		}
		return free;
	}

	private static String harmless(String wanted) {
		String name = FOLDERS.matcher(wanted).replaceFirst("");
		name = FORBIDDEN.matcher(Normalizer.normalize(name, Normalizer.Form.NFC)).replaceAll("");
		name = shorten(EDGES.matcher(name).replaceAll(""));
		if (name.isEmpty()) {
			return "file";
		}
		return (isDevice(name)) ? "_" + name : name;
	}

	/**
	 * Windows takes superscript digits for digits; so does the compatibility form.
	 */
	private static boolean isDevice(String name) {
		return DEVICE.matcher(Normalizer.normalize(name, Normalizer.Form.NFKC)).matches();
	}

	private static String shorten(String name) {
		if (isShort(name)) {
			return name;
		}
		int dot = extension(name);
		String extension = name.substring(dot);
		int end = name.offsetByCodePoints(0, Math.min(LONGEST, name.codePointCount(0, dot)));
		while (!isShort(name.substring(0, end) + extension)) {
			end = name.offsetByCodePoints(end, -1);
		}
		return EDGES.matcher(name.substring(0, end)).replaceAll("") + extension;
	}

	private static boolean isShort(String name) {
		return name.codePointCount(0, name.length()) <= LONGEST
				&& name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BYTES;
	}

	/**
	 * The same for names that some file system does not tell from each other: both cases,
	 * because there are letters with several small or no capital ones.
	 */
	private static String folded(String name) {
		String folded = name.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT);
		return Normalizer.normalize(folded, Normalizer.Form.NFC);
	}

	private static int extension(String name) {
		int dot = name.lastIndexOf('.');
		return (dot > 0 && name.length() - dot <= LONGEST_EXTENSION) ? dot : name.length();
	}

}
