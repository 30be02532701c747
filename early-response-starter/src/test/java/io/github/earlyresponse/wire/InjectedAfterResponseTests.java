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
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link AfterResponse} as a bean acts for the handler that is running.
 */
class InjectedAfterResponseTests {

	private static final List<Class<?>> COMPONENTS = List.of(Owners.class, Pages.class, Service.class, Work.class,
			TooEarly.class);

	private static RunningServer server;

	@BeforeAll
	static void start() {
		server = RunningServer.start(COMPONENTS);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		server.awaitBalance();
		server.listener().forget();
		server.bean(Work.class).seen.clear();
	}

	private static RawResponse get(String path) throws Exception {
		try (RawHttpClient client = server.client()) {
			return client.get(path);
		}
	}

	private static List<String> seen() {
		server.awaitBalance();
		return List.copyOf(server.bean(Work.class).seen);
	}

	@Test
	void actsForHandlersOfAnInterfaceThatIsGiven() throws Exception {
		try (RawHttpClient client = server.client()) {
			assertThat(client.exchange("DELETE", "/owners/7", "").status()).isEqualTo(200);
		}
		assertThat(seen()).containsExactlyInAnyOrder("purge 7 /owners/7", "count 7");
	}

	@ParameterizedTest
	@CsvSource({ "/service, service", "/field, field", "/callable, callable", "/send, before" })
	void actsWhereverTheHandlerRuns(String path, String expected) throws Exception {
		assertThat(get(path).status()).isEqualTo(200);
		assertThat(seen()).containsExactly(expected);
	}

