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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.KeptFiles;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.multipart.MultipartFile;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a handler that sends its response in mid-method has around it: the request until
 * then, and its context all the way.
 */
class EarlyResponseContextTests {

	private static final String CONTENT = "0123456789".repeat(10_000);

	private static final List<Class<?>> COMPONENTS = List.of(Requests.class, Visit.class, Carriers.class,
			HandlerTrace.class);

	@TempDir
	private Path directory;

	@Test
	void requestCanBeUsedUntilTheResponseIsSent() throws Exception {
		try (RunningServer server = RunningServer.start(COMPONENTS); RawHttpClient client = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(client.get("/request?color=red").body()).isEqualTo("red");
			assertThat(trace.next()).isEqualTo("argument red");
			assertThat(trace.next()).isEqualTo("holder red");
			assertThat(trace.next()).isEqualTo("visit of red");
			for (String what : List.of("argument", "holder", "request-scoped bean")) {
				assertThat((Throwable) trace.next()).as(what)
					.isInstanceOfAny(IllegalStateException.class, UnsupportedOperationException.class)
					.hasMessageContaining("after the response")
					.hasMessageContaining("RequestSnapshot");
			}
			server.awaitBalance();
			assertThat(trace.next()).isEqualTo("ended HttpServletRequest");
			assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void withoutGuardThereIsNoRequestOnTheThreadAfterTheResponse() throws Exception {
		try (RunningServer server = RunningServer.start(COMPONENTS, "early-response.context.request-guard=false")) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			// Also not the one of another handler that had the thread before, and failed
			for (int i = 0; i < 5; i++) {
				try (RawHttpClient client = server.client()) {
					assertThat(client.get("/holder").body()).isEqualTo("holder");
					assertThat(trace.next()).isEqualTo("before /holder");
					assertThat(trace.next()).isEqualTo("after null");
					assertThat(client.get("/fail").status()).isEqualTo(500);
				}
			}
		}
	}

	@Test
	void sessionIsReadyForTheNextRequest() throws Exception {
		try (RunningServer server = RunningServer.start(COMPONENTS); RawHttpClient client = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			RawResponse response = client.get("/session-set?color=blue");
			String cookie = response.header("Set-Cookie").split(";")[0];
			assertThat(client.get("/session-get", "Cookie: " + cookie).body()).isEqualTo("blue");
			assertThat(server.operations().inFlightCount()).as("the rest still runs").isOne();
			trace.proceed(1);
			server.awaitBalance();
			assertThat(trace.next()).as("the session is out of reach").isInstanceOf(IllegalStateException.class);
			assertThat(trace.next()).as("the session is out of reach").isInstanceOf(IllegalStateException.class);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void contextIsThereBeforeAndAfterTheResponseAlsoIfItDoesNotGoAlongToOthers(boolean along) throws Exception {
		try (RunningServer server = RunningServer.startSecured(
				Stream.concat(COMPONENTS.stream(), Stream.of(Security.class)).toList(), RunningServer.EVERYTHING,
				"early-response.context.security=" + along, "early-response.context.mdc=" + along,
				"early-response.context.locale=" + along, "early-response.context.observation=" + along);
				RawHttpClient client = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			for (String user : List.of("anna", "bill")) {
				String locale = ("anna".equals(user)) ? "de" : "fr";
				assertThat(client.get("/who", "Authorization: " + basic(user), "Accept-Language: " + locale).body())
					.isEqualTo(user);
				String context = user + " " + locale + " tenant-of-" + locale;
				assertThat(trace.next()).isEqualTo("before: " + context + " filter=filter-" + locale + " handler=null");
				assertThat(trace.next())
					.isEqualTo("after: " + context + " filter=filter-" + locale + " handler=" + user);
				server.awaitBalance();
			}
			assertThat(trace.isEmpty()).isTrue();
		}
	}

	@Test
	void restHasASecurityContextOfItsOwn() throws Exception {
		try (RunningServer server = RunningServer.startSecured(
				Stream.concat(COMPONENTS.stream(), Stream.of(Security.class)).toList(), RunningServer.EVERYTHING);
				RawHttpClient client = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(client.get("/log-in", "Authorization: " + basic("anna")).body()).isEqualTo("anna");
			assertThat(trace.next()).isEqualTo("anna");
			server.awaitBalance();
			assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void listenersHaveTheContextOfARestThatCannotBegin() throws Exception {
		try (RunningServer server = RunningServer
			.start(Stream.concat(COMPONENTS.stream(), Stream.of(TracingListener.class)).toList());
				RawHttpClient client = server.client()) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(client.get("/condition", "Accept-Language: de").body()).isEqualTo("sent");
			assertThat(trace.next()).isEqualTo("tenant-of-de filter-de");
			assertThat(trace.next()).isEqualTo("tenant-of-de filter-de");
			server.awaitBalance();
			assertThat(server.listener().outcomes()).containsExactly(PostPhaseOutcome.FAILED, PostPhaseOutcome.FAILED);
		}
	}

	@Test
	void uploadIsThereUntilTheRestHasEnded() throws Exception {
		try (RunningServer server = RunningServer.start(COMPONENTS,
				"early-response.upload.directory=" + this.directory)) {
			HandlerTrace trace = server.bean(HandlerTrace.class);
			assertThat(upload(server).body()).isEqualTo("letter.txt");
			assertThat(trace.next()).isEqualTo("100000 before");
			assertThat(trace.next()).isEqualTo("sent");
			assertThat(KeptFiles.in(this.directory)).hasSize(1);
			trace.proceed(1);
			assertThat(trace.next()).isEqualTo(CONTENT);
			server.awaitBalance();
			assertThat(server.listener().onlyResult().outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(KeptFiles.in(this.directory)).isEmpty();
		}
	}

	private static RawResponse upload(RunningServer server) throws IOException {
		String body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.txt\"\r\n"
				+ "Content-Type: text/plain\r\n\r\n" + CONTENT + "\r\n--b--\r\n";
		try (RawHttpClient client = server.client()) {
			client.sendRaw("POST /upload HTTP/1.1\r\nHost: localhost\r\n"
					+ "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + body.length() + "\r\n\r\n"
					+ body);
			return client.read("POST");
		}
	}

	private static String basic(String user) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
	}

	@RestController
	static class Requests {

		private final HandlerTrace trace;

		private final Visit visit;

		Requests(HandlerTrace trace, Visit visit) {
			this.trace = trace;
			this.visit = visit;
		}

		@GetMapping("/request")
		@RespondThenContinue
		void request(HttpServletRequest request, EarlyResponse<String> early) throws Exception {
			Callable<String> holder = () -> (String) RequestContextHolder.currentRequestAttributes()
				.getAttribute("color", 0);
			request.setAttribute("color", request.getParameter("color"));
			this.visit.setName(request.getParameter("color"));
			this.trace.note("argument " + request.getParameter("color"));
			this.trace.note("holder " + holder.call());
			this.trace.note("visit of " + this.visit.getName());
			early.send(request.getParameter("color"));
			this.trace.noteResultOf(() -> request.getParameter("color"));
			this.trace.noteResultOf(holder::call);
			this.trace.noteResultOf(this.visit::getName);
			this.trace.note(String.valueOf(RequestContextHolder.getRequestAttributes()));
		}

		@GetMapping("/holder")
		@RespondThenContinue
		void holder(HttpServletRequest request, EarlyResponse<String> early) {
			this.trace.note("before "
					+ ((ServletRequestAttributes) RequestContextHolder.currentRequestAttributes()).getRequest()
						.getRequestURI());
			early.send("holder");
			this.trace.note("after " + RequestContextHolder.getRequestAttributes());
		}

		@GetMapping("/fail")
		@RespondThenContinue
		void fail(EarlyResponse<String> early) {
			throw new IllegalStateException("expected");
		}

		@GetMapping("/session-set")
		@RespondThenContinue
		void set(HttpServletRequest request, HttpSession session, @RequestParam String color,
				EarlyResponse<String> early) throws InterruptedException {
			session.setAttribute("color", color);
			early.send(color);
			this.trace.stop();
			this.trace.noteResultOf(request::getSession);
			this.trace.noteResultOf(() -> session.getAttribute("color"));
		}

		@GetMapping("/session-get")
		String get(HttpSession session) {
			return (String) session.getAttribute("color");
		}

		@GetMapping("/who")
		@RespondThenContinue
		void who(EarlyResponse<String> early) {
			this.trace.note("before: " + describe());
			String user = SecurityContextHolder.getContext().getAuthentication().getName();
			MDC.put("handler", user);
			early.send(user);
			this.trace.note("after: " + describe());
		}

		@GetMapping("/log-in")
		@RespondThenContinue
		void logIn(EarlyResponse<String> early) {
			SecurityContext shared = SecurityContextHolder.createEmptyContext();
			shared.setAuthentication(SecurityContextHolder.getContext().getAuthentication());
			SecurityContextHolder.setContext(shared);
			early.send(shared.getAuthentication().getName());
			// A log-out, in a session that has it as well
			shared.setAuthentication(null);
			this.trace.note(SecurityContextHolder.getContext().getAuthentication().getName());
		}

		@GetMapping("/condition")
		@RespondThenContinue(value = "named", condition = "#result.missing")
		void condition(EarlyResponse<String> early) {
			early.send("sent");
		}

		@PostPhase("named")
		void named() {
		}

		private static String describe() {
			return SecurityContextHolder.getContext().getAuthentication().getName() + " "
					+ LocaleContextHolder.getLocale() + " " + Carriers.tenant.get() + " filter=" + MDC.get("filter")
					+ " handler=" + MDC.get("handler");
		}

		@PostMapping("/upload")
		@RespondThenContinue
		void upload(@RequestParam MultipartFile file, EarlyResponse<String> early) throws Exception {
			this.trace.note(file.getBytes().length + " before");
			early.send(file.getOriginalFilename());
			this.trace.note("sent");
			this.trace.stop();
			this.trace.noteResultOf(() -> new String(file.getBytes(), StandardCharsets.UTF_8));
		}

	}

	static class TracingListener implements PostPhaseListener {

		private final HandlerTrace trace;

		TracingListener(HandlerTrace trace) {
			this.trace = trace;
		}

		@Override
		public void started(PostPhaseExecution postPhase) {
			this.trace.note(Carriers.tenant.get() + " " + MDC.get("filter"));
		}

	}

	@RequestScope
	static class Visit {

		private String name;

		String getName() {
			return this.name;
		}

		void setName(String name) {
			this.name = name;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Carriers {

		static final ThreadLocal<String> tenant = new ThreadLocal<>();

		@Bean
		ContextCarrier tenantCarrier() {
			return () -> {
				String captured = tenant.get();
				return () -> {
					tenant.set(captured);
					return tenant::remove;
				};
			};
		}

		@Bean
		@Order(0)
		Filter tenantFilter() {
			return (request, response, chain) -> {
				Locale locale = request.getLocale();
				tenant.set("tenant-of-" + locale);
				MDC.put("filter", "filter-" + locale);
				try {
					chain.doFilter(request, response);
				}
				finally {
					tenant.remove();
					MDC.clear();
				}
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Security {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			// As one that cannot keep passwords, which would be encoded, at 100 ms a
			// login
			return new InMemoryUserDetailsManager(User.withUsername("anna").password("{noop}secret").build(),
					User.withUsername("bill").password("{noop}secret").build())::loadUserByUsername;
		}

	}

}
