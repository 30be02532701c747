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

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Campaigns and exports that are cancelled while they wait end as cancelled.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "early-response.executor.max-concurrency=1")
@AutoConfigureRestTestClient
@Import(HeldWork.class)
class CancelledBeforeStartTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private HeldWork work;

	@Autowired
	private PostPhaseOperations postPhases;

	@BeforeEach
	void occupyTheThread() {
		this.work.hold();
		this.client.post().uri("/held").exchange().expectStatus().isOk();
	}

	@AfterEach
	void release() throws InterruptedException {
		this.work.proceed();
		assertThat(this.postPhases.awaitIdle(Duration.ofSeconds(30))).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			send-campaign | /campaigns | {"subject": "x", "text": "x", "segment": "all"}
			pack-export   | /exports   | {"documents": ["price-list.csv"]}
			pack-upload   | /exports   |
			""")
	void endsAsCancelled(String name, String path, String json) {
		var request = this.client.post().uri(path);
		String location = ((json != null) ? request.contentType(MediaType.APPLICATION_JSON).body(json)
				: request.contentType(MediaType.MULTIPART_FORM_DATA).body(upload()))
			.exchange()
			.expectStatus()
			.isEqualTo(HttpStatusCode.valueOf(202))
			.returnResult()
			.getResponseHeaders()
			.getFirst("Location");
		assertThat(this.postPhases.inFlight()).filteredOn((postPhase) -> postPhase.name().equals(name))
			.singleElement()
			.extracting(PostPhaseExecution::id)
			.satisfies((id) -> assertThat(this.postPhases.cancel(id)).isTrue());
		Map<String, Object> ended = this.client.get()
			.uri(location)
			.exchange()
			.expectBody(new ParameterizedTypeReference<Map<String, Object>>() {
			})
			.returnResult()
			.getResponseBody();
		assertThat(ended).containsEntry("state", "CANCELLED").doesNotContainEntry("finishedAt", null);
	}

	private static MultiValueMap<String, Resource> upload() {
		Resource file = new ByteArrayResource(new byte[1]) {

			@Override
			public String getFilename() {
				return "one.txt";
			}

		};
		return new LinkedMultiValueMap<>(Map.of("files", List.of(file)));
	}

}
