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

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.web.multipart.MultipartFile;

/**
 * An uploaded file with a temporary file of its own.
 */
final class KeptFile implements MultipartFile {

	private final String name;

	private final @Nullable String originalFilename;

	private final @Nullable String contentType;

	private final long size;

	private final Path file;

	KeptFile(MultipartFile original, Path file) {
		this.name = original.getName();
		this.originalFilename = original.getOriginalFilename();
		this.contentType = original.getContentType();
		this.size = original.getSize();
		this.file = file;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public @Nullable String getOriginalFilename() {
		return this.originalFilename;
	}

	@Override
	public @Nullable String getContentType() {
		return this.contentType;
	}

	@Override
	public boolean isEmpty() {
		return this.size == 0;
	}

	@Override
	public long getSize() {
		return this.size;
	}

	@Override
	public byte[] getBytes() throws IOException {
		return Files.readAllBytes(this.file);
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return Files.newInputStream(this.file);
	}

	@Override
	public void transferTo(File destination) throws IOException {
		transferTo(destination.toPath());
	}

	@Override
	public void transferTo(Path destination) throws IOException {
		// Copying the file itself would copy that only its owner can read it
		try (OutputStream out = Files.newOutputStream(destination)) {
			Files.copy(this.file, out);
		}
	}

}
