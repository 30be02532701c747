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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tomcat holds the response of a redirect or a forward back until all filters have
 * returned. With {@code caller-runs} and no room the request thread itself does the work,
 * so that a response which is not really complete would wait for it.
 */
class HeldBackResponseTests {

	private static RunningServer plain;

	private static RunningServer server;

	private static RunningServer plainThatCaches;

	private static RunningServer serverThatCaches;

	@BeforeAll
	static void start() {
		plain = start("early-response.enabled=false");
		server = start("early-response.enabled=true");
		List<Class<?>> components = List.of(Pages.class, Work.class, ShallowEtagHeaderFilter.class);
		plainThatCaches = RunningServer.start(components, "early-response.enabled=false");
		serverThatCaches = RunningServer.start(components);
	}

	@AfterAll
	static void stop() {
		for (RunningServer each : List.of(plain, server, plainThatCaches, serverThatCaches)) {
			each.close();
		}
	}

	private static Work work(RunningServer server) {
		Work work = server.bean(Work.class);
		work.release = new CountDownLatch(1);
		work.delivery = null;
		return work;
	}

	@ParameterizedTest
	@ValueSource(strings = { "redirect-view", "send-redirect", "forward-small", "forward-large", "redirect-later",
			"forward-later" })
	void isCompleteBeforeThePostPhaseRuns(String kind) throws Exception {
		Work work = work(server);
		try (RawHttpClient first = server.client();
				RawHttpClient second = server.client();
				RawHttpClient reference = plain.client()) {
			RawResponse expected = reference.get("/" + kind);
			assertThat(first.get("/" + kind).withoutDates()).isEqualTo(expected.withoutDates());
			assertThat(second.get("/" + kind).withoutDates()).as("complete although its thread does the work")
				.isEqualTo(expected.withoutDates());
			assertThat(server.operations().inFlightCount()).isEqualTo(2);
			work.release.countDown();
			server.awaitBalance();
			assertThat(work.delivery).isEqualTo(Delivery.SENT);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "redirect-view", "forward-small", "forward-large", "forward-text" })
	void isFramedAsThatOfPlainHandlerBehindFilterThatCachesTheBody(String kind) throws Exception {
		work(serverThatCaches).release.countDown();
		try (RawHttpClient reference = plainThatCaches.client(); RawHttpClient client = serverThatCaches.client()) {
			assertThat(client.get("/" + kind).withoutDates()).isEqualTo(reference.get("/" + kind).withoutDates());
			assertThat(client.get("/text").withoutDates()).isEqualTo(reference.get("/text").withoutDates());
		}
	}

	@Test
	void deferredResultIsToldItsCompletion() throws Exception {
		Work work = work(server);
		work.release.countDown();
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/redirect-deferred").status()).isEqualTo(302);
			assertThat(work.completed.await(10, TimeUnit.SECONDS)).isTrue();
			server.awaitBalance();
			assertThat(work.delivery).isEqualTo(Delivery.SENT);
		}
	}

	private static RunningServer start(String property) {
		return RunningServer.start(List.of(Pages.class, Work.class), "early-response.executor.max-concurrency=1",
				"early-response.executor.queue-capacity=0", "early-response.when-saturated=caller-runs", property);
	}

	@Controller
	static class Pages {

		private final Work work;

		Pages(Work work) {
			this.work = work;
		}

		@GetMapping("/redirect-view")
		@RespondThenContinue("work")
		String redirectView() {
			return "redirect:/small";
		}

		@GetMapping("/send-redirect")
		@RespondThenContinue("work")
		void sendRedirect(HttpServletResponse response) throws Exception {
			response.sendRedirect("/small");
		}

		@GetMapping("/forward-small")
		@RespondThenContinue("work")
		String forwardSmall() {
			return "forward:/small";
		}

		@GetMapping("/forward-large")
		@RespondThenContinue("work")
		String forwardLarge() {
			return "forward:/large";
		}

		@GetMapping("/forward-text")
		@RespondThenContinue("work")
		String forwardText() {
			return "forward:/text";
		}

		@GetMapping("/text")
		@ResponseBody
		String text() {
			return "text";
		}

		@GetMapping("/redirect-later")
		@RespondThenContinue("work")
		Callable<String> redirectLater() {
			return () -> "redirect:/small";
		}

		@GetMapping("/forward-later")
		@RespondThenContinue("work")
		Callable<String> forwardLater() {
			return () -> "forward:/large";
		}

		@GetMapping("/redirect-deferred")
		@RespondThenContinue("work")
		DeferredResult<String> redirectDeferred() {
			DeferredResult<String> result = new DeferredResult<>();
			result.onCompletion(this.work.completed::countDown);
			result.setResult("redirect:/small");
			return result;
		}

		@GetMapping("/small")
		@ResponseBody
		List<String> small() {
			return List.of("small");
		}

		@GetMapping("/large")
		@ResponseBody
		List<String> large() {
			return List.of("x".repeat(100_000));
		}

	}

	static class Work {

		volatile CountDownLatch release = new CountDownLatch(1);

		final CountDownLatch completed = new CountDownLatch(1);

		volatile Delivery delivery;

		@PostPhase
		void work(PostPhaseContext context) throws InterruptedException {
			this.release.await(30, TimeUnit.SECONDS);
			this.delivery = context.delivery();
		}

	}

}
