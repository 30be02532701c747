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

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.ErrorResponseException;

/**
 * Exception thrown when a request with an {@code Idempotency-Key} is not handled: with
 * 400 if the key is invalid, 409 with {@code Retry-After} if the request with this key is
 * being handled, 413 if its body is too large, or 422 if the key was used for another
 * request. It becomes a problem detail.
 *
 * @see RespondThenContinue#idempotent()
 */
@SuppressWarnings("serial")
public class IdempotencyException extends ErrorResponseException {

	/**
	 * Create a new exception.
	 * @param status the status of the response
	 * @param detail the detail for the client
	 * @param retryAfter the time after which the client may try again, or {@code null} if
	 * that is no use; sent in seconds, rounded up
	 */
	public IdempotencyException(HttpStatus status, String detail, @Nullable Duration retryAfter) {
		super(status);
		setDetail(detail);
		if (retryAfter != null) {
			getHeaders().set(HttpHeaders.RETRY_AFTER, PostPhaseRejectedException.inSeconds(retryAfter));
		}
	}

}
