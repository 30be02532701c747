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

package io.github.earlyresponse.sample.campaign;

import java.net.URI;
import java.util.List;
import java.util.UUID;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.RespondThenContinue;
import jakarta.validation.Valid;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

@RestController
@RequestMapping("/campaigns")
class CampaignController {

	private static final int SHOWN = 20;

	private final CampaignRepository campaigns;

	CampaignController(CampaignRepository campaigns) {
		this.campaigns = campaigns;
	}

	/**
	 * Accepts a campaign. {@link CampaignMailer#send} sends it after the response. A
	 * client that has lost the response can repeat the request with the same
	 * {@code Idempotency-Key}.
	 * @param letter the letter and who gets it
	 * @param after knows the id of the post-phase, by which {@link CampaignEndListener}
	 * finds the campaign
	 * @return the campaign, whose status is found under its location
	 */
	@PostMapping
	@Transactional
	@RespondThenContinue(then = CampaignMailer.POST_PHASE, idempotent = true)
	ResponseEntity<Campaign> accept(@Valid @RequestBody CampaignRequest letter, AfterResponse after) {
		List<Long> unknown = this.campaigns.unknownCustomers(letter);
		if (!unknown.isEmpty()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "Unknown customers: " + unknown);
		}
		Campaign campaign = this.campaigns.add(letter, after.id(CampaignMailer.POST_PHASE));
		if (campaign.recipients() == 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST,
					"No customer has the segment or city '%s'".formatted(letter.segment()));
		}
		URI location = ServletUriComponentsBuilder.fromCurrentRequest()
			.path("/{id}")
			.buildAndExpand(campaign.id())
			.toUri();
		return ResponseEntity.accepted().location(location).body(campaign);
	}

	@GetMapping
	List<Campaign> campaigns() {
		return this.campaigns.newest(SHOWN);
	}

	@GetMapping("/{id}")
	Campaign campaign(@PathVariable UUID id) {
		return this.campaigns.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "No campaign has the id " + id));
	}

	@GetMapping("/{id}/nodes")
	List<NodeLetters> nodes(@PathVariable UUID id) {
		Campaign campaign = campaign(id);
		return this.campaigns.nodes(campaign.id());
	}

	@GetMapping("/{id}/failures")
	List<FailedDelivery> failures(@PathVariable UUID id) {
		Campaign campaign = campaign(id);
		return this.campaigns.failures(campaign.id());
	}

}
