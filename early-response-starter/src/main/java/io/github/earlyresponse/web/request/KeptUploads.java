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
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.http.Part;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.multipart.MultipartFile;

/**
 * The uploads of one request that its post-phases take, each in a temporary file of its
 * own. They are copied: the container deletes its files with the request, and renaming
 * them loses their content on Jetty.
 */
public final class KeptUploads {

	private static final Log logger = LogFactory.getLog(KeptUploads.class);

	private static final Runnable NOTHING = () -> {
	};

	private final UploadDirectory directory;

	private List<Path> files = List.of();

	private boolean released;

	/**
	 * Creates the uploads of one request, none so far.
	 * @param directory where their files are made
	 */
	public KeptUploads(UploadDirectory directory) {
		this.directory = directory;
	}

	/**
	 * Keeps what a post-phase takes.
	 * @param value an upload, or an array, collection, map or optional of uploads
	 * @return the value with uploads that outlive the request
	 * @throws UncheckedIOException if an upload cannot be copied
	 */
	public @Nullable Object keep(@Nullable Object value) {
		return Uploads.map(value, this::keepOne);
	}

	private synchronized Object keepOne(Object upload) {
		Assert.state(!this.released, "The upload comes too late: the handler's result is already known");
		Guard guard = Guard.behind(upload);
		if (guard != null && guard.isKept()) {
			return upload;
		}
		try {
			Path file = createFile();
			if (guard == null) {
				return copy(upload, file);
			}
			guard.keep(copy(guard.target(), file));
			return upload;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("An upload cannot be kept for its post-phase", ex);
		}
	}

	private Path createFile() throws IOException {
		Path file = this.directory.createFile();
		if (this.files.isEmpty()) {
			this.files = new ArrayList<>();
		}
		this.files.add(file);
		return file;
	}

	private static Object copy(Object original, Path file) throws IOException {
		if (original instanceof MultipartFile upload) {
			write(upload.getInputStream(), file);
			return new KeptFile(upload, file);
		}
		Part upload = (Part) original;
		write(upload.getInputStream(), file);
		return new KeptPart(upload, file);
	}

	/**
	 * Writes into the file and does not replace it by another one, which everybody could
	 * read.
	 */
	private static void write(InputStream content, Path file) throws IOException {
		try (content; OutputStream out = Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING)) {
			content.transferTo(out);
		}
	}

	/**
	 * Nothing is kept any more, and what was kept is deleted when all post-phases that
	 * take it have ended.
	 * @param postPhases their number
	 * @return to be run at the end of each of them
	 */
	public synchronized Runnable releaseAfter(int postPhases) {
		if (postPhases == 0 || this.files.isEmpty()) {
			release();
			return NOTHING;
		}
		AtomicInteger unfinished = new AtomicInteger(postPhases);
		return () -> {
			if (unfinished.decrementAndGet() == 0) {
				release();
			}
		};
	}

	private synchronized void release() {
		for (Path file : this.files) {
			try {
				Files.deleteIfExists(file);
			}
			catch (IOException ex) {
				logger.warn("Kept upload " + file + " cannot be deleted", ex);
			}
		}
		this.files = List.of();
		this.released = true;
	}

}
