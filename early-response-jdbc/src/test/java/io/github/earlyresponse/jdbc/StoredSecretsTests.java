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

package io.github.earlyresponse.jdbc;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.jdbc.DurableApplication.Tables;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.authentication.WebAuthenticationDetails;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is in the row of a post-phase.
 */
class StoredSecretsTests {

	private static final String SECRET = "s3cret";

	private ConfigurableApplicationContext node;

	@AfterEach
	void stop() {
		this.node.getBean(Work.class).latch.countDown();
		this.node.close();
	}

	@Test
	void hasNothingSecret() throws Exception {
		start();
		assertThat(row()).contains("ada", "ROLE_USER", "mdc-value", "kept-header", "\"locale\"", "\"/secrets\"")
			.doesNotContainIgnoringCase(SECRET);
		assertThat(seenUser()).isEqualTo("ada");
	}

	@Test
	void hasNoContextThatIsSwitchedOff() throws Exception {
		start("early-response.durable.context.security=false", "early-response.durable.context.mdc=false",
				"early-response.durable.context.locale=false", "early-response.durable.context.trace=false",
				"early-response.durable.excluded-headers=*");
		assertThat(row()).contains("\"context\":{\"request-guard\":{}}", "\"headers\":{}")
			.doesNotContain("ROLE_USER", "mdc-value", "kept-header", SECRET);
		assertThat(seenUser()).isEqualTo("nobody");
	}

	@Test
	void hasNoHeaderThatIsExcluded() throws Exception {
		start("early-response.durable.excluded-headers=kept,authorization,cookie");
		assertThat(row()).contains("X-Api-Key")
			.doesNotContain("kept-header", SECRET + "-authorization", SECRET + "-session");
	}

	private void start(String... properties) {
		this.node = DurableApplication.start(Application.class, TestDatabase.H2.properties(), properties);
	}

	/**
	 * All columns of the row, as text.
	 */
	private String row() throws Exception {
		String port = this.node.getEnvironment().getRequiredProperty("local.server.port");
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:" + port + "/secrets;jsessionid=" + SECRET + "-session"))
			.POST(BodyPublishers.noBody());
		for (String name : List.of("Authorization", "Proxy-Authorization", "X-Api-Key", "x-auth-token", "X-CSRF-TOKEN",
				"X-Xsrf-Token")) {
			request.header(name, SECRET + "-" + name.toLowerCase(Locale.ROOT));
		}
		request.header("Cookie", "JSESSIONID=" + SECRET + "-session").header("Kept", "kept-header");
		assertThat(HttpClient.newHttpClient().send(request.build(), BodyHandlers.discarding()).statusCode())
			.isEqualTo(200);
		Map<String, Object> columns = new TreeMap<>();
		assertThat(this.node.getBean(Tables.class).rows()).singleElement().satisfies(columns::putAll);
		columns.put("TASK_DATA", new String((byte[]) columns.get("TASK_DATA"), StandardCharsets.UTF_8));
		return columns.toString();
	}

	private String seenUser() {
		Work work = this.node.getBean(Work.class);
		work.latch.countDown();
		await().until(() -> work.user.get() != null);
		return work.user.get();
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@Import({ DurableApplication.class, Secrets.class, Work.class, Login.class })
	static class Application {

	}

	@RestController
	static class Secrets {

		@PostMapping("/secrets")
		@RespondThenContinue("secrets")
		void post() {
		}

	}

	@Component
	static class Work {

		private final CountDownLatch latch = new CountDownLatch(1);

		private final AtomicReference<String> user = new AtomicReference<>();

		@PostPhase(value = "secrets", durable = true)
		void work(RequestSnapshot request) throws InterruptedException {
			this.latch.await();
			var authentication = SecurityContextHolder.getContext().getAuthentication();
			this.user.set((authentication != null) ? authentication.getName() : "nobody");
		}

	}

	/**
	 * Has everything that must not be stored.
	 */
	static class Login extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			UsernamePasswordAuthenticationToken authentication = new UsernamePasswordAuthenticationToken("ada",
					SECRET + "-password", AuthorityUtils.createAuthorityList("ROLE_USER"));
			authentication.setDetails(new WebAuthenticationDetails("127.0.0.1", SECRET + "-session"));
			SecurityContextHolder.setContext(new SecurityContextImpl(authentication));
			MDC.put("key", "mdc-value");
			try {
				chain.doFilter(request, response);
			}
			finally {
				MDC.clear();
				SecurityContextHolder.clearContext();
			}
		}

	}

}
