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
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Directories of processes that have ended without deleting them, because they were
 * killed. Nobody holds their locks any more.
 * <p>
 * The directory around them may be open to everybody, as that of temporary files is. So
 * what belongs to another user is left alone, and no link is followed.
 */
final class AbandonedDirectories {

	private static final Log logger = LogFactory.getLog(AbandonedDirectories.class);

	private final Path parent;

	private final @Nullable UserPrincipal user;

	/**
	 * Creates it.
	 * @param parent the directory around them
	 * @param user the user to whom belongs what this process makes there, {@code null} if
	 * that has to be tried
	 */
	AbandonedDirectories(Path parent, @Nullable UserPrincipal user) {
		this.parent = parent;
		this.user = user;
	}

	/**
	 * Deletes them, as far as possible.
	 */
	void delete() {
		try {
			List<Path> others = others();
			if (others.isEmpty()) {
				return;
			}
			UserPrincipal user = (this.user != null) ? this.user : ProcessDirectory.tryOut(this.parent);
			for (Path directory : others) {
				delete(directory, user);
			}
		}
		catch (NoSuchFileException ex) {
			// Nothing was left where there is nothing
		}
		catch (IOException | DirectoryIteratorException ex) {
			logger.warn("Cannot look in " + this.parent + " for uploads of processes that were killed", ex);
		}
	}

	private List<Path> others() throws IOException {
		List<Path> others = new ArrayList<>();
		try (DirectoryStream<Path> directories = Files.newDirectoryStream(this.parent, ProcessDirectory.PREFIX + "*")) {
			for (Path directory : directories) {
				if (!directory.getFileName().toString().startsWith(ProcessDirectory.PREFIX_OF_THIS_PROCESS)) {
					others.add(directory);
				}
			}
		}
		return others;
	}

	private void delete(Path directory, UserPrincipal user) {
		try {
			if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
					&& Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user)
					&& deleteIfUnlocked(directory)) {
				ProcessDirectory.deleteIfEmpty(directory);
			}
		}
		catch (IOException ex) {
			logger.warn("Cannot delete " + directory + ", where a process that was killed has left its uploads", ex);
		}
	}

	/**
	 * Deletes what is in a directory unless it is locked.
	 * @return {@code false} if it is locked
	 */
	private static boolean deleteIfUnlocked(Path directory) throws IOException {
		Path file = directory.resolve(ProcessDirectory.LOCK);
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
			if (channel.tryLock() == null) {
				return false;
			}
			ProcessDirectory.deleteWithin(directory);
			// As long as it is locked, so that no owner locks it now
			Files.deleteIfExists(file);
			return true;
		}
		catch (OverlappingFileLockException ex) {
			// Another application in this process does the same
			return false;
		}
		catch (NoSuchFileException ex) {
			// Its owner is about to lock it, or another process has just deleted what
			// was in it: it may go if it is empty
			return true;
		}
	}

}
