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

package io.github.earlyresponse.web.request;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * A part of a request with a temporary file of its own.
 */
final class KeptPart implements Part {

	private final String name;

	private final @Nullable String submittedFileName;

	private final @Nullable String contentType;

	private final long size;

	private final Map<String, List<String>> headers = new LinkedCaseInsensitiveMap<>(Locale.ROOT);

	private final Path file;

	KeptPart(Part original, Path file) {
		this.name = original.getName();
		this.submittedFileName = original.getSubmittedFileName();
		this.contentType = original.getContentType();
		this.size = original.getSize();
		original.getHeaderNames()
			.forEach((header) -> this.headers.put(header, List.copyOf(original.getHeaders(header))));
		this.file = file;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return Files.newInputStream(this.file);
	}

	@Override
	public @Nullable String getContentType() {
		return this.contentType;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public @Nullable String getSubmittedFileName() {
		return this.submittedFileName;
	}

	@Override
	public long getSize() {
		return this.size;
	}

	@Override
	public void write(String fileName) throws IOException {
		// Copying the file itself would copy that only its owner can read it
		try (OutputStream out = Files.newOutputStream(Path.of(fileName))) {
			Files.copy(this.file, out);
		}
	}

	@Override
	public void delete() throws IOException {
		Files.deleteIfExists(this.file);
	}

	@Override
	public @Nullable String getHeader(String name) {
		List<String> values = this.headers.get(name);
		return (values != null && !values.isEmpty()) ? values.get(0) : null;
	}

	@Override
	public Collection<String> getHeaders(String name) {
		return this.headers.getOrDefault(name, List.of());
	}

	@Override
	public Collection<String> getHeaderNames() {
		return this.headers.keySet();
	}

}
