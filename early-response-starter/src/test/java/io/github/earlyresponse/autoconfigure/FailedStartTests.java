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

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for what somebody reads whose application does not start.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailedStartTests {

	@Test
	void applicationSaysWhatIsWrongAndWhatToDo(CapturedOutput output) {
		SpringApplication application = new SpringApplication(Application.class);
		assertThatThrownBy(() -> application.run("--server.port=0", "--spring.main.banner-mode=off"))
			.isInstanceOf(InvalidPostPhaseException.class);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("@RespondThenContinue handler " + Application.class.getName()
					+ ".handle() names the post-phase 'nobody', which does not exist.")
			.contains("Put @PostPhase(\"nobody\") on a method of a bean")
			.doesNotContain("\tat io.github.earlyresponse");
	}

	@RestController
	@EnableAutoConfiguration
	static class Application {

		@GetMapping("/")
		@RespondThenContinue("nobody")
		void handle() {
		}

	}

}
