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

package io.github.earlyresponse.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.RespondThenContinue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard and the alerts of the documentation ask for what this application tells.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "early-response.executor.max-concurrency=2", "early-response.executor.queue-capacity=0" })
@AutoConfigureRestTestClient
@Import(HeldWork.class)
class MonitoringTests {

	private static final Path DOCS = Path.of("..", "docs");

	private static final String DASHBOARD = "grafana-dashboard.json";

	private static final String RULES = "prometheus-rules.yml";

	/**
	 * Those of durable post-phases are compared in that module.
	 */
	private static final Pattern METRIC = Pattern.compile("early_response_(?!durable_)[a-z_]+");

	private static final Pattern LABEL = Pattern.compile("\\b(name|outcome|delivery|exception|le)\\b *(?:=~?|!=)");

	private static final Pattern GROUPING = Pattern.compile("\\bby \\(([^)]*)\\)");

	private static final Pattern OUTCOME = Pattern.compile("outcome=~?\"([^\"]*)\"");

	/**
	 * Prometheus adds the job and the instance.
	 */
	private static final Set<String> LABELS = Set.of("job", "instance", "name", "outcome", "delivery", "error", "le",
			"state", "reason");

	@Autowired
	private RestTestClient client;

	@Autowired
	private PostPhaseOperations postPhases;

	@Autowired
	private HeldWork work;

	private String scrape;

	@BeforeEach
	void doWorkOfEveryKind() throws InterruptedException {
		post("/completed", HttpStatus.OK);
		post("/failed", HttpStatus.OK);
		post("/deferred", HttpStatus.OK);
		this.work.hold();
		post("/held", HttpStatus.OK);
		post("/held", HttpStatus.OK);
		post("/completed", HttpStatus.SERVICE_UNAVAILABLE);
		this.work.proceed();
		this.scrape = scrape();
	}

	private void post(String path, HttpStatusCode expected) throws InterruptedException {
		this.client.post().uri(path).exchange().expectStatus().isEqualTo(expected);
		if (!path.equals("/held") && expected.is2xxSuccessful()) {
			assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		}
	}

	private String scrape() throws InterruptedException {
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
		return this.client.get()
			.uri("/actuator/prometheus")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody();
	}

	@ParameterizedTest
	@ValueSource(strings = { DASHBOARD, RULES, "metrics.md" })
	void metricsAreScraped(String file) throws IOException {
		Set<String> scraped = METRIC.matcher(this.scrape.replaceAll("(?m)^#.*$", ""))
			.results()
			.map((match) -> match.group())
			.collect(Collectors.toSet());
		Set<String> named = METRIC.matcher(read(file))
			.results()
			.map((match) -> match.group())
			.collect(Collectors.toSet());
		assertThat(named).hasSizeGreaterThan(5);
		assertThat(scraped).containsAll(named);
	}

	@Test
	void quantilesHaveBucketsOfUpToAnHour() {
		assertThat(this.scrape.lines()
			.filter((line) -> line.startsWith("early_response_post_phase_seconds_bucket{")
					&& line.contains("name=\"complete\"")))
			.hasSizeBetween(50, 150)
			.anyMatch((line) -> line.contains("le=\"3600.0\""));
		assertThat(this.scrape).contains("early_response_wait_seconds_bucket{",
				"early_response_response_seconds_bucket{");
	}

	@ParameterizedTest
	@ValueSource(strings = { DASHBOARD, RULES })
	void labelsExist(String file) throws IOException {
		List<String> expressions = expressions(file);
		assertThat(expressions.stream()
			.flatMap((expression) -> GROUPING.matcher(expression).results())
			.flatMap((match) -> Stream.of(match.group(1).split(",")))).isNotEmpty()
			.allMatch((label) -> LABELS.contains(label.strip()));
		assertThat(expressions.stream()
			.flatMap((expression) -> LABEL.matcher(expression).results())
			.map((match) -> match.group(1))
			.filter((label) -> !label.equals("le"))).allMatch((label) -> this.scrape.contains(label + "=\""));
		assertThat(expressions.stream()
			.flatMap((expression) -> OUTCOME.matcher(expression).results())
			.flatMap((match) -> Stream.of(match.group(1).split("\\|")))).allSatisfy(
					(outcome) -> assertThat(PostPhaseOutcome.valueOf(outcome.toUpperCase(Locale.ROOT))).isNotNull());
	}

