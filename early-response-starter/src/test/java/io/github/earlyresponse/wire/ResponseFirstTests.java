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

package io.github.earlyresponse.wire;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The promise, byte for byte: the whole response arrives while the post-phase runs.
 */
@Tag("both-containers")
class ResponseFirstTests {

	@Test
	void wholeResponseArrivesWhilePostPhaseSleepsAndConnectionIsFree() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(ExportController.class, ExportPacker.class));
				RawHttpClient client = server.client()) {
			ExportPacker packer = server.bean(ExportPacker.class);
			packer.release.countDown();
			for (int i = 0; i < 20; i++) {
				client.post("/exports", "{\"name\":\"warm-up\"}");
				client.get("/ping");
			}
			server.awaitBalance();
			packer.release = new CountDownLatch(1);
			packer.started = new CountDownLatch(1);
			RawResponse response = client.post("/exports", "{\"name\":\"report\"}");
			assertThat(response.status()).isEqualTo(202);
			assertThat(response.body()).isEqualTo("{\"id\":\"ticket-report\"}");
			assertThat(response.time()).isLessThan(Duration.ofMillis(200));
			assertThat(packer.started.await(3, TimeUnit.SECONDS)).isTrue();
			RawResponse next = client.get("/ping");
			assertThat(next.body()).isEqualTo("pong");
			assertThat(next.time()).isLessThan(Duration.ofMillis(100));
			assertThat(server.operations().inFlightCount()).as("the post-phase still runs").isEqualTo(1);
			packer.release.countDown();
			server.awaitBalance();
			assertThat(packer.seen).isEqualTo("ticket-report report /exports SENT");
			assertThat(server.listener().outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void sleepingPostPhasesDoNotHoldRequestThreads() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(ExportController.class, ExportPacker.class),
				"server.tomcat.threads.max=2", "server.tomcat.threads.min-spare=2")) {
			ExportPacker packer = server.bean(ExportPacker.class);
			packer.started = new CountDownLatch(10);
			for (int i = 0; i < 10; i++) {
				try (RawHttpClient client = server.client()) {
					assertThat(client.post("/exports", "{\"name\":\"report\"}").status()).isEqualTo(202);
				}
			}
			assertThat(packer.started.await(10, TimeUnit.SECONDS)).isTrue();
			try (RawHttpClient client = server.client()) {
				RawResponse response = client.get("/ping");
				assertThat(response.body()).isEqualTo("pong");
				assertThat(response.time()).isLessThan(Duration.ofSeconds(1));
			}
			assertThat(server.operations().inFlightCount()).isEqualTo(10);
			packer.release.countDown();
		}
	}

	@Test
	void responseEntityOfSeveralKilobytesIsCompleteAndPostPhaseGetsItsBody() throws Exception {
		try (RunningServer server = RunningServer.start(List.of(ExportController.class, ExportPacker.class));
				RawHttpClient client = server.client()) {
			RawResponse response = client.get("/large");
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.bodyBytes()).hasSize(100_000);
			assertThat(server.operations().inFlightCount()).isEqualTo(1);
			server.bean(ExportPacker.class).release.countDown();
			server.awaitBalance();
			assertThat(server.bean(ExportPacker.class).length).hasValue(100_000);
			assertThat(server.listener().onlyResult().postPhase().delivery()).isEqualTo(Delivery.SENT);
		}
	}

	record Ticket(String id) {
	}

	record ExportRequest(String name) {
	}

	@RestController
	static class ExportController {

		@PostMapping("/exports")
		@ResponseStatus(HttpStatus.ACCEPTED)
		@RespondThenContinue("pack-export")
		Ticket export(@RequestBody ExportRequest request) {
			return new Ticket("ticket-" + request.name());
		}

		@GetMapping("/large")
		@RespondThenContinue("measure")
		ResponseEntity<byte[]> large() {
			return ResponseEntity.ok(new byte[100_000]);
		}

		@GetMapping("/ping")
		String ping() {
			return "pong";
		}

	}

	static class ExportPacker {

		volatile CountDownLatch started = new CountDownLatch(1);

		volatile CountDownLatch release = new CountDownLatch(1);

		volatile String seen;

		final AtomicInteger length = new AtomicInteger();

		@PostPhase("pack-export")
		void pack(Ticket ticket, ExportRequest request, PostPhaseContext context, RequestSnapshot snapshot)
				throws InterruptedException {
			this.started.countDown();
			this.release.await(3, TimeUnit.SECONDS);
			this.seen = ticket.id() + " " + request.name() + " " + snapshot.uri() + " " + context.delivery();
		}

		@PostPhase
		void measure(byte[] result) throws InterruptedException {
			this.release.await(3, TimeUnit.SECONDS);
			this.length.set(result.length);
		}

	}

}
