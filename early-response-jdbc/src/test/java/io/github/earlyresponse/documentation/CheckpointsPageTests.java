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

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.CatalogueImport.Page;
import io.github.earlyresponse.documentation.CustomerSetup.Services;
import io.github.earlyresponse.documentation.ExportWebhook.FinishedExport;
import io.github.earlyresponse.documentation.LetterMailer.Customer;
import io.github.earlyresponse.documentation.LetterMailer.Letter;
import io.github.earlyresponse.documentation.PaymentCollection.Invoice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The examples of docs/checkpoints.md: each of them fails once, and goes on where it has
 * stopped.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		classes = { DurabilityPageTests.Application.class, CheckpointsPageTests.Patterns.class },
		properties = { "early-response.durable.engine=jdbc", "early-response.durable.retry.delay=1ms",
				"early-response.durable.retry.jitter=0", "early-response.jdbc.poll-interval=20ms", "webhook.delay=1ms",
				"webhook.give-up-after=2s", "spring.datasource.generate-unique-name=true",
				"spring.sql.init.mode=never" })
class CheckpointsPageTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Outside outside;

	@Autowired
	private Receiver receiver;

	@Autowired
	private PostPhaseOperations postPhases;

	@BeforeEach
	void forget() {
		this.outside.done.clear();
		this.outside.failed.set(false);
		this.receiver.responses.clear();
		this.receiver.taken.clear();
	}

	@Test
	void loopOverKeysSendsEachLetterOnce() {
		run("/letters");
		assertThat(this.outside.done).containsExactly("mail to 1", "mail to 2", "mail to 3", "mail to 4", "mail to 5");
	}

	@Test
	void importGetsEachPageOnce() {
		run("/catalogue");
		assertThat(this.outside.done).containsExactly("page first", "pot", "page 2", "page 2", "pan", "page 3", "lid");
	}

	@Test
	void chunksAreWrittenOnce() {
		this.jdbc.sql("create table customer (id bigint primary key)").update();
		this.jdbc.sql("insert into customer select x from system_range(1, 250)").update();
		this.jdbc.sql("create table invoice (customer_id bigint, constraint not_now check (customer_id <> 150))")
			.update();
		post("/invoices");
		await().atMost(TIMEOUT).until(() -> count("early_response_post_phase where last_failure is not null") == 1);
		assertThat(invoices()).as("the first chunk").containsExactlyElementsOf(numbers(100));
		this.jdbc.sql("alter table invoice drop constraint not_now").update();
		awaitEnd();
		assertThat(invoices()).containsExactlyElementsOf(numbers(250));
	}

	private static List<Long> numbers(long last) {
		return LongStream.rangeClosed(1, last).boxed().toList();
	}

	private List<Long> invoices() {
		return this.jdbc.sql("select customer_id from invoice order by customer_id").query(Long.class).list();
	}

	@Test
	void stepsAreDoneOnce() {
		run("/customers");
		assertThat(this.outside.done).containsExactly("account of ada", "mailbox of ada", "welcome to ada");
	}

	@Test
	void repeatedPaymentHasTheSameKey() {
		run("/billing");
		assertThat(this.outside.done).hasSize(4).doesNotContainNull();
		assertThat(this.outside.done.stream().distinct()).hasSize(3).allMatch((key) -> key.matches("\\w{32}-[123]"));
	}

	@Test
	void webhookIsPostedWhenItsReceiverIsReady() {
		this.receiver.respond(503, "0");
		this.receiver.respond(500, null);
		String now = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(1));
		this.receiver.respond(429, now);
		run("/exports");
		assertThat(this.receiver.taken).hasSize(4);
		assertThat(this.receiver.taken.stream().distinct()).singleElement()
			.asString()
			.matches("\\w{32} \\{\"bytes\":17,\"id\":\"7\"}|\\w{32} \\{\"id\":\"7\",\"bytes\":17}");
	}

	@Test
	void webhookThatNobodyTakesIsDeadAfterItsTime() {
		this.receiver.respond(503, "86400");
		post("/exports");
		await().atMost(TIMEOUT).until(() -> !this.postPhases.deadLetters(1).isEmpty());
		DeadLetter dead = this.postPhases.deadLetters(1).get(0);
		assertThat(dead.name()).isEqualTo("post-export");
		assertThat(this.postPhases.discard(dead.id())).isTrue();
	}

	private void run(String path) {
		post(path);
		awaitEnd();
	}

	private void post(String path) {
		RestClient.create("http://localhost:" + this.port).post().uri(path).retrieve().toBodilessEntity();
	}

	private void awaitEnd() {
		await().atMost(TIMEOUT).until(() -> count("early_response_post_phase") == 0);
		assertThat(this.postPhases.deadLetters(1)).isEmpty();
	}

	private long count(String rows) {
		return this.jdbc.sql("select count(*) from " + rows).query(Long.class).single();
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Handlers.class, Receiver.class })
	static class Patterns {

		@Bean
		Outside outside() {
			return new Outside();
		}

		@Bean
		@Lazy
		RestClient restClient(WebServerApplicationContext context) {
			return RestClient.create("http://localhost:" + context.getWebServer().getPort() + "/receiver");
		}

		@Bean
		LetterMailer letterMailer(Outside outside) {
			return new LetterMailer((id) -> LongStream.rangeClosed(id + 1, 5)
				.mapToObj((next) -> new Customer(next, next + "@example.org"))
				.toList(), (customer, letter) -> outside.done("mail to " + customer.id(), customer.id() == 3));
		}

		@Bean
		CatalogueImport catalogueImport(@Lazy RestClient client, Outside outside) {
			return new CatalogueImport(client,
					(products) -> products.forEach((product) -> outside.done(product, product.equals("pan"))));
		}

		@Bean
		InvoiceWriter invoiceWriter(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
			return new InvoiceWriter(jdbc, new TransactionTemplate(transactionManager));
		}

		@Bean
		CustomerSetup customerSetup(Outside outside) {
			return new CustomerSetup(outside);
		}

		@Bean
		PaymentCollection paymentCollection(@Lazy RestClient client) {
			return new PaymentCollection(client,
					(id) -> LongStream.rangeClosed(id + 1, 3).mapToObj((next) -> new Invoice(next, 100)).toList());
		}

		@Bean
		ExportWebhook exportWebhook(@Lazy RestClient client, JsonMapper mapper) {
			return new ExportWebhook(client, mapper, Receiver.SECRET);
		}

	}

	/**
	 * What is done outside of the application, and fails once.
	 */
	static class Outside implements Services {

		private final List<String> done = Collections.synchronizedList(new ArrayList<>());

		private final AtomicBoolean failed = new AtomicBoolean();

		void done(String what, boolean fails) {
			if (fails && this.failed.compareAndSet(false, true)) {
				throw new IllegalStateException("wanted");
			}
			this.done.add(what);
		}

		@Override
		public void openAccount(String customer) {
			done("account of " + customer, false);
		}

		@Override
		public void createMailbox(String customer) {
			done("mailbox of " + customer, true);
		}

		@Override
		public void sendWelcome(String customer) {
			done("welcome to " + customer, false);
		}

	}

	@RestController
	static class Handlers {

		@PostMapping("/letters")
		@RespondThenContinue("send-letters")
		Letter letters() {
			return new Letter("Plums");
		}

		@PostMapping("/catalogue")
		@RespondThenContinue("import-catalogue")
		void catalogue() {
		}

		@PostMapping("/invoices")
		@RespondThenContinue("write-invoices")
		void invoices() {
		}

		@PostMapping("/customers")
		@RespondThenContinue("set-up-customer")
		String customer() {
			return "ada";
		}

		@PostMapping("/billing")
		@RespondThenContinue("collect-payments")
		void billing() {
		}

		@PostMapping("/exports")
		@RespondThenContinue("post-export")
		FinishedExport export() {
			return new FinishedExport("7", 17);
		}

	}

	/**
	 * The other services.
	 */
	@RestController
	static class Receiver {

		static final byte[] SECRET = "secret".getBytes(StandardCharsets.UTF_8);

		private static final Map<String, Page> PAGES = Map.of("first", new Page(List.of("pot"), "2"), "2",
				new Page(List.of("pan"), "3"), "3", new Page(List.of("lid"), null));

		private final Outside outside;

		private final Deque<ResponseEntity<Void>> responses = new ArrayDeque<>();

		private final List<String> taken = Collections.synchronizedList(new ArrayList<>());

		Receiver(Outside outside) {
			this.outside = outside;
		}

		void respond(int status, String retryAfter) {
			ResponseEntity.BodyBuilder response = ResponseEntity.status(status);
			if (retryAfter != null) {
				response.header(HttpHeaders.RETRY_AFTER, retryAfter);
			}
			this.responses.add(response.build());
		}

		@GetMapping("/receiver/products")
		Page products(@RequestParam String page) {
			this.outside.done("page " + page, false);
			return PAGES.get(page);
		}

		@PostMapping("/receiver/payments")
		ResponseEntity<Void> pay(@RequestHeader("Idempotency-Key") String key, @RequestBody Invoice invoice) {
			this.outside.done(key, false);
			boolean lost = invoice.id() == 2 && this.outside.failed.compareAndSet(false, true);
			return ResponseEntity.status((lost) ? 500 : 200).build();
		}

		@PostMapping("/receiver/exports")
		ResponseEntity<Void> export(@RequestHeader("Idempotency-Key") String key,
				@RequestHeader("X-Signature") String signature, @RequestBody String body)
				throws GeneralSecurityException {
			Mac mac = Mac.getInstance("HmacSHA256");
			mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
			byte[] expected = mac.doFinal(body.getBytes(StandardCharsets.UTF_8));
			assertThat(signature).isEqualTo("sha256=" + HexFormat.of().formatHex(expected));
			this.taken.add(key + " " + body);
			ResponseEntity<Void> next = this.responses.poll();
			return (next != null) ? next : ResponseEntity.ok().build();
		}

	}

}
