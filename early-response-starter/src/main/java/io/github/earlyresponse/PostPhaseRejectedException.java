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

package io.github.earlyresponse;

import java.time.Duration;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/**
 * Exception thrown when there is no capacity for the post-phase of a request: before the
 * handler runs, or by {@link AfterResponse}. It becomes a 503 with {@code Retry-After} as
 * a problem detail. The capacity is configured with {@code early-response.executor}.
 */
@SuppressWarnings("serial")
public class PostPhaseRejectedException extends ErrorResponseException {

	private final Duration retryAfter;

	/**
	 * Create a new exception.
	 * @param detail the detail for the client
	 * @param retryAfter the time after which the client may try again; sent in seconds,
	 * rounded up
	 */
	public PostPhaseRejectedException(String detail, Duration retryAfter) {
		super(HttpStatus.SERVICE_UNAVAILABLE);
		this.retryAfter = retryAfter;
		setDetail(detail);
		getHeaders().set(HttpHeaders.RETRY_AFTER, inSeconds(retryAfter));
	}

	/**
	 * A time as the header has it: in seconds, rounded up.
	 */
	static String inSeconds(Duration retryAfter) {
		return Long.toString(retryAfter.plusNanos(999_999_999).toSeconds());
	}

	/**
	 * Return the time after which the client may try again.
	 * @return the time to wait
	 */
	public Duration getRetryAfter() {
		return this.retryAfter;
	}

}
