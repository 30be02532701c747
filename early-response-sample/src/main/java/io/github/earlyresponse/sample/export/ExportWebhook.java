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

package io.github.earlyresponse.sample.export;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.github.earlyresponse.RetryLaterException;
import io.github.earlyresponse.sample.export.ExportProperties.Webhook;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/**
 * Posts finished exports to the service that is configured, if there is one.
 */
@Component
class ExportWebhook {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final String ALGORITHM = "HmacSHA256";

	private final @Nullable Webhook webhook;

	private final JsonMapper mapper;

	private final RestClient client;

	ExportWebhook(ExportProperties properties, JsonMapper mapper) {
		this.webhook = properties.webhook();
		this.mapper = mapper;
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory();
		requests.setReadTimeout(TIMEOUT);
		this.client = RestClient.builder().requestFactory(requests).build();
	}

	/**
	 * Posts an export.
	 * @param ticket the export
	 * @param key the same for each attempt, by which the receiver knows a repeated one
	 * @throws RetryLaterException if the receiver has asked for that
	 */
	void post(ExportTicket ticket, String key) {
		Webhook webhook = this.webhook;
		if (webhook == null) {
			return;
		}
		byte[] body = this.mapper.writeValueAsBytes(ticket);
		try {
			this.client.post()
				.uri(webhook.url())
				.contentType(MediaType.APPLICATION_JSON)
				.header("Idempotency-Key", key)
				.header("X-Signature", "sha256=" + signature(body, webhook.secret()))
				.body(body)
				.retrieve()
				.toBodilessEntity();
		}
		catch (RestClientResponseException ex) {
			throw laterIfAsked(ex);
		}
	}

	private static String signature(byte[] body, String secret) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
			return HexFormat.of().formatHex(mac.doFinal(body));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RuntimeException laterIfAsked(RestClientResponseException ex) {
		int status = ex.getStatusCode().value();
		HttpHeaders headers = ex.getResponseHeaders();
		String seconds = (headers != null) ? headers.getFirst(HttpHeaders.RETRY_AFTER) : null;
		if ((status == 429 || status == 503) && seconds != null && seconds.matches("\\d{1,6}")) {
			return new RetryLaterException(Duration.ofSeconds(Long.parseLong(seconds)), ex);
		}
		return ex;
	}

}
