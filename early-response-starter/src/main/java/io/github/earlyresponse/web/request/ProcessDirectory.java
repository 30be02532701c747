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
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A directory for the uploads of this process. A file in it is locked as long as the
 * process lives, so that others can see whether it is {@linkplain AbandonedDirectories
 * abandoned}. Only the user whose process it is can read it and the files in it, where
 * the file system has permissions of that kind; elsewhere they are as accessible as the
 * directory around it.
 */
final class ProcessDirectory {

	private static final Log logger = LogFactory.getLog(ProcessDirectory.class);

	/**
	 * How the names of all such directories begin.
	 */
	static final String PREFIX = "early-response-uploads-";

	/**
	 * How the names of the directories of this process begin. It must never open the
	 * locks in them a second time: closing such a file may release the lock. The start
	 * tells processes with the same number from each other, as they are usual in
	 * containers.
	 */
	static final String PREFIX_OF_THIS_PROCESS = PREFIX + ProcessHandle.current().pid() + "-"
			+ ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).orElse(0L) + "-";

	/**
	 * How the names of those begin that cannot be locked and so are never abandoned.
	 */
	private static final String UNLOCKED_PREFIX = "early-response-unlocked-uploads-";

	static final String LOCK = "lock";

	private static final String SUFFIX = ".upload";

	private static final int ATTEMPTS = 100;

	private final Path path;

	private @Nullable FileChannel lock;

	private ProcessDirectory(Path path, @Nullable FileChannel lock) {
		this.path = path;
		this.lock = lock;
	}

	/**
	 * Makes a directory.
	 * @param parent where to make it, which is made as well if it does not exist
	 * @throws IOException if it cannot be made
	 */
	static ProcessDirectory create(Path parent) throws IOException {
		createAround(parent);
		for (int i = 0; i < ATTEMPTS; i++) {
			// Made for the owner only
			Path path = Files.createTempDirectory(parent, PREFIX_OF_THIS_PROCESS);
			try {
				FileChannel lock = lock(path);
				if (lock != null) {
					return new ProcessDirectory(path, lock);
				}
			}
			catch (LockingFailedException ex) {
				logger.warn("There are no file locks in " + parent
						+ ", so that uploads which are kept there when this process is killed are never deleted. "
						+ "Set 'early-response.upload.directory' to a directory on a local disk", ex.getCause());
				return new ProcessDirectory(Files.createTempDirectory(parent, UNLOCKED_PREFIX), null);
			}
		}
		throw new IOException("No directory can be made in " + parent + ": others delete it at once");
	}

	/**
	 * Makes a directory and deletes it again.
	 * @param parent where to make it, as by {@link #create}
	 * @return the user to whom belongs what this process makes there
	 * @throws IOException if it cannot be made
	 */
	static UserPrincipal tryOut(Path parent) throws IOException {
		ProcessDirectory directory = create(parent);
		try {
			return Files.getOwner(directory.path, LinkOption.NOFOLLOW_LINKS);
		}
		finally {
			directory.delete();
		}
	}

	/**
	 * A link to a directory will do, which not every JDK takes for one here.
	 */
	private static void createAround(Path parent) throws IOException {
		if (Files.isDirectory(parent)) {
			return;
		}
		try {
			Files.createDirectories(parent, forOwnerOnly(parent));
		}
		catch (FileAlreadyExistsException ex) {
			throw new FileSystemException(ex.getFile(), null, "it is not a directory");
		}
	}

	private static FileAttribute<?>[] forOwnerOnly(Path path) {
		return (path.getFileSystem().supportedFileAttributeViews().contains("posix"))
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")) }
				: new FileAttribute<?>[0];
	}

	/**
	 * Locks a new directory.
	 * @return the lock, {@code null} if another process has taken the directory for an
	 * abandoned one
	 */
	private static @Nullable FileChannel lock(Path directory) throws IOException, LockingFailedException {
		Path file = directory.resolve(LOCK);
		FileChannel channel;
		try {
			channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
		}
		catch (NoSuchFileException | FileAlreadyExistsException ex) {
			return null;
		}
		try {
			if (channel.tryLock() != null && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
				return channel;
			}
		}
		catch (IOException ex) {
			channel.close();
			Files.deleteIfExists(file);
			Files.deleteIfExists(directory);
			throw new LockingFailedException(ex);
		}
		channel.close();
		return null;
	}

	/**
	 * Looks whether it is still there. If only its lock is missing, as where temporary
	 * files are tidied up by their age, it is locked again.
	 * @return {@code false} if it is gone
	 */
	boolean ensureExists() throws IOException {
		FileChannel lock = this.lock;
		if (lock == null || Files.exists(this.path.resolve(LOCK), LinkOption.NOFOLLOW_LINKS)) {
			return Files.isDirectory(this.path, LinkOption.NOFOLLOW_LINKS);
		}
		try {
			FileChannel again = lock(this.path);
			if (again != null) {
				lock.close();
				this.lock = again;
			}
			return again != null;
		}
		catch (LockingFailedException ex) {
			return false;
		}
	}

	/**
	 * Makes a file that only its owner can read.
	 */
	Path createFile() throws IOException {
		return Files.createTempFile(this.path, "", SUFFIX);
	}

	/**
	 * Deletes the directory with all uploads in it.
	 */
	void delete() throws IOException {
		try {
			deleteWithin(this.path);
			Files.deleteIfExists(this.path.resolve(LOCK));
		}
		finally {
			if (this.lock != null) {
				this.lock.close();
			}
		}
		deleteIfEmpty(this.path);
	}

	/**
	 * Deletes the uploads in a directory, and nothing else.
	 */
	static void deleteWithin(Path directory) throws IOException {
		try (DirectoryStream<Path> uploads = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
			for (Path upload : uploads) {
				Files.deleteIfExists(upload);
			}
		}
		catch (NoSuchFileException ex) {
			// Deleted by somebody else
		}
	}

	static void deleteIfEmpty(Path directory) throws IOException {
		try {
			Files.deleteIfExists(directory);
		}
		catch (DirectoryNotEmptyException ex) {
			// Whatever it is, it is not an upload
		}
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

	/**
	 * The file system has no locks.
	 */
	private static final class LockingFailedException extends Exception {

		LockingFailedException(IOException cause) {
			super(cause);
		}

	}

}
