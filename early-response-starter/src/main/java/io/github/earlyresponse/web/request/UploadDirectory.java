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
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

import org.jspecify.annotations.Nullable;

/**
 * Where uploads are kept until their post-phases have ended: in a
 * {@linkplain ProcessDirectory directory of this process}, which is made for the first
 * upload and deleted when the application is shut down. Those of processes that were
 * killed are deleted at the next start.
 */
public final class UploadDirectory implements AutoCloseable {

	private final Path parent;

	private @Nullable ProcessDirectory directory;

	private boolean closed;

	private UploadDirectory(Path parent) {
		this.parent = parent;
	}

	/**
	 * Uses the directory, once it has been made and tried, and deletes in the background
	 * what processes that were killed have left there.
	 * @param path the directory, {@code null} for that of temporary files
	 * @return the directory
	 * @throws IOException if no file can be made there
	 */
	public static UploadDirectory of(@Nullable Path path) throws IOException {
		UserPrincipal user = (path != null) ? ProcessDirectory.tryOut(path) : null;
		Path parent = (path != null) ? path : Path.of(System.getProperty("java.io.tmpdir"));
		Thread cleaner = new Thread(new AbandonedDirectories(parent, user)::delete, "early-response-upload-cleaner");
		cleaner.setDaemon(true);
		cleaner.start();
		return new UploadDirectory(parent);
	}

	Path createFile() throws IOException {
		return directory().createFile();
	}

	private synchronized ProcessDirectory directory() throws IOException {
		if (this.closed) {
			throw new IOException("No uploads are kept any more: the application has been shut down");
		}
		ProcessDirectory directory = this.directory;
		// Somebody may have tidied up the temporary files
		if (directory != null && !directory.ensureExists()) {
			directory.delete();
			directory = null;
		}
		if (directory == null) {
			directory = ProcessDirectory.create(this.parent);
			this.directory = directory;
		}
		return directory;
	}

	/**
	 * Deletes all that is still kept.
	 */
	@Override
	public synchronized void close() throws IOException {
		this.closed = true;
		if (this.directory != null) {
			this.directory.delete();
			this.directory = null;
		}
	}

}
