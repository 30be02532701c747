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

package io.github.earlyresponse.documentation;

import java.util.concurrent.CountDownLatch;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.times;

/**
 * A crash as in docs/testing.md.
 */
@SpringBootTest(classes = OrderTests.Orders.class, properties = "early-response.durable.engine=jdbc")
@AutoConfigureMockMvc
@AutoConfigurePostPhases
class OrderTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private PostPhases postPhases;

	@MockitoBean
	private Mailer mailer;

	@Test
	void confirmationSurvivesACrash() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		willAnswer((call) -> {
			started.countDown();
			new CountDownLatch(1).await(); // until it is interrupted
			return null;
		}).willDoNothing().given(this.mailer).confirm("pan");
		assertThat(this.mvc.post().uri("/orders/pan")).hasStatusOk();
		started.await();
		this.postPhases.crashAndTakeOver();
		assertThat(this.postPhases).ran("confirm-order").withOutcome(PostPhaseOutcome.COMPLETED);
		then(this.mailer).should(times(2)).confirm("pan");
	}

	interface Mailer {

		void confirm(String item);

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@RestController
	static class Orders {

		private final Mailer mailer;

		Orders(Mailer mailer) {
			this.mailer = mailer;
		}

		@PostMapping("/orders/{item}")
		@RespondThenContinue("confirm-order")
		String order(@PathVariable String item) {
			return "ordered";
		}

		@PostPhase(value = "confirm-order", durable = true)
		void confirm(@PathVariable String item) {
			this.mailer.confirm(item);
		}

	}

}
