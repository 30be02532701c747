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

package io.github.earlyresponse.jdbc;

import java.time.Duration;

import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.RespondThenContinue;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.method.HandlerMethod;

/**
 * Makes a 503 of it if the database of a handler with post-phases cannot be reached.
 * <p>
 * Without that the client may read an empty 200: where the connection to the database
 * ended with an {@link java.io.EOFException}, Spring MVC takes it for the connection to
 * the client, for which there is nothing left to do.
 */
@ControllerAdvice
@Order(0)
final class UnreachableDatabaseAdvice {

	private static final Log logger = LogFactory.getLog(UnreachableDatabaseAdvice.class);

	private final Duration retryAfter;

	/**
	 * Creates the advice.
	 * @param retryAfter when a client may try again
	 */
	UnreachableDatabaseAdvice(Duration retryAfter) {
		this.retryAfter = retryAfter;
	}

	@ExceptionHandler
	ResponseEntity<ProblemDetail> notBegun(CannotCreateTransactionException ex, HandlerMethod handler) {
		if (!handler.hasMethodAnnotation(RespondThenContinue.class)) {
			throw ex;
		}
		logger.warn(handler + " has no transaction", ex);
		return response(rejection());
	}

	/**
	 * The post-phases could not be stored, or the handler could not read or write
	 * something of its own, and then the rollback failed, too. A transaction whose commit
	 * failed has no such application exception: it may have been committed.
	 */
	@ExceptionHandler
	ResponseEntity<ProblemDetail> notRolledBack(TransactionSystemException ex, HandlerMethod handler) {
		Throwable cause = ex.getApplicationException();
		if (cause instanceof PostPhaseRejectedException rejection) {
			return response(rejection);
		}
		if (!handler.hasMethodAnnotation(RespondThenContinue.class) || !isOutage(cause)) {
			throw ex;
		}
		logger.warn(handler + " has lost its transaction", cause);
		return response(rejection());
	}

	private static boolean isOutage(@Nullable Throwable ex) {
		return ex instanceof DataAccessResourceFailureException || ex instanceof TransientDataAccessException
				|| ex instanceof RecoverableDataAccessException;
	}

	private PostPhaseRejectedException rejection() {
		return new PostPhaseRejectedException("The work cannot be stored at the moment.", this.retryAfter);
	}

	private static ResponseEntity<ProblemDetail> response(PostPhaseRejectedException rejection) {
		return ResponseEntity.status(rejection.getStatusCode())
			.headers(rejection.getHeaders())
			.body(rejection.getBody());
	}

}
