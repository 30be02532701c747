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
import java.util.concurrent.atomic.AtomicBoolean;

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

	/**
	 * A hold on nothing.
	 */
	public static final Runnable NOTHING = () -> {
	};

	private final UploadDirectory directory;

	private List<Path> files = List.of();

	private boolean closed;

	/** How many hold the files, of which the request is one until it is closed. */
	private int holds = 1;

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

	private Object keepOne(Object upload) {
		checkOpen();
		Guard guard = Guard.behind(upload);
		if (guard != null && guard.isKept()) {
			return upload;
		}
		try {
			Path file = this.directory.createFile();
			Object copy = copy((guard != null) ? guard.target() : upload, file);
			if (guard == null) {
				return copy;
			}
			guard.keep(copy);
			return upload;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("An upload cannot be kept for its post-phase", ex);
		}
	}

	private synchronized void checkOpen() {
		Assert.state(!this.closed, "The upload comes too late: the handler has returned or sent its response");
	}

	/**
	 * Copies an upload, under no lock.
	 */
	private Object copy(Object upload, Path file) throws IOException {
		try {
			Object copy = write(upload, file);
			add(file);
			return copy;
		}
		catch (Throwable ex) {
			delete(file);
			throw ex;
		}
	}

	private synchronized void add(Path file) {
		checkOpen();
		if (this.files.isEmpty()) {
			this.files = new ArrayList<>();
		}
		this.files.add(file);
	}

	private static Object write(Object original, Path file) throws IOException {
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
	 * Whether nothing is kept so far.
	 * @return whether there is nothing to hold
	 */
	public synchronized boolean isEmpty() {
		return this.files.isEmpty();
	}

	/**
	 * Holds what is kept for one post-phase.
	 * @return to be run when the post-phase has ended, without effect from the second
	 * time on; {@link #NOTHING} if there is nothing to hold
	 */
	public synchronized Runnable hold() {
		if (this.files.isEmpty()) {
			return NOTHING;
		}
		this.holds++;
		AtomicBoolean released = new AtomicBoolean();
		return () -> {
			if (released.compareAndSet(false, true)) {
				release();
			}
		};
	}

	/**
	 * Nothing is kept any more, and what was kept is deleted when nobody
	 * {@linkplain #hold() holds} it.
	 */
	public void close() {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
		}
		release();
	}

	private void release() {
		List<Path> unheld = takeUnheld();
		for (int i = 0; i < unheld.size(); i++) {
			delete(unheld.get(i));
		}
	}

	private synchronized List<Path> takeUnheld() {
		this.holds--;
		if (this.holds > 0) {
			return List.of();
		}
		List<Path> taken = this.files;
		this.files = List.of();
		return taken;
	}

	private static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			logger.warn("Kept upload " + file + " cannot be deleted", ex);
		}
	}

}
