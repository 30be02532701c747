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
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.earlyresponse.testsupport.JavaProcess;
import io.github.earlyresponse.testsupport.KeptFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.mockito.MockedStatic;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;

/**
 * Tests for {@link UploadDirectory}, with processes that are killed.
 */
@ExtendWith(OutputCaptureExtension.class)
class UploadDirectoryTests {

	private static final String READY = "kept ";

	@TempDir
	private Path directory;

	@Test
	void uploadsOfProcessThatWasKilledAreDeletedAtTheNextStart() throws Exception {
		Path other = Files.createFile(this.directory.resolve("other.upload"));
		try (JavaProcess killed = JavaProcess.start(Keeping.class, this.directory.toString())) {
			Path file = Path.of(killed.awaitOutput(READY));
			try (JavaProcess alive = JavaProcess.start(Keeping.class, this.directory.toString())) {
				Path fileOfTheOther = Path.of(alive.awaitOutput(READY));
				killed.kill();
				assertThat(file).as("nobody has started since").exists();
				try (UploadDirectory started = UploadDirectory.of(this.directory)) {
					Path own = started.createFile();
					await().untilAsserted(() -> assertThat(file.getParent()).doesNotExist());
					assertThat(KeptFiles.in(this.directory)).containsExactlyInAnyOrder(fileOfTheOther, own, other);
				}
				assertThat(KeptFiles.in(this.directory)).containsExactlyInAnyOrder(fileOfTheOther, other);
			}
		}
	}

	@Test
	void processesThatStartAtOnceLeaveEachOtherAlone() throws Exception {
		List<JavaProcess> killed = new ArrayList<>();
		List<JavaProcess> starting = new ArrayList<>();
		try {
			for (int i = 0; i < 2; i++) {
				killed.add(JavaProcess.start(Keeping.class, this.directory.toString()));
			}
			for (JavaProcess each : killed) {
				each.awaitOutput(READY);
				each.kill();
			}
			for (int i = 0; i < 3; i++) {
				starting.add(JavaProcess.start(Starting.class, this.directory.toString()));
			}
			for (JavaProcess each : starting) {
				assertThat(each.exitCode()).as(() -> each.output().toString()).isZero();
			}
			assertThat(this.directory).isEmptyDirectory();
		}
		finally {
			killed.forEach(JavaProcess::close);
			starting.forEach(JavaProcess::close);
		}
	}

