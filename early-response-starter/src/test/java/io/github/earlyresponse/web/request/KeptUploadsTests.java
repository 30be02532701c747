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

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.earlyresponse.testsupport.KeptFiles;
import jakarta.servlet.http.Part;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mock.web.MockMultipartFile;
import org.springframework.mock.web.MockPart;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link KeptUploads}.
 */
class KeptUploadsTests {

	@TempDir
	private Path directory;

	@Test
	void uploadThatComesAfterTheReleaseIsNotCopied() throws Exception {
		KeptUploads uploads = new KeptUploads(UploadDirectory.of(this.directory));
		uploads.keep(new MockMultipartFile("one", new byte[1]));
		assertThat(KeptFiles.in(this.directory)).hasSize(1);
		uploads.close();
		assertThatIllegalStateException().isThrownBy(() -> uploads.keep(new MockMultipartFile("late", new byte[1])))
			.withMessageContaining("too late");
		assertThat(KeptFiles.in(this.directory)).isEmpty();
	}

	@Test
	@DisabledOnOs(OS.WINDOWS)
	void fileThatIsMadeOfAnUploadIsAsReadableAsAnyOther() throws Exception {
		Path other = Files.writeString(this.directory.resolve("other"), "other");
		try (UploadDirectory directory = UploadDirectory.of(this.directory.resolve("kept"))) {
			KeptUploads uploads = new KeptUploads(directory);
			MultipartFile file = (MultipartFile) uploads.keep(new MockMultipartFile("file", new byte[] { 1 }));
			Part part = (Part) uploads.keep(new MockPart("part", new byte[] { 2 }));
			Path ofFile = this.directory.resolve("file");
			Path ofPart = this.directory.resolve("part");
			file.transferTo(ofFile);
			part.write(ofPart.toString());
			assertThat(ofFile).hasBinaryContent(new byte[] { 1 });
			assertThat(ofPart).hasBinaryContent(new byte[] { 2 });
			assertThat(Files.getPosixFilePermissions(ofFile)).isEqualTo(Files.getPosixFilePermissions(other));
			assertThat(Files.getPosixFilePermissions(ofPart)).isEqualTo(Files.getPosixFilePermissions(other));
		}
	}

}
