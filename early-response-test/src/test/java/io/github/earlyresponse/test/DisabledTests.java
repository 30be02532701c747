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

package io.github.earlyresponse.test;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostPhases} where handlers are plain ones.
 */
@WebMvcTest(properties = "early-response.enabled=false")
@AutoConfigurePostPhases(inline = true)
class DisabledTests {

	@Test
	void nothingRuns(@Autowired MockMvcTester mvc, @Autowired PostPhases postPhases) {
		assertThat(mvc.post().uri("/orders/plums")).hasStatusOk();
		assertThat(postPhases).ranNothing().didNotRun("mail");
	}

	@Test
	void standaloneControllerIsAPlainOne(@Autowired Shop shop, @Autowired EarlyResponseMockMvcConfigurer configurer,
			@Autowired PostPhases postPhases) {
		MockMvcTester mvc = MockMvcTester.of(List.of(shop), (builder) -> builder.apply(configurer).build());
		assertThat(mvc.post().uri("/orders/plums")).hasStatusOk();
		assertThat(mvc.post().uri("/early")).hasStatusOk().hasBodyTextEqualTo("early");
		assertThat(mvc.get().uri("/wait")).hasStatusOk();
		assertThat(postPhases).ranNothing();
	}

}
