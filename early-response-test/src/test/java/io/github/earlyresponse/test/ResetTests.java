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

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a test sees nothing of those before it.
 */
@WebMvcTest
@AutoConfigurePostPhases
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ResetTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@BeforeEach
	void thereIsNothingYet() {
		assertThat(this.postPhases.results()).isEmpty();
		assertThat(this.postPhases).ranNothing();
	}

	@Test
	@Order(1)
	void leaveResults() {
		assertThat(this.mvc.post().uri("/orders/plums")).hasStatusOk();
		assertThat(this.postPhases).ran("mail");
	}

	@Test
	@Order(2)
	void leavePostPhaseRunning() {
		assertThat(this.mvc.post().uri("/limited")).hasStatusOk();
	}

	@Test
	@Order(3)
	@DirtiesContext(methodMode = DirtiesContext.MethodMode.BEFORE_METHOD)
	void startAnotherContext() {
		assertThat(this.mvc.post().uri("/limited")).hasStatusOk();
	}

	@Test
	@Order(4)
	void seeNothingOfIt() {
		assertThat(this.mvc.post().uri("/orders/plums")).hasStatusOk();
		assertThat(this.postPhases).ranOnly("mail").ran("mail").times(1);
	}

}
