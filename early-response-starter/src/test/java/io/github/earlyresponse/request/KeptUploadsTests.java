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

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.mock.web.MockMultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link KeptUploads}.
 */
class KeptUploadsTests {

	@TempDir
	private Path directory;

	@Test
	void uploadThatComesAfterTheReleaseIsNotCopied() {
		KeptUploads uploads = new KeptUploads(new UploadDirectory(this.directory));
		uploads.keep(new MockMultipartFile("one", new byte[1]));
		assertThat(this.directory).isNotEmptyDirectory();
		uploads.releaseAfter(0);
		assertThatIllegalStateException().isThrownBy(() -> uploads.keep(new MockMultipartFile("late", new byte[1])))
			.withMessageContaining("too late");
		assertThat(this.directory).isEmptyDirectory();
	}

}
