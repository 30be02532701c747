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

package io.github.earlyresponse.test;

import java.util.stream.IntStream;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseOutcome;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.servlet.client.RestTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PostPhases} with a server.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureRestTestClient
@AutoConfigurePostPhases
class ServerTests {

	@Autowired
	private RestTestClient client;

	@Autowired
	private PostPhases postPhases;

	@Test
	void parallelRequestsAreAllRecorded() {
		IntStream.range(0, 100)
			.parallel()
			.forEach((number) -> this.client.post().uri("/orders/{item}", number).exchange().expectStatus().isOk());
		assertThat(this.postPhases).ran("mail")
			.times(100)
			.withOutcome(PostPhaseOutcome.COMPLETED)
			.withDelivery(Delivery.SENT);
	}

	@Test
	void thereIsNoInlineExecutor(@Autowired ApplicationContext context) {
		assertThat(context.containsBean(PostPhasesAutoConfiguration.INLINE_EXECUTOR)).isFalse();
		assertThat(context.containsBean("applicationTaskExecutor")).isTrue();
	}

}
