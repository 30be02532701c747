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

import java.time.Duration;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.documentation.Shop.Letter;
import io.github.earlyresponse.documentation.Shop.Mailer;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class LetterController {

	private final Mailer mailer;

	LetterController(Journal journal) {
		this.mailer = new Mailer(journal);
	}

	@PostMapping("/letters")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@RespondThenContinue("send-letter")
	void letter(@RequestBody Letter letter) {
	}

	@PostPhase(value = "send-letter", timeout = "30s")
	void sendLetter(Letter letter, PostPhaseContext context) {
		for (String recipient : letter.recipients()) {
			context.restartTimeout(Duration.ofSeconds(30));
			this.mailer.send(letter, recipient);
		}
	}

}
