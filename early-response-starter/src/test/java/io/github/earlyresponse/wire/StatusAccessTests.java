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
import java.security.Principal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.StatusAccess;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may see a post-phase.
 */
class StatusAccessTests {

	private static final String ADA = basic("ada");

	private static final String BOB = basic("bob");

	private static RunningServer shared;

	private RunningServer server = shared;

	@BeforeAll
	static void startShared() {
		shared = start();
	}

	@AfterAll
	static void stopShared() {
		shared.close();
	}

	private static RunningServer start(Class<?>... more) {
		List<Class<?>> components = new ArrayList<>(
				List.of(FollowedShop.Handlers.class, FollowedShop.Work.class, Security.class, Nameless.class));
		components.addAll(List.of(more));
		return RunningServer.startSecured(components, FollowedShop.ENABLED, "early-response.status.cancellation=true");
	}

	@AfterEach
	void stop() {
		this.server.bean(FollowedShop.Work.class).endAll(this.server);
		if (this.server != shared) {
			this.server.close();
		}
	}

	private static String basic(String user) {
		return "Authorization: Basic "
				+ Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
	}

	private RawResponse exchange(String method, String path, String... headers) throws Exception {
		try (RawHttpClient client = this.server.client()) {
			return client.exchange(method, path, null, headers);
		}
	}

	private void assertHidden(String location, String... headers) throws Exception {
		for (String method : List.of("GET", "HEAD", "DELETE")) {
			RawResponse hidden = exchange(method, location, headers);
			RawResponse unknown = exchange(method, "/post-phases/0123456789abcdef0123456789abcdef", headers);
			assertThat(hidden.status()).isEqualTo(404);
			assertThat(hidden.withoutDates()).isEqualTo(unknown.withoutDates());
		}
		assertThat(exchange("GET", location + "/events", headers).withoutDates())
			.isEqualTo(exchange("GET", "/post-phases/0123456789abcdef0123456789abcdef/events", headers).withoutDates());
	}

	@Test
	void onlyItsUserSeesAPostPhase() throws Exception {
		String location = exchange("POST", "/exports", ADA).header("Location");
		assertThat(exchange("GET", location, ADA).status()).isEqualTo(200);
		assertHidden(location, BOB);
		assertHidden(location);
		assertThat(this.server.operations().inFlightCount()).as("nobody else has cancelled it").isOne();
		this.server.bean(FollowedShop.Work.class).end(1);
		this.server.awaitBalance();
		assertThat(exchange("GET", location, ADA).body()).contains("\"outcome\":\"completed\"");
		assertThat(exchange("GET", location + "/events", ADA).body()).contains("event: finished");
		assertHidden(location, BOB);
		assertHidden(location);
	}

	@Test
	void onlyItsUserSeesOneOfAHandlerThatSends() throws Exception {
		String location = exchange("POST", "/send", ADA).header("Location");
		assertThat(exchange("GET", location, ADA).status()).isEqualTo(200);
		assertHidden(location, BOB);
	}

	@Test
	void oneThatWasDecidedHasItsUser() throws Exception {
		RawResponse response = exchange("GET", "/decide?work=true", ADA);
		String location = "/post-phases/" + FollowedShop.id(response);
		assertThat(exchange("GET", location, ADA).status()).isEqualTo(200);
		assertHidden(location, BOB);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Nameless: empty", "Nameless: null", "Nameless: long" })
	void nobodySeesOneWhoseUserHasNoNameOrOneThatIsTooLong(String nameless) throws Exception {
		String location = exchange("POST", "/exports", nameless).header("Location");
		assertThat(location).startsWith("/post-phases/");
		assertHidden(location);
		assertHidden(location, ADA);
		assertHidden(location, nameless);
	}

	@Test
	void everybodyWithTheIdSeesOneWithoutUser() throws Exception {
		String location = exchange("POST", "/exports").header("Location");
		assertThat(exchange("GET", location).status()).isEqualTo(200);
		assertThat(exchange("GET", location, BOB).status()).isEqualTo(200);
	}

	@Test
	void beanMayDecideOtherwise() throws Exception {
		this.server = start(Support.class);
		String location = exchange("POST", "/exports", ADA).header("Location");
		assertThat(exchange("GET", location, BOB).status()).isEqualTo(200);
		assertHidden(location, ADA);
		this.server.bean(FollowedShop.Work.class).end(1);
		this.server.awaitBalance();
		assertThat(exchange("GET", location, BOB).status()).isEqualTo(200);
		assertHidden(location, ADA);
	}

	@Configuration(proxyBeanMethods = false)
	static class Security {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.disable())
				.build();
		}

		@Bean
		UserDetailsService users() {
			// As one that cannot keep passwords, which would be encoded, at 100 ms a
			// login
			return new InMemoryUserDetailsManager(
					User.withUsername("ada").password("{noop}secret").roles("USER").build(),
					User.withUsername("bob").password("{noop}secret").roles("SUPPORT").build())::loadUserByUsername;
		}

	}

	/**
	 * Users without a name, or with one that is too long, inside of the security.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Nameless {

		@Bean
		OncePerRequestFilter namelessFilter() {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					String nameless = request.getHeader("Nameless");
					chain.doFilter((nameless != null) ? nameless(request, nameless) : request, response);
				}

			};
		}

		private static HttpServletRequest nameless(HttpServletRequest request, String kind) {
			Principal principal = () -> switch (kind) {
				case "empty" -> "";
				case "long" -> "x".repeat(1001);
				default -> null;
			};
			return new HttpServletRequestWrapper(request) {

				@Override
				public Principal getUserPrincipal() {
					return principal;
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Support {

		@Bean
		StatusAccess support() {
			return (request, postPhase) -> request.isUserInRole("SUPPORT") && owned(postPhase);
		}

		private static boolean owned(PostPhaseExecution postPhase) {
			return "ada".equals(postPhase.owner()) && "pack".equals(postPhase.name());
		}

	}

}
