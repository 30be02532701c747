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

import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;

@Entity
class Visit {

	@Id
	@GeneratedValue
	private Long id;

	@ManyToOne(fetch = FetchType.LAZY)
	private Pet pet;

	private LocalDate date;

	private String description;

	private boolean confirmed;

	protected Visit() {
	}

	Visit(Pet pet, LocalDate date, String description) {
		this.pet = pet;
		this.date = date;
		this.description = description;
	}

	Long getId() {
		return this.id;
	}

	Pet getPet() {
		return this.pet;
	}

	LocalDate getDate() {
		return this.date;
	}

	void setDate(LocalDate date) {
		this.date = date;
	}

	String getDescription() {
		return this.description;
	}

	boolean isConfirmed() {
		return this.confirmed;
	}

	void setConfirmed(boolean confirmed) {
		this.confirmed = confirmed;
	}

}
