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

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.micrometer.PostPhaseObservationContext;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RunningServer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.RequestContextHolder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The context of a request goes along with its post-phase, and only with that.
 */
class ContextTests {

	@Test
	void usersThatAlternateOnOneThreadSeeTheirOwnContextAndLeaveTheThreadClean() throws Exception {
		try (RunningServer server = RunningServer.startSecured(
				List.of(Security.class, Who.class, Work.class, Threads.class), RunningServer.EVERYTHING,
				"early-response.executor.bean=oneThread"); RawHttpClient client = server.client()) {
			Work work = server.bean(Work.class);
			for (int i = 0; i < 5; i++) {
				assertThat(client
					.get("/who?fail=false", "Authorization: " + basic("anna"), "Accept-Language: de",
							"X-Time-Zone: Asia/Tokyo")
					.body()).isEqualTo("anna");
				assertThat(client
					.get("/who?fail=true", "Authorization: " + basic("bill"), "Accept-Language: fr",
							"X-Time-Zone: Europe/Paris")
					.body()).isEqualTo("bill");
			}
			server.awaitBalance();
			assertThat(work.seen.stream().distinct()).containsExactlyInAnyOrder(
					"principal=anna snapshot=anna mdc=anna locale=de zone=Asia/Tokyo tenant=tenant-of-anna "
							+ "observation=http.server.requests request=ended HttpServletRequest",
					"principal=bill snapshot=bill mdc=bill locale=fr zone=Europe/Paris tenant=tenant-of-bill "
							+ "observation=http.server.requests request=ended HttpServletRequest");
			assertThat(work.seen).hasSize(10);
			ExecutorService oneThread = server.context().getBean("oneThread", ExecutorService.class);
			assertThat(oneThread.submit(() -> Work.describe("nobody", server.bean(ObservationRegistry.class)))
				.get(5, TimeUnit.SECONDS))
				.isEqualTo("principal=null snapshot=nobody mdc=null locale=" + Locale.getDefault() + " zone="
						+ TimeZone.getDefault().getID() + " tenant=null observation=null request=null");
		}
	}

	@Test
	void nothingGoesAlongThatIsSwitchedOff() throws Exception {
		try (RunningServer server = RunningServer.startSecured(
				List.of(Security.class, Who.class, Work.class, Threads.class), RunningServer.EVERYTHING,
				"early-response.context.security=false", "early-response.context.mdc=false",
				"early-response.context.locale=false", "early-response.context.observation=false",
				"early-response.context.request-guard=false"); RawHttpClient client = server.client()) {
			client.get("/who?fail=false", "Authorization: " + basic("anna"), "Accept-Language: eo",
					"X-Time-Zone: Asia/Tokyo");
			server.awaitBalance();
			assertThat(server.bean(Work.class).seen)
				.containsExactly("principal=null snapshot=anna mdc=null locale=" + Locale.getDefault() + " zone="
						+ TimeZone.getDefault().getID() + " tenant=tenant-of-anna observation=null request=null");
		}
	}

	private static String basic(String user) {
		return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
	}

	@RestController
	static class Who {

		private final ObservationRegistry observations;

		Who(ObservationRegistry observations) {
			this.observations = observations;
		}

		@GetMapping("/who")
		@RespondThenContinue("remember")
		String who(@RequestParam boolean fail, @RequestHeader("X-Time-Zone") TimeZone timeZone) {
			LocaleContextHolder.setTimeZone(timeZone);
			String user = SecurityContextHolder.getContext().getAuthentication().getName();
			MDC.put("user", user);
			Tenant.set("tenant-of-" + user);
			// Stays open until the request is done, as the one of the server does
			Observation.start("handler", this.observations).openScope();
			return user;
		}

	}

	static class Work {

		final Queue<String> seen = new ConcurrentLinkedQueue<>();

		private final ObservationRegistry observations;

		Work(ObservationRegistry observations) {
			this.observations = observations;
		}

		@PostPhase
		void remember(boolean fail, PostPhaseContext context) {
			this.seen.add(describe(context.request().principal(), this.observations));
			MDC.put("left", "behind");
			SecurityContextHolder.clearContext();
			LocaleContextHolder.setLocale(Locale.KOREAN);
			if (fail) {
				throw new IllegalStateException("fails on purpose");
			}
		}

		static String describe(String snapshot, ObservationRegistry observations) {
			var authentication = SecurityContextHolder.getContext().getAuthentication();
			ObservationView observation = observations.getCurrentObservation();
			if (observation != null && observation.getContextView() instanceof PostPhaseObservationContext postPhase) {
				observation = postPhase.getParentObservation();
			}
			String mdc = (MDC.getCopyOfContextMap() == null || MDC.getCopyOfContextMap().isEmpty()) ? null
					: MDC.getCopyOfContextMap().get("user");
			return "principal=" + ((authentication != null) ? authentication.getName() : null) + " snapshot=" + snapshot
					+ " mdc=" + mdc + " locale=" + LocaleContextHolder.getLocale() + " zone="
					+ LocaleContextHolder.getTimeZone().getID() + " tenant=" + Tenant.get() + " observation="
					+ ((observation != null) ? observation.getContextView().getName() : null) + " request="
					+ RequestContextHolder.getRequestAttributes();
		}

	}

	static final class Tenant {

		private static final ThreadLocal<String> current = new ThreadLocal<>();

		private Tenant() {
		}

		static void set(String tenant) {
			current.set(tenant);
		}

		static String get() {
			return current.get();
		}

		static void clear() {
			current.remove();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Threads {

		@Bean
		ExecutorService oneThread() {
			return Executors.newSingleThreadExecutor();
		}

		@Bean
		ContextCarrier tenantCarrier() {
			return () -> {
				String tenant = Tenant.get();
				return () -> {
					Tenant.set(tenant);
					return Tenant::clear;
				};
			};
		}

		@Bean
		Filter cleaningFilter(ObservationRegistry observations) {
			return (request, response, chain) -> {
				try {
					chain.doFilter(request, response);
				}
				finally {
					MDC.clear();
					Tenant.clear();
					var scope = observations.getCurrentObservationScope();
					if (scope != null) {
						scope.close();
					}
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
