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

package io.github.earlyresponse.jdbc;

import java.io.EOFException;
import java.time.Duration;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.RespondThenContinue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a client gets if the transaction of a handler fails, with and without an advice of
 * the application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { TestApplication.WITHOUT_JPA,
		"early-response.durable.engine=jdbc", "spring.datasource.generate-unique-name=true" })
class UnreachableDatabaseTests {

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@CsvSource({ "/advised/not-begun, 418", "/advised/not-committed, 400", "/advised/plain/not-begun, 418",
			"/advised/plain/not-committed, 400" })
	void leavesExceptionsToTheAdviceOfTheApplication(String path, int status) {
		assertThat(post(path).getStatusCode().value()).isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource({ "/not-begun", "/not-stored", "/advised/not-stored" })
	void isUnavailableIfNothingCanBeStored(String path) {
		ResponseEntity<String> response = post(path);
		assertThat(response.getStatusCode().value()).isEqualTo(503);
		assertThat(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER)).isNotEmpty();
		assertThat(response.getBody()).contains("\"status\":503");
	}

	@Test
	void leavesOtherExceptionsToSpring() {
		assertThat(post("/not-committed").getStatusCode().value()).isEqualTo(500);
		assertThat(post("/plain/not-committed").getStatusCode().value()).isEqualTo(500);
	}

	@Test
	void isUnavailableWithOwnConfigurationOfSpringMvc() {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class, OwnMvc.class)
			.properties(TestApplication.WITHOUT_JPA, "early-response.durable.engine=jdbc", "server.port=0",
					"spring.datasource.generate-unique-name=true")
			.run()) {
			String port = context.getEnvironment().getRequiredProperty("local.server.port");
			assertThat(post(Integer.parseInt(port), "/not-begun").getStatusCode().value()).isEqualTo(503);
			assertThat(post(Integer.parseInt(port), "/advised/not-begun").getStatusCode().value()).isEqualTo(418);
		}
	}

	private ResponseEntity<String> post(String path) {
		return post(this.port, path);
	}

	private static ResponseEntity<String> post(int port, String path) {
		return RestClient.create("http://localhost:" + port)
			.post()
			.uri(path)
			.retrieve()
			.onStatus((status) -> true, (request, response) -> {
			})
			.toEntity(String.class);
	}

	@TestApplication
	@Import({ Orders.class, AdvisedOrders.class, Advice.class, Work.class })
	static class Application {

	}

	/**
	 * Asks no configurers. Not annotated, so that only one test has it.
	 */
	static class OwnMvc extends WebMvcConfigurationSupport {

	}

	/**
	 * Handlers that throw what a transaction manager throws.
	 */
	@RestController
	static class Orders {

		@PostMapping("/not-begun")
		@RespondThenContinue("work")
		void notBegun() {
			throw new CannotCreateTransactionException("wanted", new EOFException());
		}

		@PostMapping("/plain/not-begun")
		void notBegunWithoutPostPhase() {
			notBegun();
		}

		@PostMapping("/not-committed")
		@RespondThenContinue("work")
		void notCommitted() {
			throw new TransactionSystemException("wanted");
		}

		@PostMapping("/plain/not-committed")
		void notCommittedWithoutPostPhase() {
			notCommitted();
		}

		@PostMapping("/not-stored")
		@RespondThenContinue("work")
		void notStored() {
			TransactionSystemException ex = new TransactionSystemException("wanted", new EOFException());
			ex.initApplicationException(new PostPhaseRejectedException("wanted", Duration.ofSeconds(2)));
			throw ex;
		}

	}

	@RestController
	@RequestMapping("/advised")
	static class AdvisedOrders extends Orders {

	}

	@ControllerAdvice(assignableTypes = AdvisedOrders.class)
	static class Advice {

		/**
		 * As for entities that are not valid.
		 */
		@ExceptionHandler(TransactionSystemException.class)
		@ResponseStatus(HttpStatus.BAD_REQUEST)
		void invalid() {
		}

		@ExceptionHandler(CannotCreateTransactionException.class)
		@ResponseStatus(HttpStatus.I_AM_A_TEAPOT)
		void unavailable() {
		}

	}

	@Component
	static class Work {

		@PostPhase(value = "work", durable = true)
		void work() {
		}

	}

}
