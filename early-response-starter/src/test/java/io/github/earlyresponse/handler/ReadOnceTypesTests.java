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

package io.github.earlyresponse.handler;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import javax.xml.transform.sax.SAXSource;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.ResolvableType;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ResponseEntity;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadOnceTypes}.
 */
class ReadOnceTypesTests {

	@ParameterizedTest
	@ValueSource(
			strings = { "directory", "cursor", "saxSource", "deep", "listOfStreams", "bounded", "variable", "array" })
	void typesThatCanBeReadOnceAreFound(String method) {
		assertThat(ReadOnceTypes.findIn(type(method))).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "path", "resource", "list", "iterable", "self" })
	void otherTypesAreNot(String method) {
		assertThat(ReadOnceTypes.findIn(type(method))).isNull();
	}

	@Test
	void valuesThatCanBeReadOnceAreFound(@TempDir Path directory) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
			assertThat(ReadOnceTypes.isReadOnce(files)).isTrue();
		}
		assertThat(ReadOnceTypes.isReadOnce(Optional.of(Stream.of("a")))).isTrue();
		assertThat(ReadOnceTypes.isReadOnce(new Object[] { "a", new StringReader("b") })).isTrue();
		assertThat(ReadOnceTypes.isReadOnce(new InputStreamResource(InputStream.nullInputStream()))).isTrue();
	}

	@Test
	void otherValuesAreNot() {
		for (Object value : new Object[] { "a", List.of(), Optional.empty(), Optional.of("a"), new Object[] { null },
				new int[] { 1 }, Path.of("a"), new ByteArrayResource(new byte[0]), new FileSystemResource("a") }) {
			assertThat(ReadOnceTypes.isReadOnce(value)).as(() -> value.getClass().getName()).isFalse();
		}
		assertThat(ReadOnceTypes.isReadOnce(null)).isFalse();
	}

	private static ResolvableType type(String name) {
		Method method = ReflectionUtils.findMethod(Types.class, name);
		return ResolvableType.forMethodReturnType(method);
	}

	interface Types {

		DirectoryStream<Path> directory();

		Cursor<String> cursor();

		SAXSource saxSource();

		Optional<Map<String, List<ResponseEntity<List<Stream<String>>>>>> deep();

		Streams listOfStreams();

		List<? extends Iterator<String>> bounded();

		<T extends Stream<String>> List<T> variable();

		Optional<Stream<String>[]> array();

		Path path();

		Resource resource();

		Map<String, List<Path>> list();

		Iterable<String> iterable();

		<T extends Self<T>> Self<T> self();

	}

	interface Cursor<T> extends Iterable<T>, AutoCloseable {

	}

	interface Self<T extends Self<T>> extends Comparable<Self<T>> {

	}

	static class Streams extends ArrayList<Stream<String>> {

	}

}
