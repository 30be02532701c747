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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.documentation.OrderConfirmation.PlacedOrder;
import io.github.earlyresponse.jdbc.TestApplication;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.UrlResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The page docs/durability.md: its properties exist, and its example works.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { TestApplication.WITHOUT_JPA, "early-response.durable.engine=jdbc",
				"early-response.durable.retry.delay=10ms", "spring.datasource.generate-unique-name=true",
				"spring.sql.init.mode=never" })
class DurabilityPageTests {

	private static final Pattern KEY = Pattern.compile("`(early-response\\.jdbc\\.[a-z.-]*[a-z])`");

	@LocalServerPort
	private int port;

	@Autowired
	private JdbcClient jdbc;

	@Test
	void tableHasAllPropertiesWithTheirDefaults() throws IOException {
		Map<String, String> documented = page().lines()
			.filter((line) -> line.startsWith("| `early-response.jdbc."))
			.map((line) -> line.split(Pattern.quote("|")))
			.collect(Collectors.toMap((cells) -> cells[1].replace("`", "").strip(),
					(cells) -> cells[2].replace("`", "").strip(), (first, second) -> first, TreeMap::new));
		Map<String, String> properties = properties();
		assertThat(documented).containsOnlyKeys(properties.keySet());
		assertThat(properties.entrySet().stream().filter((property) -> !property.getValue().isEmpty()))
			.allMatch((property) -> property.getValue().equals(documented.get(property.getKey())));
	}

	@Test
	void keysInTheTextExist() throws IOException {
		assertThat(KEY.matcher(page()).results().map((match) -> match.group(1)))
			.allMatch(properties().keySet()::contains);
	}

	@Test
	void exampleConfirmsOrderOnce() {
		this.jdbc.sql("create table confirmations (order_id bigint)").update();
		RestClient.create("http://localhost:" + this.port).post().uri("/orders").retrieve().toBodilessEntity();
		await().untilAsserted(
				() -> assertThat(this.jdbc.sql("select order_id from confirmations").query(Long.class).list())
					.containsExactly(7L));
	}

	private static String page() throws IOException {
		Path folder = Path.of("").toAbsolutePath();
		while (!Files.exists(folder.resolve("mvnw"))) {
			folder = folder.getParent();
		}
		return Files.readString(folder.resolve("docs/durability.md"));
	}

	/**
	 * From the metadata that the annotation processor makes of the properties.
	 */
	private static Map<String, String> properties() throws IOException {
		Map<String, String> properties = new TreeMap<>();
		ClassLoader classLoader = DurabilityPageTests.class.getClassLoader();
		for (var url : Collections.list(classLoader.getResources("META-INF/spring-configuration-metadata.json"))) {
			JsonNode metadata = JsonMapper.shared().readTree(new UrlResource(url).getContentAsByteArray());
			for (JsonNode property : metadata.get("properties")) {
				String name = property.get("name").asString();
				if (name.startsWith("early-response.jdbc.")) {
					JsonNode value = property.get("defaultValue");
					properties.put(name, (value != null) ? value.asString() : "");
				}
			}
		}
		return properties;
	}

	@TestApplication
	@Import(Orders.class)
	static class Application {

		@Bean
		OrderConfirmation orderConfirmation(JdbcClient jdbc) {
			return new OrderConfirmation(jdbc);
		}

	}

	@RestController
	static class Orders {

		@PostMapping("/orders")
		@RespondThenContinue("confirm-order")
		PlacedOrder place() {
			return new PlacedOrder(7);
		}

	}

}
