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

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.ExportRequest;
import io.github.earlyresponse.documentation.Shop.ExportTicket;
import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.documentation.Shop.Tickets;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ExportController {

	private final Tickets tickets = new Tickets();

	private final Journal journal;

	ExportController(Journal journal) {
		this.journal = journal;
	}

	@PostMapping("/exports")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@RespondThenContinue("pack-export")
	ExportTicket export(@RequestBody ExportRequest request) {
		return this.tickets.issue(request);
	}

	@PostPhase(value = "pack-export", timeout = "10m")
	void pack(ExportTicket ticket, ExportRequest request, PostPhaseContext context) {
		this.journal.add("packed " + request.documents() + " for " + ticket.id() + ", " + context.delivery());
	}

}
