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

import java.time.LocalDate;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
class VisitService {

	private final PetRepository pets;

	private final VisitRepository visits;

	VisitService(PetRepository pets, VisitRepository visits) {
		this.pets = pets;
		this.visits = visits;
	}

	@Transactional
	Visit book(long petId, VisitForm form) {
		Visit visit = this.pets.findById(petId).orElseThrow().addVisit(form);
		this.visits.flush();
		return visit;
	}

	@Transactional
	boolean move(long visitId, LocalDate date) {
		Visit visit = this.visits.findById(visitId).orElseThrow();
		boolean moved = !date.equals(visit.getDate());
		visit.setDate(date);
		return moved;
	}

}
