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

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;

/**
 * As generated from an OpenAPI description.
 */
interface VisitsApi {

	@PostMapping("/api/pets/{petId}/visits")
	ResponseEntity<VisitDto> bookVisit(@PathVariable("petId") Long petId, @RequestBody VisitDto visit);

	@PutMapping("/api/visits/{visitId}")
	ResponseEntity<Void> moveVisit(@PathVariable("visitId") Long visitId, @RequestBody VisitDto visit);

}
