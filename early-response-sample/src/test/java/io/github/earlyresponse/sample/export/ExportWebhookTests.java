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

package io.github.earlyresponse.sample.export;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.test.AutoConfigurePostPhases;
import io.github.earlyresponse.test.PostPhases;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another service is told of a finished export, when it has the time for it.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
class ExportWebhookTests {

	private static final String SECRET = "between us";

	private static final Receiver receiver = Receiver.start();

	@TempDir
	private static Path directory;

	@Autowired
	private RestTestClient client;

	@Autowired
	private JsonMapper mapper;

	@Autowired
	private ExportRepository exports;

	@Autowired
	private PostPhases postPhases;

	@DynamicPropertySource
	static void webhook(DynamicPropertyRegistry properties) {
		properties.add("sample.export.directory", () -> directory);
		properties.add("sample.export.webhook.url", receiver::url);
		properties.add("sample.export.webhook.secret", () -> SECRET);
	}

	@AfterAll
	static void stop() {
		receiver.server.stop(0);
	}

	@Test
	void finishedExportIsPosted() throws GeneralSecurityException {
		receiver.statuses.addAll(List.of(503, 429));
		ExportTicket accepted = this.client.post()
			.uri("/exports")
			.contentType(MediaType.APPLICATION_JSON)
			.body("""
					{"documents": ["price-list.csv"]}""")
			.exchange()
			.expectStatus()
			.isAccepted()
			.expectBody(ExportTicket.class)
			.returnResult()
			.getResponseBody();
		this.postPhases.awaitIdle(Duration.ofMinutes(1));
		assertThat(this.postPhases).ran(ExportPacker.DOCUMENTS).times(1).withOutcome(PostPhaseOutcome.COMPLETED);
		assertThat(receiver.requests).hasSize(3).containsOnly(receiver.requests.get(0));
		Request request = receiver.requests.get(0);
		assertThat(this.mapper.readValue(request.body(), ExportTicket.class))
			.isEqualTo(this.exports.find(accepted.id()).orElseThrow())
			.extracting(ExportTicket::state)
			.isEqualTo(ExportState.READY);
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
		byte[] expected = mac.doFinal(request.body().getBytes(StandardCharsets.UTF_8));
		assertThat(request.signature()).isEqualTo("sha256=" + HexFormat.of().formatHex(expected));
		assertThat(request.key()).isEqualTo(this.postPhases.results().get(0).postPhase().id());
	}

	private record Request(String key, String signature, String body) {

	}

	private record Receiver(HttpServer server, Queue<Integer> statuses, List<Request> requests) {

		static Receiver start() {
			try {
				HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
				Receiver receiver = new Receiver(server, new ArrayDeque<>(), new CopyOnWriteArrayList<>());
				server.createContext("/", receiver::take);
				server.start();
				return receiver;
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private void take(HttpExchange exchange) throws IOException {
			try (exchange) {
				this.requests.add(new Request(exchange.getRequestHeaders().getFirst("Idempotency-Key"),
						exchange.getRequestHeaders().getFirst("X-Signature"),
						new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
				Integer status = this.statuses.poll();
				exchange.getResponseHeaders().set("Retry-After", "0");
				exchange.sendResponseHeaders((status != null) ? status : 204, -1);
			}
		}

		String url() {
			return "http://localhost:" + this.server.getAddress().getPort() + "/";
		}

	}

}
