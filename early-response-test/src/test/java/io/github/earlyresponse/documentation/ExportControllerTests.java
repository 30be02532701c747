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

package io.github.earlyresponse.documentation;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example of the page on testing.
 */
@WebMvcTest(ExportController.class)
@Import(ExportPacker.class)
@AutoConfigurePostPhases
class ExportControllerTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@Test
	void exportIsPacked() {
		assertThat(this.mvc.post().uri("/exports")).hasStatus(HttpStatus.ACCEPTED);
		assertThat(this.postPhases).ran("pack-export").withOutcome(PostPhaseOutcome.COMPLETED);
		// what the post-phase did
	}

}
