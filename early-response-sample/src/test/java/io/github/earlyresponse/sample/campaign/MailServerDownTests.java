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

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "spring.mail.host=localhost")
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
class MailServerDownTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private CampaignRepository campaigns;

	@Autowired
	private CampaignEndListener ends;

	@Autowired
	private PostPhases postPhases;

	@DynamicPropertySource
	static void portThatNobodyListensOn(DynamicPropertyRegistry properties) {
		properties.add("spring.mail.port", TestSocketUtils::findAvailableTcpPort);
	}

	@Test
	void everyDeliveryIsRecordedAsFailed() {
		Campaign accepted = this.client.post()
			.uri("/campaigns")
			.contentType(MediaType.APPLICATION_JSON)
			.body("""
					{"subject": "Plums", "text": "Dear {name}", "segment": "trade", "limit": 250}""")
			.exchange()
			.expectStatus()
			.isAccepted()
			.expectBody(Campaign.class)
			.returnResult()
			.getResponseBody();
		this.postPhases.awaitIdle(Duration.ofMinutes(1));
		assertThat(this.postPhases).ran("send-campaign").withOutcome(PostPhaseOutcome.COMPLETED);
		Campaign finished = this.campaigns.find(accepted.id()).orElseThrow();
		assertThat(finished.state()).isEqualTo(CampaignState.COMPLETED);
		assertThat(finished.failed()).isEqualTo(250);
		List<FailedDelivery> failures = this.campaigns.failures(accepted.id());
		assertThat(failures).extracting(FailedDelivery::reason).allMatch((reason) -> reason.contains("connect"));
	}

	@Test
	void campaignWhoseProcessesHaveDiedIsStopped() {
		Campaign campaign = this.campaigns.add(new CampaignRequest("Plums", "Dear {name}", "trade", null, 1), "17");
		this.campaigns.started(campaign.id(), 1, false);
		this.ends.deadLettered(new DeadLetter("17", CampaignMailer.POST_PHASE, null, Instant.now(), Instant.now(), 3,
				"3 processes have died"));
		Campaign stopped = this.campaigns.find(campaign.id()).orElseThrow();
		assertThat(stopped.state()).isEqualTo(CampaignState.STOPPED);
		assertThat(stopped.pending()).isOne();
	}

	@Test
	void thereIsNoMailbox() {
		this.client.get().uri("/mailbox").exchange().expectStatus().isNotFound();
	}

}
