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
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class VisitsApiController implements VisitsApi {

	private final VisitService visits;

	private final VisitConfirmation confirmation;

	private final AfterResponse after;

	VisitsApiController(VisitService visits, VisitConfirmation confirmation, AfterResponse after) {
		this.visits = visits;
		this.confirmation = confirmation;
		this.after = after;
	}

	@Override
	@RespondThenContinue("confirm-booking")
	public ResponseEntity<VisitDto> bookVisit(Long petId, VisitDto visit) {
		Visit booked = this.visits.book(petId, new VisitForm(visit.date(), visit.description()));
		return ResponseEntity.status(HttpStatus.CREATED).body(VisitDto.of(booked));
	}

	@PostPhase("confirm-booking")
	void confirm(VisitDto result) {
		this.confirmation.confirm(result.id());
	}

	@Override
	@RespondThenContinue
	public ResponseEntity<Void> moveVisit(Long visitId, VisitDto visit) {
		if (this.visits.move(visitId, visit.date())) {
			this.after.call("confirm-visit", visitId);
		}
		return ResponseEntity.noContent().build();
	}

}
