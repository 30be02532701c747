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

import java.time.Duration;

import io.github.earlyresponse.PostPhaseOperations;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a slice which knows nothing of the kit needs no change.
 */
@WebMvcTest
@Import(MissingPostPhaseTests.Branch.class)
class PlainSliceTests {

	@Test
	void handlerWhosePostPhaseIsMissingAnswers(@Autowired MockMvcTester mvc, @Autowired PostPhaseOperations operations)
			throws InterruptedException {
		assertThat(mvc.post().uri("/pack?item=plums&count=3")).hasStatusOk().bodyJson().isEqualTo("{\"id\":7}");
		assertThat(operations.awaitIdle(Duration.ofSeconds(30))).isTrue();
	}

}
