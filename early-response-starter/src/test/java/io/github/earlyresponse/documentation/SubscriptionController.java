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

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Journal;

import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;

@Controller
class SubscriptionController {

	private final Set<String> subscriptions = ConcurrentHashMap.newKeySet();

	private final Journal journal;

	SubscriptionController(Journal journal) {
		this.journal = journal;
	}

	@PostMapping("/subscriptions")
	@RespondThenContinue(value = "welcome", condition = "#form.newsletter()")
	String subscribe(@ModelAttribute Form form, BindingResult errors) {
		if (!errors.hasErrors() && !this.subscriptions.add(form.address())) {
			errors.rejectValue("address", "known"); // counts as well
		}
		return errors.hasErrors() ? "subscriptions/form" : "redirect:/subscriptions";
	}

	@PostPhase("welcome")
	void welcome(Form form) {
		this.journal.add("welcome " + form.address());
	}

	public record Form(String address, boolean newsletter) {
	}

}