	@ParameterizedTest
	@ValueSource(strings = { DASHBOARD, RULES })
	void parenthesesOfExpressionsAreBalanced(String file) throws IOException {
		assertThat(expressions(file)).isNotEmpty().allSatisfy((expression) -> {
			for (String pair : List.of("()", "{}", "[]")) {
				assertThat(count(expression, pair.charAt(0))).as(expression)
					.isEqualTo(count(expression, pair.charAt(1)));
			}
			assertThat(count(expression, '"') % 2).as(expression).isZero();
		});
	}

	private static long count(String text, char character) {
		return text.chars().filter((each) -> each == character).count();
	}

	@Test
	void outcomesAndDeliveriesAreDocumented() throws IOException {
		String page = read("metrics.md");
		assertThat(PostPhaseOutcome.values())
			.allSatisfy((outcome) -> assertThat(page).contains("`" + outcome.name().toLowerCase(Locale.ROOT) + "`"));
		assertThat(Delivery.values())
			.allSatisfy((delivery) -> assertThat(page).contains("`" + delivery.name().toLowerCase(Locale.ROOT) + "`"));
	}

	@Test
	void dashboardCanBeImported() throws IOException {
		JsonNode dashboard = JsonMapper.shared().readTree(read(DASHBOARD));
		assertThat(dashboard.get("title").asString()).isEqualTo("Early Response");
		assertThat(dashboard.at("/templating/list/0/type").asString()).isEqualTo("datasource");
		Set<Integer> ids = new HashSet<>();
		for (JsonNode panel : dashboard.get("panels")) {
			assertThat(ids.add(panel.get("id").asInt())).isTrue();
			assertThat(panel.get("title").asString()).isNotBlank();
			assertThat(panel.at("/gridPos/x").asInt() + panel.at("/gridPos/w").asInt()).isLessThanOrEqualTo(24);
			assertThat(panel.get("targets")).isNotEmpty();
			for (JsonNode target : panel.get("targets")) {
				assertThat(target.get("expr").asString()).isNotBlank();
				assertThat(target.at("/datasource/uid").asString()).isEqualTo("${datasource}");
			}
		}
	}

	@Test
	void rulesAreWellFormed() throws IOException {
		String page = read("metrics.md");
		assertThat(rules()).isNotEmpty().allSatisfy((rule) -> {
			assertThat(rule).containsKeys("alert", "expr", "labels", "annotations");
			assertThat(rule.keySet()).isSubsetOf("alert", "expr", "for", "labels", "annotations");
			assertThat(rule.getOrDefault("for", "0m").toString()).matches("\\d+m");
			assertThat((Map<?, ?>) rule.get("labels")).extracting("severity").isIn("critical", "warning", "info");
			assertThat(((Map<?, ?>) rule.get("annotations")).keySet()).hasToString("[summary, description]");
			assertThat(page).contains("`" + rule.get("alert") + "`");
		});
	}

	private static List<Map<String, Object>> rules() throws IOException {
		Map<String, List<Map<String, List<Map<String, Object>>>>> rules = new Yaml().load(read(RULES));
		return rules.get("groups").stream().flatMap((group) -> group.get("rules").stream()).toList();
	}

	private static List<String> expressions(String file) throws IOException {
		if (file.equals(RULES)) {
			return rules().stream().map((rule) -> (String) rule.get("expr")).toList();
		}
		List<String> expressions = new ArrayList<>();
		JsonMapper.shared()
			.readTree(read(file))
			.findValues("expr")
			.forEach((expression) -> expressions.add(expression.asString()));
		return expressions;
	}

	private static String read(String file) throws IOException {
		return Files.readString(DOCS.resolve(file));
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Configuration {

		@Bean
		Outcomes outcomes() {
			return new Outcomes();
		}

	}

	@RestController
	static class Outcomes {

		@PostMapping("/completed")
		@RespondThenContinue
		void complete(AfterResponse after) {
			after.run("complete", (context) -> {
			});
		}

		@PostMapping("/failed")
		@RespondThenContinue
		void fail(AfterResponse after) {
			after.run("fail", (context) -> {
				throw new IllegalStateException("as asked for");
			});
		}

	}

}
