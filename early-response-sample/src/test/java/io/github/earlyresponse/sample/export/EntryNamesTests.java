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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class EntryNamesTests {

	private final EntryNames names = new EntryNames();

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			recipe.pdf               | recipe.pdf
			Crème brûlée 🍮.txt      | Crème brûlée 🍮.txt
			../../etc/passwd         | passwd
			C:\\Users\\x\\y.txt      | y.txt
			a/b\\c.txt               | c.txt
			''                       | file
			' . '                    | file
			folder/                  | file
			..                       | file
			.bashrc                  | bashrc
			end. .                   | end
			nul                      | _nul
			COM1.txt                 | _COM1.txt
			a:b*c?d"e<f>g           | abcdefg
			""", quoteCharacter = '\'')
	void nameIsHarmless(String wanted, String name) {
		assertThat(this.names.next(wanted)).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CON", "con", "Prn.txt", "aux.", "AUX .x", "CON .txt", "CON\t.txt", "nul  . txt",
			"NUL.tar.gz", "nul.", "COM0", "com9.log", "LPT0.x", "lpt9", "COM\u00b9", "com\u00b2.txt", "LPT\u00b3 .txt",
			"COM\u2460", "CONIN$", "conout$.txt", "CLOCK$", "\uff23\uff2f\uff2e", "CON\u00a0.txt", "COM\u200b1",
			"folder/nul", " nul", ".nul" })
	void deviceOfWindowsIsNoName(String wanted) {
		assertThat(this.names.next(wanted)).startsWith("_");
	}

	@ParameterizedTest
	@ValueSource(strings = { "console", "con1", "CONX.txt", "COM", "COM10", "COMA", "LPT.txt", "null", "nul_", "a.con",
			"CONIN", "clock", "_nul", "my con.txt" })
	void whatOnlyLooksLikeADeviceStays(String wanted) {
		assertThat(this.names.next(wanted)).isEqualTo(wanted);
	}

	@Test
	void numberMakesNoDevice() {
		assertThat(this.names.next("com1")).isEqualTo("_com1");
		assertThat(this.names.next("COM1")).isEqualTo("_COM1 (2)");
	}

	@Test
	void missingNameIsReplaced() {
		assertThat(this.names.next(null)).isEqualTo("file");
	}

	@Test
	void controlAndInvisibleCharactersAreLeftOut() {
		assertThat(this.names.next("a\u0000b\r\nc\u202Etxt.exe\u2028")).isEqualTo("abctxt.exe");
		assertThat(this.names.next("lone \uD83C surrogate")).isEqualTo("lone  surrogate");
	}

	@Test
	void longNameKeepsItsExtension() {
		assertThat(this.names.next("🍮".repeat(200) + ".txt")).isEqualTo("🍮".repeat(49) + ".txt");
		assertThat(this.names.next("a." + "b".repeat(200))).hasSize(100);
	}

	@ParameterizedTest
	@ValueSource(strings = { "🍮", "梅", "é", "a" })
	void longNameFitsEveryFileSystem(String character) {
		for (String extension : new String[] { "", ".txt", ".ⅧⅧⅧⅧⅧⅧⅧⅧ" }) {
			for (int i = 0; i < 3; i++) {
				String name = this.names.next(character.repeat(300) + extension);
				assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(255);
				assertThat(name).startsWith(character).endsWith(extension).doesNotContain("\ufffd");
			}
		}
	}

	@Test
	void nameThatWasCutEndsWithNeitherDotNorBlank() {
		assertThat(this.names.next("a".repeat(98) + " ." + "b".repeat(200))).isEqualTo("a".repeat(98));
		assertThat(this.names.next("a".repeat(94) + ". b".repeat(50) + ".txt")).isEqualTo("a".repeat(94) + ".txt");
	}

	@Test
	void namesThatClashAreNumbered() {
		assertThat(this.names.next("a.txt")).isEqualTo("a.txt");
		assertThat(this.names.next("b/a.txt")).isEqualTo("a (2).txt");
		assertThat(this.names.next("a.txt")).isEqualTo("a (3).txt");
		assertThat(this.names.next("a (2).txt")).isEqualTo("a (2) (2).txt");
		assertThat(this.names.next("a")).isEqualTo("a");
		assertThat(this.names.next("a")).isEqualTo("a (2)");
	}

	@Test
	void namesThatDifferInCaseOrCompositionClash() {
		this.names.next("Crème.txt");
		assertThat(this.names.next("CRÈME.TXT")).isEqualTo("CRÈME (2).TXT");
		assertThat(this.names.next("Cre\u0300me.txt")).isEqualTo("Crème (3).txt");
	}

	@ParameterizedTest
	@CsvSource({ "ΛΟΓΟΣ.txt,λογος.txt", "λογοσ,λογος", "maſs,MASS", "Straße,STRASSE", "ﬁle,FILE" })
	void namesThatAreOneToSomeFileSystemClash(String first, String second) {
		this.names.next(first);
		assertThat(this.names.next(second)).contains(" (2)");
	}

}
