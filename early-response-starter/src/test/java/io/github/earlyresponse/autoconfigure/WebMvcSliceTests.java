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

package io.github.earlyresponse.autoconfigure;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.asyncDispatch;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests that the starter is part of the tests of an application's web layer.
 */
@WebMvcTest
@Import(WebMvcSliceTests.Shop.class)
class WebMvcSliceTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private MockMvc mockMvc;

	@Autowired
	private Shop shop;

	@Autowired
	private PostPhaseOperations postPhases;

	@Test
	void postPhaseHasRunOnceIdle() throws Exception {
		assertThat(this.mvc.get().uri("/order")).hasStatusOk();
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(this.shop.ran().getCount()).isZero();
	}

	@Test
	void asyncHandlerContinuesAfterItsSecondDispatch() throws Exception {
		MvcResult started = this.mockMvc.perform(get("/later")).andReturn();
		this.mockMvc.perform(asyncDispatch(started)).andExpect(status().isOk());
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(this.shop.ran().getCount()).isZero();
	}

	@Test
	void handlerContinues() throws Exception {
		assertThat(this.mvc.get().uri("/order")).hasStatusOk().hasBodyTextEqualTo("ordered");
		assertThat(this.shop.ran().await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void handlerContinuesWithTheInjectedAfterResponse() throws Exception {
		assertThat(this.mvc.get().uri("/injected")).hasStatusOk();
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(this.shop.ran().getCount()).isZero();
	}

	@Test
	void restOfHandlerThatSendsHasRunOnceIdle() throws Exception {
		assertThat(this.mvc.get().uri("/send")).hasStatus(202).hasBodyTextEqualTo("sent");
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		assertThat(this.shop.rest()).hasValue(Delivery.SENT);
	}

	@Test
	void handlerThatThrowsBeforeItSendsIsAnErrorAsEver() {
		assertThat(this.mvc.get().uri("/refuse")).hasStatus(409);
	}

	@Test
	void missingPostPhaseIsNamedWithItsRemedies() {
		TestContext slice = new TestContextManager(IncompleteSlice.class).getTestContext();
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(slice::getApplicationContext)
			.havingRootCause()
			.isInstanceOf(InvalidPostPhaseException.class)
			.withMessageContaining("IncompleteShop.order() names the post-phase 'pack', which does not exist")
			.withMessageContaining("@Import")
			.withMessageContaining("early-response-test");
	}

	@WebMvcTest
	@Import(IncompleteShop.class)
	static class IncompleteSlice {

	}

	@RestController
	static class IncompleteShop {

		@GetMapping("/incomplete")
		@RespondThenContinue("pack")
		String order() {
			return "ordered";
		}

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

	@RestController
	static class Shop {

		private final AfterResponse after;

		private final CountDownLatch ran = new CountDownLatch(1);

		private final AtomicReference<Delivery> rest = new AtomicReference<>();

		Shop(AfterResponse after) {
			this.after = after;
		}

		@GetMapping("/injected")
		@RespondThenContinue
		String injected() {
			this.after.run("mail", (context) -> this.ran.countDown());
			return "injected";
		}

		CountDownLatch ran() {
			return this.ran;
		}

		AtomicReference<Delivery> rest() {
			return this.rest;
		}

		@GetMapping("/send")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			this.rest.set(early.send("sent"));
		}

		@GetMapping("/refuse")
		@RespondThenContinue
		void refuse(EarlyResponse<String> early) {
			throw new ResponseStatusException(HttpStatus.CONFLICT);
		}

		@GetMapping("/order")
		@RespondThenContinue
		String order(AfterResponse after) {
			after.run("mail", (context) -> this.ran.countDown());
			return "ordered";
		}

		@GetMapping("/later")
		@RespondThenContinue
		Callable<String> later(AfterResponse after) {
			after.run("mail", (context) -> this.ran.countDown());
			return () -> "later";
		}

	}

}
