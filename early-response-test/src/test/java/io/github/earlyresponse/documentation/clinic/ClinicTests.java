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

import java.io.IOException;
import java.util.Map;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.hibernate.LazyInitializationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.validation.BindingResult;
import org.springframework.validation.Errors;
import org.springframework.web.servlet.View;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the page on recipes do what it says, with a real server, Hibernate and
 * H2.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
@ExtendWith(OutputCaptureExtension.class)
class ClinicTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private PetRepository pets;

	@Autowired
	private VisitRepository visits;

	@Autowired
	private VisitMailer mailer;

	private long petId;

	@BeforeEach
	void createPet() {
		this.mailer.sent().clear();
		this.visits.deleteAll();
		this.petId = this.pets.save(new Pet(new Owner("ann@example.org"))).getId();
	}

	@Test
	void formIsAnsweredWithARedirectAndConfirmed() {
		RestTestClient.ResponseSpec response = submit("/pets/{id}/visits", "2026-12-24");
		response.expectStatus().isFound().expectHeader().valueMatches("Location", ".*/pets/" + this.petId);
		assertThat(this.postPhases).ranOnly("confirm-visit")
			.ran("confirm-visit")
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.withDelivery(Delivery.SENT);
		assertThat(this.mailer.sent()).containsExactly("ann@example.org 2026-12-24");
		assertThat(this.visits.findAll()).singleElement().matches(Visit::isConfirmed);
	}

	@Test
	void formWithErrorsIsShownAgainAndNotConfirmed() {
		submit("/pets/{id}/visits", "Christmas").expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("the form, with 1 error");
		assertThat(this.postPhases).ranNothing();
		assertThat(this.visits.findAll()).isEmpty();
	}

	@Test
	void bookingOfAGeneratedApiIsConfirmed() {
		this.client.post()
			.uri("/api/pets/{id}/visits", this.petId)
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"date\":\"2026-12-24\",\"description\":\"scratches\"}")
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatus.CREATED);
		assertThat(this.postPhases).ran("confirm-booking").withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(this.mailer.sent()).containsExactly("ann@example.org 2026-12-24");
	}

	@Test
	void visitThatIsMovedByAGeneratedApiIsConfirmedAgain() {
		submit("/pets/{id}/visits", "2026-12-24").expectStatus().isFound();
		assertThat(this.postPhases).ran("confirm-visit");
		move("2026-12-24").expectStatus().isNoContent();
		assertThat(this.postPhases).ran("confirm-visit").times(1);
		move("2026-12-31").expectStatus().isNoContent();
		assertThat(this.postPhases).ran("confirm-visit").times(2).withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(this.mailer.sent()).containsExactly("ann@example.org 2026-12-24", "ann@example.org 2026-12-31");
	}

	@Test
	void lazyAssociationFailsWithTheRemedyInTheLog(CapturedOutput output) {
		this.client.get().uri("/careless/{id}", this.petId).exchange().expectStatus().isOk();
		assertThat(this.postPhases).ran("lazy")
			.withOutcome(PostPhaseOutcome.FAILED)
			.withFailureInstanceOf(LazyInitializationException.class);
		assertThat(output).contains("failed. An entity that the handler has loaded").contains("docs/recipes.md");
	}

	@Test
	void idIsNullUntilTheFlushAndThereInThePostPhase() {
		this.client.post().uri("/careless/{id}", this.petId).exchange().expectStatus().isOk();
		assertThat(this.postPhases).ran("by-object").withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(this.mailer.sent()).containsExactly("null true");
	}

	@Test
	void writingWithoutATransactionFailsWithTheRemedyInTheLog(CapturedOutput output) {
		this.client.post().uri("/careless/{id}/write", this.petId).exchange().expectStatus().isOk();
		assertThat(this.postPhases).ran("write").withOutcome(PostPhaseOutcome.FAILED);
		assertThat(output).contains("failed. The transaction of the handler has ended").contains("docs/recipes.md");
	}

	private RestTestClient.ResponseSpec move(String date) {
		return this.client.put()
			.uri("/api/visits/{id}", this.visits.findAll().get(0).getId())
			.contentType(MediaType.APPLICATION_JSON)
			.body("{\"date\":\"" + date + "\"}")
			.exchange();
	}

	private RestTestClient.ResponseSpec submit(String path, String date) {
		return this.client.post()
			.uri(path, this.petId)
			.contentType(MediaType.APPLICATION_FORM_URLENCODED)
			.body("date=" + date + "&description=scratches")
			.exchange();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Views {

		@Bean("visits/form")
		View visitForm() {
			return new View() {

				@Override
				public String getContentType() {
					return MediaType.TEXT_HTML_VALUE;
				}

				@Override
				public void render(Map<String, ?> model, HttpServletRequest request, HttpServletResponse response)
						throws IOException {
					Errors errors = (Errors) model.get(BindingResult.MODEL_KEY_PREFIX + "visit");
					response.getWriter().write("the form, with " + errors.getErrorCount() + " error");
				}

			};
		}

	}

}
