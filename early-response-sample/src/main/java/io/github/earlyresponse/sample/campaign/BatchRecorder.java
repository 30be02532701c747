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

import java.util.List;
import java.util.Map;
import java.util.UUID;

import io.github.earlyresponse.PostPhaseContext;

import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
class BatchRecorder {

	private final CampaignRepository campaigns;

	BatchRecorder(CampaignRepository campaigns) {
		this.campaigns = campaigns;
	}

	/**
	 * Records a batch of letters and, in the same transaction, how far the campaign has
	 * got: whoever goes on knows of exactly the letters that are recorded.
	 * @param campaign the id of the campaign
	 * @param batch who was tried, in the order of the ids of the customers
	 * @param failures those who were not reached, and why
	 * @param context the post-phase, which stops here if it should
	 */
	@Transactional
	void record(UUID campaign, List<Recipient> batch, Map<Recipient, String> failures, PostPhaseContext context) {
		this.campaigns.record(campaign, batch, failures);
		context.checkpoint(batch.get(batch.size() - 1).customerId());
	}

}
