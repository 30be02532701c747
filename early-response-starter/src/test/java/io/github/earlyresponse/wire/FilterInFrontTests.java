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

import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import io.github.earlyresponse.testsupport.ServletContainer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A filter in front of all others, also of the one that completes responses, may keep the
 * response back.
 */
class FilterInFrontTests {

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(List.of(Handlers.class, Work.class, Filters.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		server.listener().forget();
		Work work = server.bean(Work.class);
		work.delivery = null;
		Filters filters = server.bean(Filters.class);
		filters.kept = new CountDownLatch(1);
		filters.release = new CountDownLatch(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text", "large", "writer", "redirect", "forward", "list" })
	void postPhaseWaitsUntilFilterHasWrittenWhatItKept(String path) throws Exception {
		Filters filters = server.bean(Filters.class);
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/" + path + "?keep", null);
			assertThat(filters.kept.await(30, TimeUnit.SECONDS)).isTrue();
			assertThat(server.operations().inFlight()).singleElement()
				.satisfies((postPhase) -> assertThat(postPhase.state()).isEqualTo(State.ACCEPTED));
			filters.release.countDown();
			assertThat(client.read("GET").status()).isLessThan(500);
			server.awaitBalance();
			assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.SENT);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "text", "large", "writer", "redirect", "forward" })
	void isSentThroughFilterThatKeepsNothing(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/" + path + "?wrap").status()).isLessThan(500);
			server.awaitBalance();
			assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.SENT);
			assertThat(client.get("/plain").body()).isEqualTo("plain");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "later", "redirect-later" })
	void endOfAsynchronousResponseIsUnknownOnTomcat(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.get("/" + path + "?wrap").status()).isLessThan(500);
			server.awaitBalance();
			assertThat(server.bean(Work.class).delivery)
				.isEqualTo((ServletContainer.current() == ServletContainer.TOMCAT) ? Delivery.UNKNOWN : Delivery.SENT);
		}
	}

	@Test
	void clientThatHasGoneMeanwhileIsSeen() throws Exception {
		Filters filters = server.bean(Filters.class);
		try (RawHttpClient client = server.client()) {
			client.send("GET", "/large?keep", null);
			assertThat(filters.kept.await(30, TimeUnit.SECONDS)).isTrue();
			client.reset();
		}
		filters.release.countDown();
		server.awaitBalance();
		assertThat(server.bean(Work.class).delivery).isEqualTo(Delivery.ABORTED);
	}

	@Configuration(proxyBeanMethods = false)
	static class Filters {

		volatile CountDownLatch kept = new CountDownLatch(1);

		volatile CountDownLatch release = new CountDownLatch(1);

		@Bean
		FilterRegistrationBean<Filter> aFilterInFront() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
				HttpServletResponse httpResponse = (HttpServletResponse) response;
				if (request.getParameter("keep") != null) {
					ContentCachingResponseWrapper wrapper = new ContentCachingResponseWrapper(httpResponse);
					chain.doFilter(request, wrapper);
					this.kept.countDown();
					try {
						this.release.await(30, TimeUnit.SECONDS);
					}
					catch (InterruptedException ex) {
						throw new IllegalStateException(ex);
					}
					wrapper.copyBodyToResponse();
				}
				else if (request.getParameter("wrap") != null) {
					chain.doFilter(request, new HttpServletResponseWrapper(httpResponse));
				}
				else {
					chain.doFilter(request, response);
				}
			});
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			registration.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
			registration.setAsyncSupported(true);
			return registration;
		}

	}

	@Controller
	static class Handlers {

		@GetMapping("/text")
		@RespondThenContinue("work")
		@ResponseBody
		String text() {
			return "text";
		}

		@GetMapping("/large")
		@RespondThenContinue("work")
		@ResponseBody
		byte[] large() {
			return new byte[5_000_000];
		}

		@GetMapping("/writer")
		@RespondThenContinue("work")
		void writer(HttpServletResponse response) throws Exception {
			response.setContentType("text/plain");
			response.getWriter().write("written");
		}

		@GetMapping("/redirect")
		@RespondThenContinue("work")
		String redirect() {
			return "redirect:/plain";
		}

		@GetMapping("/forward")
		@RespondThenContinue("work")
		String forward() {
			return "forward:/plain";
		}

		@GetMapping("/list")
		@RespondThenContinue("work")
		@ResponseBody
		List<String> list() {
			return List.of("one");
		}

		@GetMapping("/later")
		@RespondThenContinue("work")
		@ResponseBody
		Callable<String> later() {
			return () -> "later";
		}

		@GetMapping("/redirect-later")
		@RespondThenContinue("work")
		Callable<String> redirectLater() {
			return () -> "redirect:/plain";
		}

		@GetMapping("/plain")
		@ResponseBody
		String plain() {
			return "plain";
		}

	}

	static class Work {

		volatile Delivery delivery;

		@PostPhase
		void work(PostPhaseContext context) {
			this.delivery = context.delivery();
		}

	}

}
