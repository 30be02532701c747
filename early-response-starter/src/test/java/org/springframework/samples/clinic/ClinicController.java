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

package org.springframework.samples.clinic;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * A controller of an application in a package that begins as those of Spring itself.
 */
@RestController
public class ClinicController {

	@GetMapping("/clinic")
	@RespondThenContinue("clinic")
	String visit() {
		return "clinic";
	}

	/**
	 * A class that is no component, and a bean by its registration alone.
	 */
	public static class Mail {

		@PostPhase("clinic")
		void send(String result) {
		}

	}

	/**
	 * A class whose annotation is of no use.
	 */
	public static class Misplaced {

		@RespondThenContinue("clinic")
		void work() {
		}

	}

}