	@Test
	void actsForTheDispatchThatIsRunning() throws Exception {
		assertThat(get("/outer").status()).isEqualTo(200);
		assertThat(seen()).containsExactlyInAnyOrder("before", "field", "after");
		assertThat(get("/forward").status()).isEqualTo(200);
		assertThat(seen()).hasSize(5).contains("REQUEST", "FORWARD");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/plain", "/called" })
	void needsAnAnnotatedHandler(String path) throws Exception {
		assertThat(get(path).body()).contains("while no @RespondThenContinue handler runs")
			.contains("Owners#plain()")
			.contains("Annotate the handler with @RespondThenContinue");
		assertThat(seen()).isEmpty();
	}

	@Test
	void needsTheThreadOfTheHandler() throws Exception {
		assertThat(get("/thread").body()).contains("on a thread that handles no request")
			.contains("take an AfterResponse parameter");
	}

	@Test
	void comesTooLateOnceTheHandlerHasReturnedOrSent() throws Exception {
		assertThat(get("/late").status()).isEqualTo(200);
		assertThat(seen()).hasSize(2)
			.anySatisfy((message) -> assertThat(message).contains("'late' comes too late"))
			.anySatisfy((message) -> assertThat(message).contains("called too late"));
		server.bean(Work.class).seen.clear();
		assertThat(get("/sent").status()).isEqualTo(200);
		assertThat(seen()).singleElement().asString().contains("called too late");
	}

	@Test
	void comesTooEarlyBeforeTheHandler() throws Exception {
		assertThat(get("/early").status()).isEqualTo(200);
		assertThat(seen()).hasSize(2)
			.anySatisfy((message) -> assertThat(message).contains("while no @RespondThenContinue handler runs"))
			.contains("field");
	}

	@Test
	void doesNothingWhereNothingIsContinued() throws Exception {
		try (RunningServer disabled = RunningServer.start(List.of(Owners.class, Pages.class, Service.class, Work.class),
				"early-response.enabled=false"); RawHttpClient client = disabled.client()) {
			assertThat(client.get("/field").status()).isEqualTo(200);
			assertThat(client.get("/plain").body()).isEqualTo("disabled");
			assertThat(disabled.bean(Work.class).seen).isEmpty();
		}
	}

	interface OwnersApi {

		@DeleteMapping("/owners/{id}")
		String deleteOwner(@PathVariable long id);

	}

	@RestController
	static class Owners implements OwnersApi {

		private final AfterResponse after;

		private final Service service;

		private final Work work;

		Owners(AfterResponse after, Service service, Work work) {
			this.after = after;
			this.service = service;
			this.work = work;
		}

		private void run(String note) {
			this.after.run("task", (context) -> this.work.seen.add(note));
		}

		@Override
		@RespondThenContinue("count")
		public String deleteOwner(long id) {
			this.after.run("purge", (context) -> this.work.seen.add("purge " + id + " " + context.request().uri()));
			return "deleted";
		}

		@GetMapping("/service")
		@RespondThenContinue
		String service() {
			this.service.run("service");
			return "done";
		}

		@GetMapping("/callable")
		@RespondThenContinue
		Callable<String> callable() {
			return () -> {
				run("callable");
				return "done";
			};
		}

		@GetMapping("/send")
		@RespondThenContinue
		void send(EarlyResponse<String> early) {
			run("before");
			early.send("done");
		}

		@GetMapping("/sent")
		@RespondThenContinue
		void sent(EarlyResponse<String> early) {
			early.send("done");
			this.work.noteFailure(() -> run("after"));
		}

		@GetMapping("/plain")
		String plain() {
			try {
				return this.after.run("task", (context) -> this.work.seen.add("plain"));
			}
			catch (IllegalStateException ex) {
				return ex.getMessage();
			}
		}

		@GetMapping("/thread")
		@RespondThenContinue
		String thread() throws Exception {
			Queue<String> messages = new ConcurrentLinkedQueue<>();
			Thread thread = new Thread(() -> {
				try {
					run("thread");
				}
				catch (IllegalStateException ex) {
					messages.add(ex.getMessage());
				}
			});
			thread.start();
			thread.join();
			return messages.toString();
		}

		@GetMapping("/late")
		@RespondThenContinue
		String late() {
			this.after.run("first", (context) -> this.work.noteFailure(() -> run("in the post-phase")));
			return "done";
		}

	}

	@Controller
	static class Pages {

		@Autowired
		private ObjectProvider<AfterResponse> after;

		@Autowired
		private Work work;

		private void run(String note) {
			this.after.getObject().run("task", (context) -> this.work.seen.add(note));
		}

		@GetMapping({ "/field", "/early" })
		@RespondThenContinue
		void field(HttpServletResponse response) {
			run("field");
		}

		@GetMapping("/outer")
		@RespondThenContinue
		void outer(HttpServletRequest request, HttpServletResponse response) throws Exception {
			run("before");
			request.getRequestDispatcher("/field").include(request, response);
			run("after");
		}

		@GetMapping("/forward")
		@RespondThenContinue
		void forward(HttpServletRequest request, HttpServletResponse response) throws Exception {
			if (request.getDispatcherType() == DispatcherType.REQUEST) {
				request.getRequestDispatcher("/forward").forward(request, response);
			}
			run(request.getDispatcherType().name());
		}

		@GetMapping("/called")
		void called(HttpServletRequest request, HttpServletResponse response) throws Exception {
			request.getRequestDispatcher("/plain").forward(request, response);
		}

	}

	static class Service {

		private final AfterResponse after;

		private final Work work;

		Service(AfterResponse after, Work work) {
			this.after = after;
			this.work = work;
		}

		void run(String note) {
			this.after.run("task", (context) -> this.work.seen.add(note));
		}

		void late() {
			this.after.run("late", (context) -> this.work.seen.add("late"));
		}

	}

	/**
	 * Decides before the handler and after it.
	 */
	static class TooEarly implements WebMvcConfigurer, HandlerInterceptor {

		private final ObjectProvider<Service> service;

		private final Work work;

		TooEarly(ObjectProvider<Service> service, Work work) {
			this.service = service;
			this.work = work;
		}

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(this).addPathPatterns("/early", "/late");
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			if (request.getRequestURI().equals("/early")) {
				this.work.noteFailure(() -> this.service.getObject().run("early"));
			}
			return true;
		}

		@Override
		public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
				Exception ex) {
			if (request.getRequestURI().equals("/late")) {
				this.work.noteFailure(() -> this.service.getObject().late());
			}
		}

	}

	static class Work {

		final Queue<String> seen = new ConcurrentLinkedQueue<>();

		void noteFailure(Runnable action) {
			try {
				action.run();
			}
			catch (IllegalStateException ex) {
				this.seen.add(ex.getMessage());
			}
		}

		@PostPhase
		void count(long id) {
			this.seen.add("count " + id);
		}

	}

}
