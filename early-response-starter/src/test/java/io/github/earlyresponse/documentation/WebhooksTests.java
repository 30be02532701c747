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
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The webhook of the documentation is posted again when its receiver cannot take it.
 */
class WebhooksTests {

	@Test
	void isPostedUntilItIsTaken() {
		try (RunningServer server = RunningServer.start(List.of(TicketController.class, Webhooks.class, Receiver.class),
				"webhooks.delay=1ms")) {
			Receiver receiver = server.bean(Receiver.class);
			RestClient.create("http://localhost:" + server.port() + "/tickets")
				.post()
				.contentType(MediaType.APPLICATION_JSON)
				.body("{\"title\":\"leak\"}")
				.retrieve()
				.toBodilessEntity();
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
			assertThat(receiver.keys).hasSize(4).containsOnly(server.listener().finishedIds().get(0));
		}
	}

	/**
	 * Answers 503, 429, 503 and at last 200.
	 */
	@RestController
	@RequestMapping("/receiver")
	static class Receiver {

		private final Queue<String> keys = new ConcurrentLinkedQueue<>();

		@Bean
		@Lazy
		RestClient receiverClient(ObjectProvider<WebServerApplicationContext> context) {
			return RestClient.create("http://localhost:" + context.getObject().getWebServer().getPort() + "/receiver");
		}

		@PostMapping("/tickets")
		ResponseEntity<Void> take(@RequestHeader("Idempotency-Key") String key) {
			this.keys.add(key);
			return switch (this.keys.size()) {
				case 1, 3 -> ResponseEntity.status(503).build();
				case 2 -> ResponseEntity.status(429).header("Retry-After", "0").build();
				default -> ResponseEntity.ok().build();
			};
		}

	}

}