	@Test
	void contextsOfOneProcessLeaveEachOtherAlone() throws Exception {
		try (UploadDirectory first = UploadDirectory.of(this.directory)) {
			Path file = first.createFile();
			try (UploadDirectory second = UploadDirectory.of(this.directory)) {
				second.createFile();
				deleteAbandoned();
				assertThat(KeptFiles.in(this.directory)).hasSize(2);
			}
			assertThat(KeptFiles.in(this.directory)).containsExactly(file);
			try (JavaProcess starting = JavaProcess.start(Starting.class, this.directory.toString())) {
				assertThat(starting.exitCode()).as(() -> starting.output().toString()).isZero();
			}
			assertThat(file).as("its lock was not released").exists();
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void nothingIsMadeUntilAnUploadComesAndNothingIsLeftByAnOrderlyEnd() throws Exception {
		UploadDirectory uploads = UploadDirectory.of(this.directory);
		assertThat(this.directory).isEmptyDirectory();
		uploads.createFile();
		assertThat(KeptFiles.in(this.directory)).hasSize(1);
		uploads.close();
		assertThat(this.directory).isEmptyDirectory();
		assertThatIOException().isThrownBy(uploads::createFile).withMessageContaining("has been shut down");
	}

	@Test
	void isMadeAgainWhenItWasTidiedAway() throws Exception {
		try (UploadDirectory uploads = UploadDirectory.of(this.directory)) {
			Path first = uploads.createFile();
			FileSystemUtils.deleteRecursively(first.getParent());
			assertThat(uploads.createFile()).exists();
			Files.delete(uploads.createFile().resolveSibling(ProcessDirectory.LOCK));
			assertThat(uploads.createFile().resolveSibling(ProcessDirectory.LOCK)).exists();
		}
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void linksAreNotFollowed() throws Exception {
		Path elsewhere = Files.createDirectory(this.directory.resolve("elsewhere"));
		Files.createFile(elsewhere.resolve(ProcessDirectory.LOCK));
		Path precious = Files.createFile(elsewhere.resolve("precious.upload"));
		Path parent = Files.createDirectory(this.directory.resolve("parent"));
		Files.createSymbolicLink(parent.resolve(ProcessDirectory.PREFIX + "1-1-1"), elsewhere);
		Path abandoned = Files.createDirectory(parent.resolve(ProcessDirectory.PREFIX + "1-1-2"));
		Files.createFile(abandoned.resolve(ProcessDirectory.LOCK));
		Files.createSymbolicLink(abandoned.resolve("1.upload"), precious);
		Path linkedLock = Files.createDirectory(parent.resolve(ProcessDirectory.PREFIX + "1-1-3"));
		Files.createSymbolicLink(linkedLock.resolve(ProcessDirectory.LOCK), precious);
		new AbandonedDirectories(parent, null).delete();
		assertThat(precious).exists();
		assertThat(abandoned).doesNotExist();
		assertThat(linkedLock).exists();
	}

	@Test
	void whatIsNoUploadIsNotDeleted() throws Exception {
		Path abandoned = Files.createDirectory(this.directory.resolve(ProcessDirectory.PREFIX + "1-1-1"));
		Files.createFile(abandoned.resolve(ProcessDirectory.LOCK));
		Files.createFile(abandoned.resolve("1.upload"));
		Path note = Files.createFile(abandoned.resolve("note.txt"));
		Path unlocked = Files.createDirectory(this.directory.resolve(ProcessDirectory.PREFIX + "1-1-2"));
		Path upload = Files.createFile(unlocked.resolve("1.upload"));
		Path empty = Files.createDirectory(this.directory.resolve(ProcessDirectory.PREFIX + "1-1-3"));
		deleteAbandoned();
		assertThat(abandoned.resolve("1.upload")).doesNotExist();
		assertThat(note).exists();
		assertThat(upload).as("without a lock nobody knows").exists();
		assertThat(empty).doesNotExist();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void directoryCanBeReachedByLinks() throws Exception {
		Path real = Files.createDirectory(this.directory.resolve("real"));
		Path link = Files.createSymbolicLink(this.directory.resolve("link"), real);
		try (UploadDirectory uploads = UploadDirectory.of(link);
				UploadDirectory below = UploadDirectory.of(link.resolve("new/newer"))) {
			assertThat(uploads.createFile().toRealPath()).startsWith(real);
			assertThat(below.createFile().toRealPath()).startsWith(real.resolve("new/newer"));
		}
	}

	@Test
	void uploadsAreKeptWhenTheLockIsTidiedAway() throws Exception {
		try (UploadDirectory uploads = UploadDirectory.of(this.directory)) {
			Path kept = Files.writeString(uploads.createFile(), "kept");
			Files.delete(kept.resolveSibling(ProcessDirectory.LOCK));
			deleteAbandoned();
			Path next = uploads.createFile();
			assertThat(kept).hasContent("kept");
			assertThat(next.resolveSibling(ProcessDirectory.LOCK)).exists();
			try (JavaProcess starting = JavaProcess.start(Starting.class, this.directory.toString())) {
				assertThat(starting.exitCode()).as(() -> starting.output().toString()).isZero();
			}
			assertThat(kept).as("it is locked again").exists();
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void uploadsAreKeptWhereThereAreNoFileLocks(CapturedOutput output) throws Exception {
		FileChannel channel = mock();
		given(channel.tryLock()).willThrow(new IOException("No locks available"));
		try (MockedStatic<FileChannel> channels = mockStatic(FileChannel.class)) {
			channels.when(() -> FileChannel.open(any(), any(OpenOption[].class))).thenReturn(channel);
			try (UploadDirectory uploads = UploadDirectory.of(this.directory)) {
				Path file = uploads.createFile();
				assertThat(uploads.createFile()).hasParent(file.getParent());
				deleteAbandoned();
				assertThat(file).exists();
				assertThat(this.directory.toFile().list()).singleElement()
					.asString()
					.startsWith("early-response-unlocked-uploads-");
			}
		}
		assertThat(this.directory).isEmptyDirectory();
		assertThat(output).contains("There are no file locks in " + this.directory, "No locks available");
	}

	@Test
	void locksAreReleased() throws Exception {
		Set<FileChannel> opened = new LinkedHashSet<>();
		try (MockedStatic<FileChannel> channels = mockStatic(FileChannel.class, (call) -> {
			FileChannel channel = (FileChannel) call.callRealMethod();
			opened.add(channel);
			return channel;
		}); UploadDirectory uploads = UploadDirectory.of(this.directory)) {
			FileSystemUtils.deleteRecursively(uploads.createFile().getParent());
			Files.delete(uploads.createFile().resolveSibling(ProcessDirectory.LOCK));
			uploads.createFile();
			assertThat(opened).as("at start, twice, and once more").hasSize(4);
			assertThat(opened).filteredOn(FileChannel::isOpen).hasSize(1);
		}
		assertThat(opened).noneMatch(FileChannel::isOpen);
	}

	@Test
	void directoryThatIsFileIsRefused() throws Exception {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatIOException().isThrownBy(() -> UploadDirectory.of(file)).withMessageContaining("not a directory");
		assertThatIOException().isThrownBy(() -> UploadDirectory.of(file.resolve("below")));
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void directoryThatIsMadeIsForItsOwnerOnlyAndOneThatExistsIsLeftAsItIs() throws Exception {
		Path existing = Files.createDirectory(this.directory.resolve("existing"));
		String before = permissions(existing);
		try (UploadDirectory made = UploadDirectory.of(existing.resolve("new/newer"));
				UploadDirectory found = UploadDirectory.of(existing)) {
			assertThat(permissions(existing.resolve("new"))).isEqualTo("rwx------");
			assertThat(permissions(existing.resolve("new/newer"))).isEqualTo("rwx------");
			assertThat(permissions(found.createFile())).isEqualTo("rw-------");
			assertThat(permissions(found.createFile().getParent())).isEqualTo("rwx------");
			assertThat(permissions(existing)).isEqualTo(before);
		}
	}

	private static String permissions(Path path) throws IOException {
		return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
	}

	private void deleteAbandoned() {
		new AbandonedDirectories(this.directory, null).delete();
	}

	/**
	 * Keeps an upload until it is killed.
	 */
	public static final class Keeping {

		private Keeping() {
		}

		public static void main(String[] args) throws Exception {
			UploadDirectory uploads = UploadDirectory.of(Path.of(args[0]));
			System.out.println(READY + uploads.createFile());
			Thread.currentThread().join();
		}

	}

	/**
	 * Starts and ends many times, as many instances would.
	 */
	public static final class Starting {

		private Starting() {
		}

		public static void main(String[] args) throws Exception {
			Path directory = Path.of(args[0]);
			for (int i = 0; i < 200; i++) {
				try (UploadDirectory uploads = UploadDirectory.of(directory)) {
					Path file = uploads.createFile();
					new AbandonedDirectories(directory, null).delete();
					if (Files.notExists(file)) {
						throw new IllegalStateException("Another process has deleted " + file);
					}
				}
			}
			// Those of the background may still be there
			try (Stream<Path> files = Files.list(directory)) {
				files.forEach((file) -> System.out.println("left: " + file));
			}
		}

	}

}
