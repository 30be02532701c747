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

package io.github.earlyresponse.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EarlyResponseEndpoint} and {@link EarlyResponseEndpointWebExtension}.
 */
class EarlyResponseEndpointTests {

	private static final Instant NOW = Instant.now();

	private final PostPhaseOperations operations = mock();

	private final PostPhaseHistory history = new PostPhaseHistory();

	private final EarlyResponseEndpoint endpoint = new EarlyResponseEndpoint(this.operations, this.history);

	private static PostPhaseExecution postPhase(int age, State state) {
		return new TestPostPhase("age-" + age, state, NOW.minusSeconds(age));
	}

	@Test
	void nothingIsInFlight() {
		given(this.operations.inFlight()).willReturn(List.of());
		given(this.operations.capacity()).willReturn(7);
		assertThat(this.endpoint.postPhases())
			.isEqualTo(new EarlyResponseDescriptor(7, 0, 0, this.history.totals(), List.of(), List.of()));
	}

	@Test
	void showsWhatIsInFlightOldestFirst() {
		given(this.operations.inFlight())
			.willReturn(List.of(postPhase(2, State.QUEUED), postPhase(3, State.RUNNING), postPhase(1, State.ACCEPTED)));
		EarlyResponseDescriptor descriptor = this.endpoint.postPhases();
		assertThat(descriptor.inFlight()).isEqualTo(3);
		assertThat(descriptor.queued()).isEqualTo(1);
		assertThat(descriptor.postPhases()).extracting(PostPhaseDescriptor::state)
			.containsExactly("running", "queued", "accepted");
		assertThat(descriptor.postPhases().get(0).acceptedAt()).isEqualTo(NOW.minusSeconds(3));
		assertThat(descriptor.postPhases().get(0).age()).isBetween(Duration.ofSeconds(3), Duration.ofMinutes(10));
	}

	@Test
	void showsTheOldestHundredAndHowManyThereAre() {
		List<PostPhaseExecution> many = new ArrayList<>();
		for (int age = 1; age <= 250; age++) {
			many.add(postPhase(age, State.QUEUED));
		}
		Collections.shuffle(many, new Random(7));
		given(this.operations.inFlight()).willReturn(many);
		EarlyResponseDescriptor descriptor = this.endpoint.postPhases();
		assertThat(descriptor.inFlight()).isEqualTo(250);
		assertThat(descriptor.queued()).isEqualTo(250);
		assertThat(descriptor.postPhases()).hasSize(100);
		assertThat(descriptor.postPhases().get(0).id()).isEqualTo("age-250");
		assertThat(descriptor.postPhases().get(99).id()).isEqualTo("age-151");
	}

	@Test
	void showsOneInFlight() {
		given(this.operations.find("age-3")).willReturn(postPhase(3, State.RUNNING));
		assertThat(this.endpoint.postPhase("age-3")).isInstanceOfSatisfying(PostPhaseDescriptor.class,
				(postPhase) -> assertThat(postPhase.state()).isEqualTo("running"));
	}

	@Test
	void showsOneFailure() {
		this.history.finished(new TestPostPhase("1").ended(PostPhaseOutcome.FAILED, null));
		assertThat(this.endpoint.postPhase("1")).isEqualTo(this.history.failure("1"));
	}

	@Test
	void unknownIsNothing() {
		assertThat(this.endpoint.postPhase("unknown")).isNull();
	}

	@Test
	void cancellationIsAnsweredWithStatus() {
		given(this.operations.cancel("1")).willReturn(true);
		EarlyResponseEndpointWebExtension extension = new EarlyResponseEndpointWebExtension(this.endpoint);
		assertThat(extension.cancel("1").getStatus()).isEqualTo(WebEndpointResponse.STATUS_NO_CONTENT);
		assertThat(extension.cancel("2").getStatus()).isEqualTo(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
