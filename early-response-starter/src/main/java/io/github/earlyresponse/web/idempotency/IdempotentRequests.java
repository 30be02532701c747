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

package io.github.earlyresponse.web.idempotency;

import java.io.IOException;
import java.lang.reflect.Method;
import java.security.Principal;
import java.time.Duration;

import io.github.earlyresponse.IdempotencyException;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.IdempotentRequest;
import io.github.earlyresponse.handler.IdempotentHandlers;
import io.github.earlyresponse.handler.IdempotentResult;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.web.method.HandlerMethod;

/**
 * Claims requests that have a key.
 */
public final class IdempotentRequests {

	private final IdempotentHandlers handlers;

	private final Duration retryAfter;

	/**
	 * Creates the requests.
	 * @param handlers know where their results are stored
	 * @param retryAfter when a client may try again while its request is being handled
	 */
	public IdempotentRequests(IdempotentHandlers handlers, Duration retryAfter) {
		this.handlers = handlers;
		this.retryAfter = retryAfter;
	}

	/**
	 * Claims a request for a call of its handler.
	 * @param handler the handler
	 * @param result how its result is stored
	 * @param request the request as Spring MVC sees it
	 * @return whether it is to be handled, or was before; {@code null} if it has no key
	 * @throws IdempotencyException if the key is invalid or in use
	 * @throws IOException if the body of the request cannot be read
	 */
	public @Nullable IdempotencyClaim claim(HandlerMethod handler, IdempotentResult result, HttpServletRequest request)
			throws IOException {
		String key = IdempotencyKey.of(request);
		if (key == null) {
			return null;
		}
		DigestedRequest digested = DigestedRequest.find(request);
		if (digested == null) {
			// The first request of a handler that was registered after the start
			throw new PostPhaseRejectedException("The request cannot be handled at the moment.", this.retryAfter);
		}
		Principal principal = request.getUserPrincipal();
		IdempotencyClaim claim = this.handlers.store()
			.claim(new IdempotentRequest(id((principal != null) ? principal.getName() : null, handler, key),
					Fingerprint.of(digested), result.bodyType(), handler.getShortLogMessage()));
		if (claim instanceof IdempotencyClaim.InProgress) {
			throw new IdempotencyException(HttpStatus.CONFLICT, "The request with this key is being handled.",
					this.retryAfter);
		}
		if (claim instanceof IdempotencyClaim.OtherContent) {
			throw new IdempotencyException(HttpStatus.UNPROCESSABLE_CONTENT,
					"The key was used for a request with other content.", null);
		}
		return claim;
	}

	/**
	 * What stands for the user, the handler and the key, none of which is stored.
	 */
	private static String id(@Nullable String user, HandlerMethod handler, String key) {
		Method method = handler.getMethod();
		Hash hash = new Hash().add(user).add(handler.getBeanType().getName()).add(method.getName());
		for (Class<?> type : method.getParameterTypes()) {
			hash.add(type.getName());
		}
		return hash.add(key).toString();
	}

}
