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

package io.github.earlyresponse.documentation.start;

import java.util.List;
import java.util.UUID;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class ExportController {

	private static final Logger logger = LoggerFactory.getLogger(ExportController.class);

	@PostMapping("/exports")
	@ResponseStatus(HttpStatus.ACCEPTED)
	@RespondThenContinue("pack-export")
	ExportTicket export(@RequestBody ExportRequest request) {
		return new ExportTicket(UUID.randomUUID().toString());
	}

	@PostPhase(value = "pack-export", timeout = "10m")
	void pack(ExportTicket ticket, ExportRequest request, PostPhaseContext context) {
		logger.info("Packing {} for {}, response {}", request.documents(), ticket.id(), context.delivery());
	}

	record ExportRequest(List<String> documents) {
	}

	record ExportTicket(String id) {
	}

}
