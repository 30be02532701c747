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

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that cancel their post-phase.
 */
class StatusCancellationTests {

	private static RunningServer start(String... properties) {
		String[] all = new String[properties.length + 2];
		all[0] = FollowedShop.ENABLED;
		all[1] = "early-response.executor.max-concurrency=1";
		System.arraycopy(properties, 0, all, 2, properties.length);
		return RunningServer.start(List.of(FollowedShop.Handlers.class, FollowedShop.Work.class), all);
	}

	private static String export(RawHttpClient client) throws Exception {
		return client.post("/exports", "{}").header("Location");
	}

	private static RawResponse delete(RawHttpClient client, String location) throws Exception {
		return client.exchange("DELETE", location, null);
	}

	@Test
	void isRefusedUnlessEnabled() throws Exception {
		try (RunningServer server = start(); RawHttpClient client = server.client()) {
			String location = export(client);
			RawResponse response = delete(client, location);
			assertThat(response.status()).isEqualTo(405);
			assertThat(response.header("Allow")).isEqualTo("GET,HEAD");
			server.bean(FollowedShop.Work.class).end(1);
			assertThat(server.awaitBalance().outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void oneThatAsksEndsByItself() throws Exception {
		try (RunningServer server = start("early-response.status.cancellation=true",
				"early-response.status.cancellation-grace=1h"); RawHttpClient client = server.client()) {
			String location = export(client);
			CountDownLatch running = new CountDownLatch(1);
			AtomicBoolean interrupted = new AtomicBoolean();
			server.bean(FollowedShop.Work.class).step((context) -> {
				running.countDown();
				await().until(context::cancellationRequested);
				interrupted.set(Thread.interrupted());
			});
			running.await();
			RawResponse response = delete(client, location);
			assertThat(response.status()).isEqualTo(202);
			assertThat(response.body()).contains("\"state\":\"running\"");
			assertThat(response.header("Retry-After")).isNotNull();
			server.bean(FollowedShop.Work.class).end(1);
			assertThat(server.awaitBalance().outcomes()).containsExactly(PostPhaseOutcome.CANCELLED);
			assertThat(interrupted).isFalse();
			assertThat(client.get(location).body()).contains("\"outcome\":\"cancelled\"");
		}
	}

	@Test
	void oneThatDoesNotAskIsInterruptedAfterTheGrace() throws Exception {
		try (RunningServer server = start("early-response.status.cancellation=true",
				"early-response.status.cancellation-grace=100ms"); RawHttpClient client = server.client()) {
			String location = export(client);
			CountDownLatch running = new CountDownLatch(1);
			server.bean(FollowedShop.Work.class).step((context) -> {
				running.countDown();
				new CountDownLatch(1).await();
			});
			running.await();
			assertThat(delete(client, location).status()).isEqualTo(202);
			assertThat(server.awaitBalance().onlyResult().failure()).isInstanceOf(InterruptedException.class);
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.CANCELLED);
		}
	}

	@Test
	void queuedOneIsWithdrawnAtOnce() throws Exception {
		try (RunningServer server = start("early-response.status.cancellation=true");
				RawHttpClient client = server.client()) {
			export(client);
			String queued = export(client);
			await().until(() -> server.operations().queuedCount() == 1);
			RawResponse response = delete(client, queued);
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.body()).contains("\"state\":\"finished\"", "\"outcome\":\"cancelled\"");
			server.bean(FollowedShop.Work.class).end(1);
		}
	}

	@Test
	void canBeRepeatedAndComesTooLateForOneThatHasEnded() throws Exception {
		try (RunningServer server = start("early-response.status.cancellation=true",
				"early-response.status.cancellation-grace=1h"); RawHttpClient client = server.client()) {
			String location = export(client);
			await().until(() -> !server.listener().started().isEmpty());
			assertThat(delete(client, location).status()).isEqualTo(202);
			assertThat(delete(client, location).status()).isEqualTo(202);
			server.bean(FollowedShop.Work.class).end(1);
			server.awaitBalance();
			assertThat(delete(client, location).status()).isEqualTo(200);
			String other = export(client);
			server.bean(FollowedShop.Work.class).end(1);
			server.awaitBalance();
			RawResponse late = delete(client, other);
			assertThat(late.status()).isEqualTo(200);
			assertThat(late.body()).contains("\"outcome\":\"completed\"");
			assertThat(delete(client, "/post-phases/0123456789abcdef0123456789abcdef").status()).isEqualTo(404);
			assertThat(client.exchange("PUT", location, null).header("Allow")).isEqualTo("GET,HEAD,DELETE");
		}
	}

}
