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

package io.github.earlyresponse.autoconfigure;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.UrlResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the metadata of the configuration properties that ships with the library.
 */
class ConfigurationMetadataTests {

	private static final Map<String, String> DEFAULTS = Map.ofEntries(Map.entry("enabled", "true"),
			Map.entry("executor.virtual-threads", "auto"), Map.entry("executor.queue-capacity", "1000"),
			Map.entry("executor.thread-name-prefix", "post-phase-"), Map.entry("when-saturated", "reject"),
			Map.entry("retry-after", "1s"), Map.entry("timeout", "0"), Map.entry("shutdown.timeout", "20s"),
			Map.entry("retry.max-retries", "0"), Map.entry("retry.delay", "1s"), Map.entry("retry.multiplier", "1"),
			Map.entry("retry.max-delay", "365d"), Map.entry("retry.jitter", "0"),
			Map.entry("retry.max-deferrals", "100"), Map.entry("durable.engine", "none"),
			Map.entry("durable.max-payload", "1MB"), Map.entry("durable.dead-after-crashes", "3"),
			Map.entry("durable.max-backlog", "10000"), Map.entry("durable.checkpoint-interval", "1s"),
			Map.entry("durable.progress-interval", "1s"), Map.entry("idempotency.keep-for", "24h"),
			Map.entry("durable.retry.max-retries", "10"), Map.entry("durable.retry.delay", "5s"),
			Map.entry("durable.retry.multiplier", "3"), Map.entry("durable.retry.max-delay", "1h"),
			Map.entry("durable.retry.jitter", "1s"), Map.entry("durable.retry.max-deferrals", "100"),
			Map.entry("durable.excluded-headers",
					"Authorization,Proxy-Authorization,Cookie,X-Api-Key,X-Auth-Token,X-Csrf-Token,X-Xsrf-Token"),
			Map.entry("durable.context.security", "true"), Map.entry("durable.context.trace", "true"),
			Map.entry("durable.context.mdc", "true"), Map.entry("durable.context.locale", "true"),
			Map.entry("context.security", "true"), Map.entry("context.observation", "true"),
			Map.entry("context.mdc", "true"), Map.entry("context.locale", "true"),
			Map.entry("context.request-guard", "true"), Map.entry("observation.linked", "false"),
			Map.entry("observation.always", "false"), Map.entry("health.saturation-threshold", "0.95"),
			Map.entry("health.recovery-threshold", "0.8"), Map.entry("health.readiness", "false"),
			Map.entry("status.enabled", "false"), Map.entry("status.path", "/post-phases"),
			Map.entry("status.keep-for", "5m"), Map.entry("status.keep-at-most", "10000"),
			Map.entry("status.show-errors", "false"), Map.entry("status.cancellation", "false"),
			Map.entry("status.cancellation-grace", "5s"), Map.entry("status.retry-after", "1s"),
			Map.entry("status.event-interval", "250ms"), Map.entry("status.stall-timeout", "10s"),
			Map.entry("status.watch-at-most", "5000"),
			Map.entry("management.endpoint.earlyresponse.access", "unrestricted"),
			Map.entry("management.endpoint.earlyresponse.cache.time-to-live", "0ms"),
			Map.entry("management.endpoint.earlyresponsedurable.access", "unrestricted"),
			Map.entry("management.endpoint.earlyresponsedurable.cache.time-to-live", "0ms"),
			Map.entry("management.endpoint.earlyresponsedeadletters.access", "unrestricted"),
			Map.entry("management.endpoint.earlyresponsedeadletters.cache.time-to-live", "0ms"),
			Map.entry("management.health.earlyresponse.enabled", "true"));

	/**
	 * Depends on the kind of threads, or there is none.
	 */
	private static final List<String> WITHOUT_DEFAULT = List.of("executor.max-concurrency", "executor.bean",
			"upload.directory", "durable.keep-dead-letters", "retry.give-up-after", "durable.retry.give-up-after",
			"durable.hand-back-after");

	private static JsonNode metadata() throws Exception {
		for (var url : Collections.list(EarlyResponseProperties.class.getClassLoader()
			.getResources("META-INF/spring-configuration-metadata.json"))) {
			try (InputStream stream = new UrlResource(url).getInputStream()) {
				JsonNode metadata = JsonMapper.shared().readTree(stream);
				if (metadata.toString().contains("\"early-response.enabled\"")) {
					return metadata;
				}
			}
		}
		throw new AssertionError("There is no metadata");
	}

	private static Map<String, JsonNode> properties() throws Exception {
		Map<String, JsonNode> properties = new TreeMap<>();
		for (JsonNode property : metadata().get("properties")) {
			properties.put(property.get("name").asString().replaceFirst("^early-response\\.", ""), property);
		}
		return properties;
	}

	@Test
	void allKeysAreThere() throws Exception {
		List<String> keys = new ArrayList<>(DEFAULTS.keySet());
		keys.addAll(WITHOUT_DEFAULT);
		assertThat(properties().keySet()).containsExactlyInAnyOrderElementsOf(keys);
	}

	@Test
	void allKeysHaveDescriptionInSentences() throws Exception {
		assertThat(properties())
			.allSatisfy((key, property) -> assertThat(property.path("description").asString("")).matches("[A-Z].*\\."));
	}

	@Test
	void defaultsAreThoseOfTheCode() throws Exception {
		Map<String, JsonNode> properties = properties();
		assertThat(DEFAULTS)
			.allSatisfy((key, value) -> assertThat(text(properties.get(key).get("defaultValue"))).isEqualTo(value));
		assertThat(WITHOUT_DEFAULT).allSatisfy((key) -> assertThat(properties.get(key).has("defaultValue")).isFalse());
	}

	private static String text(JsonNode value) {
		return (value.isArray()) ? value.valueStream().map(JsonNode::asString).collect(Collectors.joining(","))
				: value.asString();
	}

	@Test
	void executorBeanIsHintedAsBeanReference() throws Exception {
		assertThat(metadata().get("hints").get(0).get("name").asString()).isEqualTo("early-response.executor.bean");
		assertThat(metadata().get("hints").get(0).get("providers").get(0).get("name").asString())
			.isEqualTo("spring-bean-reference");
	}

}
