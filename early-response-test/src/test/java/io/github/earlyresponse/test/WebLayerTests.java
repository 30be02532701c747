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

package io.github.earlyresponse.test;

import java.time.Duration;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PostPhases} in the web layer alone.
 */
@WebMvcTest(properties = { "early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=0" })
@AutoConfigurePostPhases
class WebLayerTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private Shop shop;

	@Test
	void postPhaseIsAwaited() {
		assertThat(this.mvc.post().uri("/orders/plums")).hasStatusOk();
		assertThat(this.postPhases).ran("mail")
			.times(1)
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.withDelivery(Delivery.SENT);
		assertThat(this.postPhases).ranOnly("mail");
		assertThat(this.shop.ranOn().getName()).startsWith("post-phase-");
	}

	@Test
	void failureIsToldInTheMessage() {
		assertThat(this.mvc.post().uri("/orders/poison")).hasStatusOk();
		assertThat(this.postPhases).ran("mail").withFailureInstanceOf(IllegalStateException.class);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.postPhases).ran("mail").withOutcome(PostPhaseOutcome.COMPLETED))
			.withMessageContaining("threw java.lang.IllegalStateException: It is not sold");
	}

	@Test
	void skippedPostPhaseDidNotRun() {
		assertThat(this.mvc.post().uri("/returns")).hasStatus(HttpStatus.CONFLICT);
		assertThat(this.postPhases).didNotRun("refund").ranNothing();
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> assertThat(this.postPhases).ran("refund"))
			.withMessageContaining("\"refund\": SKIPPED, did not run");
	}

	@Test
	void postPhaseWithoutRoomIsRejected() {
		this.shop.close();
		assertThat(this.mvc.get().uri("/wait")).hasStatusOk();
		assertThat(this.mvc.post().uri("/orders/plums")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.postPhases.awaitIdle(Duration.ZERO))
			.withMessageStartingWith("Still in flight after PT0S:%n  \"wait\": ".formatted());
		this.shop.open();
		assertThat(this.postPhases).rejected("mail").didNotRun("mail").ranOnly("wait");
	}

}
