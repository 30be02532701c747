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

package io.github.earlyresponse.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;

/**
 * Tests whose controllers are replaced start, and a mock does not continue.
 */
@WebMvcTest
@ContextConfiguration(classes = { ReplacedControllerTests.Application.class, ReplacedControllerTests.Mocked.class,
		ReplacedControllerTests.Spied.class, ReplacedControllerTests.Replaced.class,
		ReplacedControllerTests.Counter.class })
class ReplacedControllerTests {

	@MockitoBean
	private Mocked mocked;

	@MockitoSpyBean
	private Spied spied;

	@TestBean
	private Replaced replaced;

	@Autowired
	private Counter counter;

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhaseOperations postPhases;

	static Replaced replaced() {
		return new Replaced();
	}

	@Test
	void mockDoesNotContinueAndASpyDoes() throws Exception {
		given(this.mocked.handle()).willReturn("mocked");
		assertThat(this.mvc.get().uri("/mocked")).hasStatusOk().hasBodyTextEqualTo("mocked");
		assertThat(this.mvc.get().uri("/replaced")).hasStatusOk().hasBodyTextEqualTo("replaced");
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(this.counter.count).hasValue(0);
		assertThat(this.mvc.get().uri("/spied")).hasStatusOk().hasBodyTextEqualTo("spied");
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(this.counter.count).hasValue(1);
		then(this.spied).should().handle();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@RestController
	static class Mocked {

		@GetMapping("/mocked")
		@RespondThenContinue("count")
		String handle() {
			return "real";
		}

	}

	@RestController
	static class Spied {

		@GetMapping("/spied")
		@RespondThenContinue("count")
		String handle() {
			return "spied";
		}

	}

	@RestController
	static class Replaced {

		@GetMapping("/replaced")
		@RespondThenContinue("count")
		String handle() {
			return "replaced";
		}

	}

	static class Counter {

		private final AtomicInteger count = new AtomicInteger();

		@PostPhase
		void count() {
			this.count.incrementAndGet();
		}

	}

}
