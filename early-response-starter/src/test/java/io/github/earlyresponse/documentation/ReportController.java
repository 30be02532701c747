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

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.documentation.Shop.Report;
import io.github.earlyresponse.documentation.Shop.Reports;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ReportController {

	private final Reports reports;

	ReportController(Journal journal) {
		this.reports = new Reports(journal);
	}

	@GetMapping("/reports/{id}")
	@RespondThenContinue(then = "report-sent", onClientAbort = OnClientAbort.CONTINUE)
	Report report(@PathVariable long id) {
		return this.reports.find(id);
	}

	@PostPhase("report-sent")
	void reportSent(Report report, PostPhaseContext context) {
		if (context.delivery() == Delivery.ABORTED) {
			this.reports.rememberForNextVisit(report);
		}
	}

}
