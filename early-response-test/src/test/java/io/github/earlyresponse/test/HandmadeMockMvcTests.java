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

import java.util.List;
import java.util.function.Consumer;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.setup.AbstractMockMvcBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.test.web.servlet.setup.StandaloneMockMvcBuilder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for handlers with a MockMvc that the test builds itself.
 */
@WebMvcTest(properties = { "early-response.executor.max-concurrency=1", "early-response.executor.queue-capacity=0" })
@AutoConfigurePostPhases
class HandmadeMockMvcTests {

	@Autowired
	private WebApplicationContext context;

	@Autowired
	private EarlyResponseMockMvcConfigurer configurer;

	@Autowired
	private PostPhases postPhases;

	@Autowired
	private Shop shop;

	@AfterEach
	void open() {
		this.shop.open();
	}

	@Test
	void standaloneControllerContinues() {
		assertContinues(standalone((builder) -> {
		}));
	}

	@Test
	void controllerOfTheContextContinues() {
		assertContinues(tester(MockMvcBuilders.webAppContextSetup(this.context).apply(this.configurer)));
	}

	@Test
	void filterMayBeThereTwice() {
		assertContinues(
				tester(MockMvcBuilders.webAppContextSetup(this.context).apply(this.configurer).apply(this.configurer)));
	}

	private void assertContinues(MockMvcTester mvc) {
		assertThat(mvc.post().uri("/orders/plums")).hasStatusOk().hasBodyTextEqualTo("ordered");
		assertThat(this.postPhases).ranOnly("mail")
			.ran("mail")
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.withDelivery(Delivery.SENT);
		assertThat(mvc.post().uri("/early")).hasStatusOk().hasBodyTextEqualTo("early");
		assertThat(this.postPhases).ran("Shop.early").withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(mvc.get().uri("/later?item=plums").exchange()).hasStatusOk().hasBodyTextEqualTo("later");
		assertThat(this.postPhases).ran("mail").times(2);
		assertThat(mvc.post().uri("/returns")).hasStatus(HttpStatus.CONFLICT);
		assertThat(mvc.post().uri("/broken")).hasFailed();
		assertThat(this.postPhases).didNotRun("refund");
	}

	@Test
	void fullApplicationRejects() {
		assertRejects(standalone((builder) -> builder.setControllerAdvice(new CatchAll())));
	}

	@Test
	void fullContextRejects() {
		assertRejects(tester(MockMvcBuilders.webAppContextSetup(this.context).apply(this.configurer)));
	}

	private void assertRejects(MockMvcTester mvc) {
		this.shop.close();
		assertThat(mvc.get().uri("/wait")).hasStatusOk();
		assertThat(mvc.post().uri("/orders/plums")).hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
			.hasHeader(HttpHeaders.RETRY_AFTER, "1")
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON);
		this.shop.open();
		assertThat(this.postPhases).rejected("mail").ranOnly("wait");
	}

	@Test
	void filtersOfTheTestAreInside() {
		Filter filter = (request, response, chain) -> {
			chain.doFilter(request, response);
			assertThat(this.postPhases.results()).isEmpty();
			response.getOutputStream().print(" and noted");
		};
		assertThat(standalone((builder) -> builder.addFilters(filter)).post().uri("/orders/plums"))
			.hasBodyTextEqualTo("ordered and noted");
		assertThat(this.postPhases).ran("mail").withDelivery(Delivery.SENT);
	}

	@Test
	void restTestClientOfAControllerContinues() {
		RestTestClient client = RestTestClient.bindToController(this.shop)
			.configureServer((builder) -> builder.apply(this.configurer))
			.build();
		client.post().uri("/orders/plums").exchange().expectStatus().isOk();
		assertThat(this.postPhases).ran("mail");
	}

	@Test
	void restTestClientOfAContextContinues() {
		RestTestClient client = RestTestClient.bindToApplicationContext(this.context)
			.configureServer((builder) -> builder.apply(this.configurer))
			.build();
		client.post().uri("/orders/plums").exchange().expectStatus().isOk();
		assertThat(this.postPhases).ran("mail");
	}

	@Test
	void controllerThatIsNoBeanIsRefused() {
		StandaloneMockMvcBuilder builder = MockMvcBuilders.standaloneSetup(new Shop()).apply(this.configurer);
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(builder::build)
			.withMessageContaining("its object is not a bean with a proxy");
	}

	@Test
	void misplacedParameterIsRefused() {
		StandaloneMockMvcBuilder builder = MockMvcBuilders.standaloneSetup(new Forgetful()).apply(this.configurer);
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(builder::build)
			.withMessageContaining("is not annotated with @RespondThenContinue");
	}

	@Test
	void remedyIsNamedWithoutIt() {
		for (MockMvcTester mvc : List.of(tester(MockMvcBuilders.standaloneSetup(this.shop)),
				tester(MockMvcBuilders.webAppContextSetup(this.context)))) {
			assertThat(mvc.post().uri("/orders/plums")).failure()
				.rootCause()
				.hasMessageContaining("Shop#order(String)")
				.hasMessageContaining("EarlyResponseMockMvcConfigurer")
				.hasMessageContaining("earlyResponseFilter");
		}
	}

	private MockMvcTester standalone(Consumer<StandaloneMockMvcBuilder> customizer) {
		StandaloneMockMvcBuilder builder = MockMvcBuilders.standaloneSetup(this.shop).apply(this.configurer);
		customizer.accept(builder);
		return tester(builder);
	}

	private static MockMvcTester tester(AbstractMockMvcBuilder<?> builder) {
		return MockMvcTester.create(builder.build());
	}

	@ControllerAdvice
	static class CatchAll {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.INTERNAL_SERVER_ERROR)
		void handle(RuntimeException ex) {
		}

	}

	@RestController
	static class Forgetful {

		@GetMapping("/forgetful")
		void handle(AfterResponse after) {
		}

	}

}
