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

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.Retry;
import io.github.earlyresponse.RetryLaterException;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/**
 * As in docs/checkpoints.md.
 */
class ExportWebhook {

	private final RestClient client;

	private final JsonMapper mapper;

	private final byte[] secret;

	ExportWebhook(RestClient client, JsonMapper mapper, byte[] secret) {
		this.client = client;
		this.mapper = mapper;
		this.secret = secret;
	}

	@PostPhase(value = "post-export", durable = true, retry = @Retry(maxRetries = 1_000, delay = "${webhook.delay:10s}",
			multiplier = 2, maxDelay = "10m", giveUpAfter = "${webhook.give-up-after:1d}"))
	void post(FinishedExport export, PostPhaseContext context) throws GeneralSecurityException {
		byte[] body = this.mapper.writeValueAsBytes(export);
		try {
			this.client.post()
				.uri("/exports")
				.contentType(MediaType.APPLICATION_JSON)
				.header("Idempotency-Key", context.id())
				.header("X-Signature", "sha256=" + signature(body))
				.body(body)
				.retrieve()
				.toBodilessEntity();
		}
		catch (RestClientResponseException ex) {
			int status = ex.getStatusCode().value();
			HttpHeaders headers = ex.getResponseHeaders();
			if ((status == 429 || status == 503) && headers.containsHeader(HttpHeaders.RETRY_AFTER)) {
				throw new RetryLaterException(delay(headers), ex);
			}
			throw ex;
		}
	}

	private String signature(byte[] body) throws GeneralSecurityException {
		Mac mac = Mac.getInstance("HmacSHA256");
		mac.init(new SecretKeySpec(this.secret, "HmacSHA256"));
		return HexFormat.of().formatHex(mac.doFinal(body));
	}

	private static Duration delay(HttpHeaders headers) {
		String value = headers.getFirst(HttpHeaders.RETRY_AFTER);
		if (value.matches("\\d{1,6}")) {
			return Duration.ofSeconds(Long.parseLong(value));
		}
		// Otherwise it is a date
		Duration delay = Duration.between(Instant.now(),
				Instant.ofEpochMilli(headers.getFirstDate(HttpHeaders.RETRY_AFTER)));
		return (delay.isNegative()) ? Duration.ZERO : delay;
	}

	record FinishedExport(String id, long bytes) {

	}

}
