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

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;

/**
 * Tests for post-phases whose beans are replaced by mocks.
 */
class MockedPostPhaseTests {

	@Nested
	@SpringBootTest(classes = Application.class)
	@AutoConfigureMockMvc
	@AutoConfigurePostPhases
	class InTheApplication {

		@Autowired
		private MockMvcTester mvc;

		@Autowired
		private PostPhases postPhases;

		@MockitoBean
		private Packer packer;

		@MockitoBean
		private Mailer mailer;

		@Test
		void mocksOfClassAndInterfaceAreCalled() {
			assertThat(this.mvc.get().uri("/go")).hasStatusOk();
			assertThat(this.postPhases).ranOnly("pack", "mail").ran("mail").withOutcome(PostPhaseOutcome.COMPLETED);
			then(this.packer).should().pack("gone");
			then(this.mailer).should().mail("gone");
		}

		@Test
		void postPhaseFailsAsItsMockDoes() {
			willThrow(new IllegalStateException("expected")).given(this.packer).pack("gone");
			assertThat(this.mvc.get().uri("/go")).hasStatusOk();
			assertThat(this.postPhases).ran("pack").withOutcome(PostPhaseOutcome.FAILED);
		}

	}

	@Nested
	@WebMvcTest
	@ContextConfiguration(classes = Slice.class)
	@AutoConfigurePostPhases
	class InASlice {

		@Autowired
		private MockMvcTester mvc;

		@Autowired
		private PostPhases postPhases;

		@MockitoBean
		private Packer packer;

		@Test
		void mockIsCalledAndTheMissingOneIsReplaced() {
			assertThat(this.mvc.get().uri("/go")).hasStatusOk();
			assertThat(this.postPhases).ran("pack").withOutcome(PostPhaseOutcome.COMPLETED);
			assertThat(this.postPhases).ran("mail").withArguments("gone");
			then(this.packer).should().pack("gone");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ Handler.class, Packer.class, ShopMailer.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Handler.class)
	static class Slice {

	}

	@RestController
	static class Handler {

		@GetMapping("/go")
		@RespondThenContinue({ "pack", "mail" })
		String go() {
			return "gone";
		}

	}

	static class Packer {

		@PostPhase
		void pack(String result) {
		}

	}

	interface Mailer {

		@PostPhase
		void mail(String result);

	}

	static class ShopMailer implements Mailer {

		@Override
		public void mail(String result) {
		}

	}

}
