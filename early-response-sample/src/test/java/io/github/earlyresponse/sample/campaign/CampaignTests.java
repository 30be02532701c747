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
import java.util.UUID;

import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.util.GreenMail;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseProgress;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import jakarta.mail.internet.MimeMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
class CampaignTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private GreenMail mailServer;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private PostPhaseOperations operations;

	@BeforeEach
	void emptyMailboxes() throws FolderException {
		this.mailServer.purgeEmailFromAllMailboxes();
	}

	@Test
	void campaignToTwoThousandCustomersIsAnsweredAtOnceAndSentAfterwards() {
		// Refused, but it spares the measured request the loading of classes
		post("""
				{"subject": "x", "text": "x", "segment": "Atlantis"}""");
		Instant asked = Instant.now();
		Campaign accepted = accept("""
				{"subject": "Plums", "text": "Dear {name}, the plums are early.", "segment": "online"}""");
		Instant answered = Instant.now();
		assertThat(Duration.between(asked, answered)).isLessThan(Duration.ofSeconds(5));
		assertThat(accepted.recipients()).isEqualTo(2000);
		assertThat(accepted.pending()).isEqualTo(2000);
		Campaign finished = finished(accepted.id());
		assertThat(finished.finishedAt()).isAfter(answered);
		assertThat(finished.state()).isEqualTo(CampaignState.COMPLETED);
		assertThat(finished.sent()).isEqualTo(2000);
		assertThat(this.mailServer.getReceivedMessages()).hasSize(2000);
	}

	@Test
	void letterIsAddressedToItsCustomer() throws Exception {
		Campaign campaign = accept("""
				{"subject": "Crème brûlée", "text": "Dear {name}, mind the sugar.", "customerIds": [61]}""");
		finished(campaign.id());
		assertThat(this.mailServer.getReceivedMessages()).singleElement().satisfies((MimeMessage mail) -> {
			assertThat(mail.getSubject()).isEqualTo("Crème brûlée");
			assertThat(mail.getFrom()).extracting(Object::toString).containsExactly("shop@example.com");
			assertThat(mail.getAllRecipients()).extracting(Object::toString)
				.containsExactly("agnes.albers@example.org");
			assertThat(mail.getContent().toString().strip()).isEqualTo("Dear Agnes Albers, mind the sugar.");
		});
	}

	@Test
	void malformedAddressesAreRecordedAndStopNobody() {
		Campaign accepted = accept("""
				{"subject": "Knives", "text": "Dear {name}", "segment": "till"}""");
		Campaign finished = finished(accepted.id());
		assertThat(finished.state()).isEqualTo(CampaignState.COMPLETED);
		assertThat(finished.sent()).isEqualTo(588);
		assertThat(finished.failed()).isEqualTo(12);
		assertThat(this.postPhases.results()).singleElement()
			.extracting((result) -> result.postPhase().progress())
			.isEqualTo(new PostPhaseProgress(600, 600, "588 sent, 12 failed"));
		assertThat(this.mailServer.getReceivedMessages()).hasSize(588);
		List<FailedDelivery> failures = this.client.get()
			.uri("/campaigns/{id}/failures", accepted.id())
			.exchange()
			.expectBody(new ParameterizedTypeReference<List<FailedDelivery>>() {
			})
			.returnResult()
			.getResponseBody();
		assertThat(failures).hasSize(12)
			.allSatisfy((failure) -> assertThat(failure.reason()).isNotBlank())
			.extracting(FailedDelivery::email)
			.contains("@example.com");
	}

	@Test
	void campaignWithoutAGoodAddressCompletes() {
		Campaign accepted = accept("""
				{"subject": "Knives", "text": "Dear {name}", "customerIds": [2450, 2500]}""");
		Campaign finished = finished(accepted.id());
		assertThat(finished.state()).isEqualTo(CampaignState.COMPLETED);
		assertThat(finished.failed()).isEqualTo(2);
	}

	@Test
	void cancelledCampaignStopsAndKeepsCount() {
		Campaign accepted = accept("""
				{"subject": "Too early", "text": "Dear {name}", "segment": "all"}""");
		await().atMost(Duration.ofMinutes(1)).until(() -> find(accepted.id()).sent() > 0);
		assertThat(this.operations.inFlight()).singleElement()
			.extracting(PostPhaseExecution::id)
			.satisfies((id) -> assertThat(this.operations.cancel(id)).isTrue());
		assertThat(this.postPhases).ran("send-campaign").times(1).withOutcome(PostPhaseOutcome.CANCELLED);
		Campaign stopped = find(accepted.id());
		assertThat(stopped.state()).isEqualTo(CampaignState.CANCELLED);
		assertThat(stopped.pending()).isPositive();
		assertThat(stopped.sent() + stopped.failed() + stopped.pending()).isEqualTo(3000);
		assertThat(this.mailServer.getReceivedMessages()).hasSize(stopped.sent());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			{'subject': ' ', 'text': 'x', 'segment': 'all'}                       | subject must not be blank
			{'subject': 'x', 'segment': 'all'}                                    | text must not be blank
			{'subject': 'x\\nBcc: y', 'text': 'x', 'segment': 'all'}              | subject must be one line
			{'subject': 'x', 'text': 'x'}                                         | either a segment or customerIds
			{'subject': 'x', 'text': 'x', 'segment': 'all', 'customerIds': [1]}   | either a segment or customerIds
			{'subject': 'x', 'text': 'x', 'segment': 'Atlantis'}                  | segment or city 'Atlantis'
			{'subject': 'x', 'text': 'x', 'customerIds': []}                      | customerIds must have a size from 1
			{'subject': 'x', 'text': 'x', 'customerIds': [1, 4711]}               | Unknown customers: [4711]
			{'subject': 'x', 'text': 'x', 'segment': 'all', 'limit': 0}           | limit must be greater than 0
			{'subject':                                                           | Failed to read request
			""")
	void campaignThatCannotBeSentIsRefused(String request, String detail) {
		ProblemDetail problem = post(request.replace('\'', '"')).expectStatus()
			.isBadRequest()
			.expectBody(ProblemDetail.class)
			.returnResult()
			.getResponseBody();
		assertThat(problem.getDetail()).contains(detail);
		assertThat(this.postPhases).ranNothing();
	}

	@Test
	void unknownCampaignIsNotFound() {
		this.client.get().uri("/campaigns/{id}", UUID.randomUUID()).exchange().expectStatus().isNotFound();
		this.client.get().uri("/campaigns/{id}/failures", UUID.randomUUID()).exchange().expectStatus().isNotFound();
		this.client.get().uri("/campaigns/17").exchange().expectStatus().isBadRequest();
	}

	private Campaign accept(String request) {
		return post(request).expectStatus()
			.isAccepted()
			.expectHeader()
			.exists("Location")
			.expectBody(Campaign.class)
			.returnResult()
			.getResponseBody();
	}

	private ResponseSpec post(String request) {
		return this.client.post().uri("/campaigns").contentType(MediaType.APPLICATION_JSON).body(request).exchange();
	}

	private Campaign finished(UUID id) {
		this.postPhases.awaitIdle(Duration.ofMinutes(1));
		assertThat(this.postPhases).ran("send-campaign").times(1).withOutcome(PostPhaseOutcome.COMPLETED);
		return find(id);
	}

	private Campaign find(UUID id) {
		return this.client.get()
			.uri("/campaigns/{id}", id)
			.exchange()
			.expectBody(Campaign.class)
			.returnResult()
			.getResponseBody();
	}

}
