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

import java.time.Duration;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.RetryLaterException;

import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;

@Component
class Webhooks {

	private final RestClient client;

	Webhooks(RestClient client) {
		this.client = client;
	}

	@PostPhase(value = "post-webhook", retry = @Retry(maxRetries = 5, delay = "${webhooks.delay:2s}", multiplier = 2,
			maxDelay = "1m", excludes = HttpClientErrorException.class))
	void post(Ticket ticket, PostPhaseContext context) {
		try {
			this.client.post()
				.uri("/tickets")
				.header("Idempotency-Key", context.id())
				.body(ticket)
				.retrieve()
				.toBodilessEntity();
		}
		catch (HttpClientErrorException.TooManyRequests ex) {
			String seconds = ex.getResponseHeaders().getFirst(HttpHeaders.RETRY_AFTER);
			throw new RetryLaterException(Duration.ofSeconds((seconds != null) ? Long.parseLong(seconds) : 30), ex);
		}
	}

	record Ticket(String title) {
	}

}
