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

package io.github.earlyresponse.documentation.clinic;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.stereotype.Controller;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;

@Controller
class VisitController {

	private final VisitService visits;

	VisitController(VisitService visits) {
		this.visits = visits;
	}

	@PostMapping("/pets/{petId}/visits")
	@RespondThenContinue
	String book(@PathVariable long petId, @ModelAttribute("visit") VisitForm form, BindingResult errors,
			AfterResponse after) {
		if (errors.hasErrors()) {
			return "visits/form";
		}
		Visit visit = this.visits.book(petId, form);
		after.call("confirm-visit", visit.getId());
		return "redirect:/pets/" + petId;
	}

}
