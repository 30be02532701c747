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

package io.github.earlyresponse.request;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Where uploads are kept for post-phases.
 *
 * @param path the directory, made when it is first needed; {@code null} for that of
 * temporary files
 */
public record UploadDirectory(@Nullable Path path) {

	private static final String PREFIX = "early-response-";

	private static final String SUFFIX = ".upload";

	/**
	 * Uses the directory once it has been made and tried.
	 * @param path the directory, {@code null} for that of temporary files
	 * @return the directory
	 * @throws IOException if no file can be made there
	 */
	public static UploadDirectory of(@Nullable Path path) throws IOException {
		UploadDirectory directory = new UploadDirectory(path);
		if (path != null) {
			Files.delete(directory.createFile());
		}
		return directory;
	}

	Path createFile() throws IOException {
		return (this.path != null) ? Files.createTempFile(Files.createDirectories(this.path), PREFIX, SUFFIX)
				: Files.createTempFile(PREFIX, SUFFIX);
	}

}
