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

import java.util.List;
import java.util.Queue;

import io.github.earlyresponse.documentation.Shop.Journal;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The examples of the documentation do what it says.
 */
class ShopTests {

	private static final List<Class<?>> COMPONENTS = List.of(ShopConfiguration.class, ExportController.class,
			CustomerController.class, OwnerController.class, OrderController.class, ReportController.class,
			LetterController.class, BasketController.class, SubscriptionController.class, FailureNotes.class,
			ShopConvention.class);

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(COMPONENTS, RunningServer.EVERYTHING,
				"early-response.executor.bean=reportExecutor");
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@AfterEach
	void forget() {
		server.awaitBalance().forget();
		server.bean(Journal.class).clear();
		notes().clear();
	}

	@Test
	void exportIsAcceptedAndPacked() throws Exception {
		RawResponse response = exchange("POST", "/exports", "{\"documents\":[\"catalogue\"]}");
		assertThat(response.status()).isEqualTo(202);
		assertThat(response.body()).isEqualTo("{\"id\":1}");
		assertThat(journal()).containsExactly("packed [catalogue] for 1, SENT");
	}

	@Test
	void customerIsDeletedAndWhatIsLeftIsDecidedThen() throws Exception {
		assertThat(exchange("DELETE", "/customers/7", null).status()).isEqualTo(200);
		assertThat(journal()).containsExactlyInAnyOrder("purged 7", "packed [customer-7] for 7, SENT");
		assertThat(exchange("DELETE", "/customers/-7", null).status()).isEqualTo(200);
		assertThat(journal()).hasSize(2);
	}

	@Test
	void ownerIsDeletedByTheMethodOfAnInterface() throws Exception {
		assertThat(exchange("DELETE", "/owners/7", null).status()).isEqualTo(200);
		assertThat(journal()).containsExactly("purged 7");
	}

	@Test
	void orderIsAnsweredInMidMethod() throws Exception {
		RawResponse response = exchange("POST", "/orders", "{\"item\":\"knife\"}");
		assertThat(response.status()).isEqualTo(201);
		assertThat(response.body()).isEqualTo("{\"item\":\"knife\"}");
		assertThat(journal()).containsExactly("confirmed knife, SENT");
		assertThat(server.listener().onlyResult().postPhase().name()).isEqualTo("OrderController.order");
	}

	@Test
	void failedPaymentIsFollowedByAWarning() throws Exception {
		assertThat(exchange("POST", "/payments", "{\"item\":\"knife\"}").status()).isEqualTo(500);
		assertThat(journal()).containsExactly("warned of no money for knife");
	}

	@Test
	void reportThatWasSentIsNotRemembered() throws Exception {
		assertThat(exchange("GET", "/reports/7", null).body()).isEqualTo("{\"id\":7}");
		assertThat(journal()).isEmpty();
	}

	@Test
	void letterGoesToEachRecipient() throws Exception {
		assertThat(exchange("POST", "/letters", "{\"text\":\"Dear\",\"recipients\":[\"Ann\",\"Bob\"]}").status())
			.isEqualTo(202);
		assertThat(journal()).containsExactly("Dear Ann", "Dear Bob");
	}

	@Test
	void basketIsInTheSessionAndBothPostPhasesRun() throws Exception {
		RawResponse first = exchange("POST", "/basket", "{\"name\":\"knife\"}");
		String cookie = first.header("Set-Cookie").replaceFirst(";.*", "");
		assertThat(exchange("POST", "/basket", "{\"name\":\"fork\"}", "Cookie: " + cookie).body())
			.isEqualTo("{\"items\":[{\"name\":\"knife\"},{\"name\":\"fork\"}]}");
		assertThat(journal()).containsExactlyInAnyOrder("suggested more than 1", "suggested more than 2",
				"POST /basket", "POST /basket");
	}

	@Test
	void newSubscriberWhoWantsTheNewsletterIsWelcomed() throws Exception {
		assertThat(exchange("POST", "/subscriptions?address=ann&newsletter=true", null).status()).isEqualTo(302);
		exchange("POST", "/subscriptions?address=ann&newsletter=true", null);
		assertThat(exchange("POST", "/subscriptions?address=bob&newsletter=false", null).status()).isEqualTo(302);
		assertThat(journal()).containsExactly("welcome ann");
	}

	@Test
	void listenerIsToldWhatDidNotComplete() throws Exception {
		assertThat(exchange("POST", "/letters", "{\"text\":\"Dear\"}").status()).isEqualTo(202);
		server.awaitBalance();
		assertThat(notes()).hasToString("[send-letter: FAILED]");
	}

	@Test
	void conventionTagsTheTimer() throws Exception {
		long before = completed();
		exchange("GET", "/reports/7", null);
		server.awaitBalance();
		assertThat(completed()).isEqualTo(before + 1);
	}

	private static long completed() {
		return server.bean(MeterRegistry.class)
			.find("early.response.post.phase")
			.tags("shop", "berlin", "outcome", "completed")
			.timers()
			.stream()
			.mapToLong(Timer::count)
			.sum();
	}

	private static Queue<?> notes() {
		return (Queue<?>) ReflectionTestUtils.getField(server.bean(FailureNotes.class), "notes");
	}

	private static RawResponse exchange(String method, String path, String json, String... headers) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.exchange(method, path, json, headers);
		}
	}

	private static List<String> journal() {
		server.awaitBalance();
		return server.bean(Journal.class).entries();
	}

}
