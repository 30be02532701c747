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
import jakarta.persistence.EntityManager;

import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the page on recipes warns of.
 */
@RestController
class CarelessController {

	private final PetRepository pets;

	private final VisitMailer mailer;

	private final EntityManager entityManager;

	CarelessController(PetRepository pets, VisitMailer mailer, EntityManager entityManager) {
		this.pets = pets;
		this.mailer = mailer;
		this.entityManager = entityManager;
	}

	@GetMapping("/careless/{petId}")
	@RespondThenContinue
	String load(@PathVariable long petId, AfterResponse after) {
		after.call("lazy", this.pets.findById(petId).orElseThrow());
		return "loaded";
	}

	@PostPhase("lazy")
	void lazy(Pet pet) {
		this.mailer.confirm(pet.getOwner().getEmail(), null);
	}

	@PostMapping("/careless/{petId}")
	@RespondThenContinue
	@Transactional
	String book(@PathVariable long petId, AfterResponse after) {
		Visit visit = this.pets.findById(petId).orElseThrow().addVisit(new VisitForm(null, "scratches"));
		after.call("by-object", visit, visit.getId());
		return "booked";
	}

	@PostPhase("by-object")
	void byObject(Visit visit, Long tooEarly) {
		this.mailer.sent().add(tooEarly + " " + (visit.getId() != null));
	}

	@PostMapping("/careless/{petId}/write")
	@RespondThenContinue("write")
	String write(@PathVariable long petId) {
		return "to be written";
	}

	@PostPhase("write")
	void write(Long petId) {
		this.entityManager.persist(new Pet(new Owner("nobody")));
	}

}
