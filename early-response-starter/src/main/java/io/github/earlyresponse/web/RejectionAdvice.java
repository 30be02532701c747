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

package io.github.earlyresponse.web;

import io.github.earlyresponse.IdempotencyException;
import io.github.earlyresponse.PostPhaseRejectedException;

import org.springframework.core.annotation.Order;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;

/**
 * Answers a rejected request, or one whose key cannot be used, with a problem detail,
 * whether or not {@code spring.mvc.problemdetails.enabled} asks for them elsewhere.
 * <p>
 * It comes before the application's handlers of all exceptions, which mostly make a 500
 * of it; an advice with a lower order or a method in the controller replaces it.
 */
@ControllerAdvice
@Order(0)
public final class RejectionAdvice {

	@ExceptionHandler({ PostPhaseRejectedException.class, IdempotencyException.class })
	ResponseEntity<ProblemDetail> rejected(ErrorResponseException ex) {
		return ResponseEntity.status(ex.getStatusCode()).headers(ex.getHeaders()).body(ex.getBody());
	}

}
