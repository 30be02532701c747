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

import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.EarlyResponseMockMvcConfigurer;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example of the page on testing, without the bean of the post-phase.
 */
@WebMvcTest(ExportController.class)
@AutoConfigurePostPhases
class ExportSliceTests {

	@Autowired
	private PostPhases postPhases;

	@Test
	void exportIsHandedOver(@Autowired MockMvcTester mvc) {
		assertThat(mvc.post().uri("/exports")).hasStatus(HttpStatus.ACCEPTED);
		assertThat(this.postPhases).ran("pack-export").withArguments("accepted");
	}

	@Test
	void exportIsHandedOverByAStandaloneMockMvc(@Autowired ExportController controller,
			@Autowired EarlyResponseMockMvcConfigurer configurer) {
		MockMvc mvc = MockMvcBuilders.standaloneSetup(controller).apply(configurer).build();
		assertThat(MockMvcTester.create(mvc).post().uri("/exports")).hasStatus(HttpStatus.ACCEPTED);
		assertThat(this.postPhases).ran("pack-export");
	}

}
