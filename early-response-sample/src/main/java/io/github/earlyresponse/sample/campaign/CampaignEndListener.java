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

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/**
 * Records that a campaign was cancelled or has failed, also before it was begun. A
 * post-phase that is interrupted cannot know whether it was cancelled or goes on
 * elsewhere, and one that fails whether it is tried again. First of all listeners, so
 * that whoever sees the end also sees the state.
 * <p>
 * Listeners should not block. This one executes a statement all the same: a short one,
 * only for campaigns that were not completed, and not before their response.
 */
@Component
@Order(0)
class CampaignEndListener implements PostPhaseListener {

	private final CampaignRepository campaigns;

	CampaignEndListener(CampaignRepository campaigns) {
		this.campaigns = campaigns;
	}

	@Override
	public void finished(PostPhaseResult result) {
		if (result.postPhase().name().equals(CampaignMailer.POST_PHASE)
				&& result.outcome() != PostPhaseOutcome.COMPLETED) {
			boolean cancelled = result.outcome() == PostPhaseOutcome.CANCELLED;
			this.campaigns.ended(result.postPhase().id(),
					(cancelled) ? CampaignState.CANCELLED : CampaignState.STOPPED);
		}
	}

	/**
	 * Called without {@link #finished} if the processes that sent the campaign have died.
	 */
	@Override
	public void deadLettered(DeadLetter deadLetter) {
		if (deadLetter.name().equals(CampaignMailer.POST_PHASE)) {
			this.campaigns.ended(deadLetter.id(), CampaignState.STOPPED);
		}
	}

}
