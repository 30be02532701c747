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
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonView;
import com.jayway.jsonpath.DocumentContext;
import com.jayway.jsonpath.JsonPath;
import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.testsupport.RawHttpClient;
import io.github.earlyresponse.testsupport.RawResponse;
import io.github.earlyresponse.testsupport.RunningServer;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What springdoc tells of annotated handlers.
 */
class SpringDocTests {

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void documentsWhatClientsSendAndGet(boolean enabled) throws Exception {
		try (RunningServer server = RunningServer.start(List.of(Handlers.class, XmlHandlers.class),
				"early-response.enabled=" + enabled, "springdoc.api-docs.enabled=true");
				RawHttpClient client = server.client()) {
			RawResponse response = client.get("/v3/api-docs");
			assertThat(response.status()).isEqualTo(200);
			DocumentContext json = JsonPath.parse(response.body());
			assertThat((List<?>) json.read("$.paths['/decide'].get.parameters[*].name")).asString()
				.isEqualTo("[\"id\"]");
			assertThat(response.body()).doesNotContain("AfterResponse", "EarlyResponse", "\"after\"", "\"early\"");
			String receipt = "#/components/schemas/Receipt";
			assertThat(schema(json, "/send", 201, "*/*")).containsEntry("$ref", receipt);
			assertThat(schema(json, "/send-json", 200, "application/json")).containsEntry("$ref", receipt);
			assertThat(schema(json, "/send-list", 200, "*/*").toString()).contains("array", receipt);
			assertThat(schema(json, "/send-documented", 200, "*/*")).containsEntry("type", "integer");
			assertThat((Object) json.read("$.components.schemas.Receipt.properties.number.type")).isEqualTo("integer");
			assertThat((Map<String, ?>) json.read("$.paths['/send-nothing'].post.responses['204']"))
				.doesNotContainKey("content");
			assertThat((Map<String, ?>) json.read("$.paths['/send-anything'].post.responses['200']"))
				.doesNotContainKey("content");
			assertThat((Map<String, ?>) json.read("$.paths['/send-void'].post.responses['200']"))
				.doesNotContainKey("content");
			assertThat(schema(json, "/send-view", 200, "*/*")).containsEntry("$ref",
					"#/components/schemas/Report_Summary");
			assertThat((Map<String, ?>) json.read("$.components.schemas.Report_Summary.properties"))
				.containsOnlyKeys("title");
			assertThat(schema(json, "/send-xml", 200, "application/xml")).containsEntry("$ref", receipt);
			assertThat((Map<String, ?>) json.read("$.paths['/send-reference'].post.responses['200']"))
				.isEqualTo(Map.of("$ref", "#/components/responses/receipt"));
		}
	}

	private static Map<String, Object> schema(DocumentContext json, String path, int status, String type) {
		return json.read("$.paths['" + path + "'].post.responses['" + status + "'].content['" + type + "'].schema");
	}

	record Order(String item) {
	}

	record Receipt(int number) {
	}

	interface Summary {

	}

	interface Details {

	}

	record Report(@JsonView(Summary.class) String title, @JsonView(Details.class) String text) {
	}

	@RestController
	static class Handlers {

		@GetMapping("/decide")
		@RespondThenContinue
		String decide(@RequestParam long id, AfterResponse after) {
			return "answer";
		}

		@PostMapping("/send")
		@ResponseStatus(HttpStatus.CREATED)
		@RespondThenContinue
		void send(@RequestBody Order order, @PostPhase("rest") EarlyResponse<Receipt> early) {
			early.send(new Receipt(1));
		}

		@PostMapping(path = "/send-json", produces = "application/json")
		@RespondThenContinue
		void sendJson(EarlyResponse<Receipt> early, AfterResponse after) {
			early.send(new Receipt(1));
		}

		@PostMapping("/send-list")
		@RespondThenContinue
		void sendList(EarlyResponse<List<Receipt>> early) {
			early.send(List.of());
		}

		@PostMapping("/send-documented")
		@ApiResponse(responseCode = "200", content = @Content(schema = @Schema(type = "integer")))
		@RespondThenContinue
		void sendDocumented(EarlyResponse<Receipt> early) {
			early.send(new Receipt(1));
		}

		@PostMapping("/send-nothing")
		@ResponseStatus(HttpStatus.NO_CONTENT)
		@RespondThenContinue
		void sendNothing(EarlyResponse<Void> early) {
			early.send();
		}

		@PostMapping("/send-anything")
		@RespondThenContinue
		void sendAnything(EarlyResponse<?> early) {
			early.send();
		}

		@PostMapping("/send-void")
		@RespondThenContinue
		void sendVoid(EarlyResponse<Void> early) {
			early.send();
		}

		@PostMapping("/send-view")
		@JsonView(Summary.class)
		@RespondThenContinue
		void sendView(EarlyResponse<Report> early) {
			early.send(new Report("title", "text"));
		}

		@PostMapping("/send-reference")
		@ApiResponse(responseCode = "200", ref = "#/components/responses/receipt")
		@RespondThenContinue
		void sendReference(EarlyResponse<Receipt> early) {
			early.send(new Receipt(1));
		}

	}

	@RestController
	@RequestMapping(produces = "application/xml")
	static class XmlHandlers {

		@PostMapping("/send-xml")
		@RespondThenContinue
		void sendXml(EarlyResponse<Receipt> early) {
			early.send(new Receipt(1));
		}

	}

}
