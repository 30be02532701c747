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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.handler.ArgumentBinding;
import io.github.earlyresponse.handler.Condition;
import io.github.earlyresponse.handler.EarlyResult;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.ErrorResponse;

/**
 * What a handler answered, and what follows from that and is worked out once: its early
 * result, whether its condition is met, and the calls of its named post-phases.
 */
final class Answer {

	private final Kind kind;

	private final @Nullable Object returned;

	private final @Nullable Object result;

	private final boolean errors;

	private final boolean error;

	private final @Nullable Object[] arguments;

	private final ContextCarrier.Context context;

	private final @Nullable RequestSnapshot request;

	private final @Nullable Throwable captureFailure;

	private final @Nullable Verdict verdict;

	/**
	 * Creates an answer.
	 * @param kind its kind
	 * @param returned what the handler returned or sent
	 * @param errors whether its arguments hold errors of a form
	 * @param error whether the response is going to be that of an error
	 * @param arguments its arguments
	 * @param context the context of the thread by then
	 * @param request the copy of the request, {@code null} if nobody asks for it
	 * @param captureFailure why these could not be captured, {@code null} if they were
	 * @param condition its condition
	 */
	Answer(Kind kind, @Nullable Object returned, boolean errors, boolean error, @Nullable Object[] arguments,
			ContextCarrier.Context context, @Nullable RequestSnapshot request, @Nullable Throwable captureFailure,
			@Nullable Condition condition) {
		this.kind = kind;
		this.returned = returned;
		this.errors = errors;
		this.error = error;
		Object result = (kind == Kind.VALUE || kind == Kind.SENT) ? EarlyResult.unwrap(returned) : null;
		this.result = result;
		this.arguments = arguments;
		this.context = context;
		this.request = request;
		this.captureFailure = captureFailure;
		this.verdict = (condition != null) ? new Verdict(() -> condition.isMet(arguments, result)) : null;
	}

	private Answer(Answer original, ContextCarrier.Context context, @Nullable RequestSnapshot request,
			@Nullable Throwable captureFailure) {
		this.kind = original.kind;
		this.returned = original.returned;
		this.result = original.result;
		this.errors = original.errors;
		this.error = original.error;
		this.arguments = original.arguments;
		this.context = context;
		this.request = request;
		this.captureFailure = captureFailure;
		this.verdict = original.verdict;
	}

	/**
	 * The kind of what a handler returned.
	 */
	static Kind kindOf(@Nullable Object returned) {
		if (!EarlyResult.isAsync(returned)) {
			return Kind.VALUE;
		}
		return (EarlyResult.isStream(returned)) ? Kind.STREAM : Kind.PENDING;
	}

	/**
	 * The same answer, for which more was captured, or could not be.
	 */
	Answer with(ContextCarrier.Context context, @Nullable RequestSnapshot request, @Nullable Throwable captureFailure) {
		return new Answer(this, context, request, captureFailure);
	}

	/**
	 * Whether this is the answer of a handler that returned the given object.
	 */
	boolean isOf(@Nullable Object returned) {
		return this.kind != Kind.FAILURE && this.returned == returned;
	}

	@Nullable Object returned() {
		return this.returned;
	}

	Kind kind() {
		return this.kind;
	}

	/**
	 * Whether the arguments of the handler hold errors of a form.
	 */
	boolean hasErrors() {
		return this.errors;
	}

	/**
	 * The context of the thread that it was given on.
	 */
	ContextCarrier.Context context() {
		return this.context;
	}

	/**
	 * The copy of the request, {@code null} if nobody asks for it.
	 */
	@Nullable RequestSnapshot request() {
		return this.request;
	}

	/**
	 * Why the context or the request could not be captured, {@code null} if they were.
	 */
	@Nullable Throwable captureFailure() {
		return this.captureFailure;
	}

	/**
	 * Whether the response is going to be that of an error, as far as it is known.
	 */
	boolean isError() {
		return this.error;
	}

	/**
	 * The status that a result brings along.
	 * @return the status, {@code null} if it has none
	 */
	static @Nullable HttpStatusCode statusOf(@Nullable Object returned) {
		if (returned instanceof ResponseEntity<?> entity) {
			return entity.getStatusCode();
		}
		if (returned instanceof ErrorResponse error) {
			return error.getStatusCode();
		}
		return (returned instanceof ProblemDetail problem) ? HttpStatusCode.valueOf(problem.getStatus()) : null;
	}

	/**
	 * Evaluates the condition on the current thread, unless it was evaluated before.
	 */
	void evaluateCondition() {
		if (this.verdict != null) {
			this.verdict.evaluate();
		}
	}

	/**
	 * Whether the condition is met, which is evaluated in the context of the request if
	 * it was not before, or cannot be evaluated.
	 */
	boolean continues() {
		if (this.verdict == null) {
			return true;
		}
		this.verdict.evaluateIn(this.context);
		return this.verdict.continues();
	}

	/**
	 * Whether the condition was evaluated and is met, or there is none.
	 */
	boolean isKnownToContinue() {
		return this.verdict == null || this.verdict.isKnownToContinue();
	}

	/**
	 * The call of a named post-phase. What does not fit its parameters fails the
	 * post-phase and not the request.
	 * @param binding where its arguments come from
	 */
	PostPhaseWork bind(ArgumentBinding binding) {
		try {
			return orFailure(binding.bind(this.arguments, this.result));
		}
		catch (Throwable ex) {
			return failing(ex);
		}
	}

	/**
	 * The given work, or one that fails because the context could not be captured or the
	 * condition not be evaluated.
	 */
	PostPhaseWork orFailure(PostPhaseWork work) {
		Throwable failure = this.captureFailure;
		if (failure == null && this.verdict != null) {
			failure = this.verdict.failure();
		}
		return (failure != null) ? failing(failure) : work;
	}

	private static PostPhaseWork failing(Throwable failure) {
		return new PostPhaseWork.Unprepared(failure);
	}

	/**
	 * Kinds of answers.
	 */
	enum Kind {

		/** A result. */
		VALUE,

		/** What was sent in mid-method. */
		SENT,

		/** A result that comes later. */
		PENDING,

		/** A stream, which is written later. */
		STREAM,

		/** An exception. */
		FAILURE

	}

}
