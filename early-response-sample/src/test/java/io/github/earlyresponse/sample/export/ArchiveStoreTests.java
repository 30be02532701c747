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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;

import io.github.earlyresponse.PostPhaseContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class ArchiveStoreTests {

	private final UUID id = UUID.randomUUID();

	private final Document document = new Document("zeros", 10_000, new ByteArrayResource(new byte[10_000]));

	private final PostPhaseContext context = mock();

	private Path directory;

	private ArchiveStore archives;

	@BeforeEach
	void createStore(@TempDir Path parent) throws IOException {
		this.directory = parent.resolve("not/there/yet");
		this.archives = new ArchiveStore(new ExportProperties(this.directory, null));
	}

	@Test
	void packedArchiveIsThereUnderItsName() throws IOException {
		assertThat(this.archives.archive(this.id).exists()).isFalse();
		long bytes = this.archives.pack(this.id, List.of(this.document), this.context);
		assertThat(this.archives.archive(this.id).contentLength()).isEqualTo(bytes).isPositive();
		assertThat(this.directory).isDirectoryNotContaining("glob:**.part");
	}

	@Test
	void onlyItsOwnerReadsAnArchive() throws IOException {
		assumeThat(this.directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
		this.archives.pack(this.id, List.of(this.document), this.context);
		assertThat(permissions(this.directory)).isEqualTo("rwx------");
		assertThat(permissions(this.directory.getParent())).isEqualTo("rwx------");
		assertThat(permissions(this.directory.resolve(this.id + ".zip"))).isEqualTo("rw-------");
	}

	@Test
	void archiveIsPackedAgain() throws IOException {
		long bytes = this.archives.pack(this.id, List.of(this.document), this.context);
		assertThat(this.archives.pack(this.id, List.of(this.document), this.context)).isEqualTo(bytes);
	}

	@Test
	void whatADeadProcessHasLeftIsDeleted() throws IOException {
		Files.write(this.directory.resolve(this.id + "-17.part"), new byte[100]);
		Path other = Files.createFile(this.directory.resolve(UUID.randomUUID() + "-17.part"));
		this.archives.pack(this.id, List.of(this.document), this.context);
		assertThat(this.directory.toFile().list()).containsExactlyInAnyOrder(this.id + ".zip",
				other.getFileName().toString());
	}

	@Test
	void fileOfSomebodyElseIsNotWrittenTo() throws IOException {
		Path elsewhere = Files.createFile(this.directory.resolve("elsewhere"));
		Files.createSymbolicLink(this.directory.resolve(this.id + "-17.part"), elsewhere);
		this.archives.pack(this.id, List.of(this.document), this.context);
		assertThat(elsewhere).isEmptyFile();
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	@Test
	void cancelledExportLeavesNoFile() {
		given(this.context.cancellationRequested()).willReturn(true);
		assertThatExceptionOfType(CancellationException.class)
			.isThrownBy(() -> this.archives.pack(this.id, List.of(this.document), this.context));
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void documentThatCannotBeReadLeavesNoFile() {
		Document missing = new Document("missing", 0, new FileSystemResource(this.directory.resolve("missing")));
		assertThatIOException()
			.isThrownBy(() -> this.archives.pack(this.id, List.of(this.document, missing), this.context));
		assertThat(this.directory).isEmptyDirectory();
	}

}
