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

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import io.github.earlyresponse.PostPhaseContext;

import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.stereotype.Component;

/**
 * The ZIP files on disk, which only their owner can read. One that is there is whole: it
 * gets its name when it is complete. What a process has left half-finished when it died
 * is deleted when it is packed again.
 */
@Component
class ArchiveStore {

	private static final int BUFFER_SIZE = 64 * 1024;

	private static final String PARTIAL = ".part";

	private final Path directory;

	ArchiveStore(ExportProperties properties) throws IOException {
		this.directory = createFolder(properties.directory());
	}

	/**
	 * Makes the folder unless it is there, perhaps by a link.
	 */
	private static Path createFolder(Path folder) throws IOException {
		return (Files.isDirectory(folder)) ? folder : Files.createDirectories(folder, ownerOnly(folder));
	}

	/**
	 * Elsewhere than on POSIX systems the folder above decides.
	 */
	private static FileAttribute<?>[] ownerOnly(Path path) {
		boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
		return (posix)
				? new FileAttribute<?>[] {
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")) }
				: new FileAttribute<?>[0];
	}

	Resource archive(UUID export) {
		return new FileSystemResource(path(export));
	}

	/**
	 * Packs the documents of an export.
	 * @param export the id of the export
	 * @param documents what goes into the archive
	 * @param context told of the bytes that are packed, and asked whether to go on
	 * @return the size of the archive in bytes
	 * @throws IOException if a document cannot be read or the archive cannot be written
	 * @throws CancellationException if it was cancelled
	 */
	long pack(UUID export, List<Document> documents, PostPhaseContext context) throws IOException {
		deletePartial(export);
		// Each attempt has a file of its own, which only its owner can read
		Path partial = Files.createTempFile(this.directory, export + "-", PARTIAL);
		try {
			write(partial, documents, new PackingProgress(documents, context));
			return Files.size(Files.move(partial, path(export), StandardCopyOption.ATOMIC_MOVE));
		}
		finally {
			Files.deleteIfExists(partial);
		}
	}

	private void deletePartial(UUID export) throws IOException {
		try (DirectoryStream<Path> left = Files.newDirectoryStream(this.directory, export + "-*" + PARTIAL)) {
			for (Path partial : left) {
				Files.deleteIfExists(partial);
			}
		}
	}

	private void write(Path file, List<Document> documents, PackingProgress progress) throws IOException {
		byte[] buffer = new byte[BUFFER_SIZE];
		try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
				ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel))) {
			for (Document document : documents) {
				progress.packing(document);
				zip.putNextEntry(new ZipEntry(document.name()));
				try (InputStream content = document.content().getInputStream()) {
					for (int read = content.read(buffer); read != -1; read = content.read(buffer)) {
						zip.write(buffer, 0, read);
						progress.packed(read);
					}
				}
			}
			zip.finish();
			// The database will say that it is there, also after a power failure
			channel.force(true);
		}
	}

	private Path path(UUID export) {
		return this.directory.resolve(export + ".zip");
	}

}
