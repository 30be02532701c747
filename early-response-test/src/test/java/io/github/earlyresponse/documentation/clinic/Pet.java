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

import java.util.ArrayList;
import java.util.List;

import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;

@Entity
class Pet {

	@Id
	@GeneratedValue
	private Long id;

	@ManyToOne(fetch = FetchType.LAZY, cascade = CascadeType.PERSIST)
	private Owner owner;

	@OneToMany(mappedBy = "pet", cascade = CascadeType.ALL)
	private final List<Visit> visits = new ArrayList<>();

	protected Pet() {
	}

	Pet(Owner owner) {
		this.owner = owner;
	}

	Long getId() {
		return this.id;
	}

	Owner getOwner() {
		return this.owner;
	}

	Visit addVisit(VisitForm form) {
		Visit visit = new Visit(this, form.date(), form.description());
		this.visits.add(visit);
		return visit;
	}

}
