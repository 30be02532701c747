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

package io.github.earlyresponse.documentation;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example of docs/status.md does what the page says, in the form that it shows.
 */
class StatusPageTests {

	private static final String ADA = basic("ada");

	private static final String SUPPORT = basic("support");

	private static String basic(String user) {
		return "Authorization: Basic "
				+ Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void statusHasTheFormOfThePage() throws Exception {
		try (RunningServer server = RunningServer.startSecured(
				List.of(ShopConfiguration.class, AlbumController.class, Security.class),
				"early-response.status.enabled=true"); RawHttpClient client = server.client()) {
			RawResponse response = client.post("/albums", "{\"pictures\":[\"sea\",\"hill\"]}", ADA);
			assertThat(response.status()).isEqualTo(202);
			server.awaitBalance();
			String location = response.header("Location");
			JsonNode actual = JsonMapper.shared().readTree(client.get(location, ADA).body());
			JsonNode documented = Documentation.blocks("json")
				.filter((block) -> block.page().endsWith("status.md"))
				.map((block) -> JsonMapper.shared().readTree(block.text()))
				.findFirst()
				.orElseThrow();
			assertThat(documented.propertyNames()).containsExactlyElementsOf(actual.propertyNames());
			for (String value : List.of("name", "state", "progress", "outcome", "delivery")) {
				assertThat(documented.get(value)).isEqualTo(actual.get(value));
			}
			assertThat(client.get(location, SUPPORT).status()).isEqualTo(200);
			assertThat(client.get(location).status()).isEqualTo(404);
		}
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
					User.withUsername("support").password("{noop}secret").roles("SUPPORT").build())::loadUserByUsername;
		}

	}

}
