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
import io.github.earlyresponse.context.CompositeContextCarrier;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.web.Answer.Kind;
import io.github.earlyresponse.web.request.GuardedArguments;
import io.github.earlyresponse.web.request.RequestSnapshots;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.validation.Errors;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Makes the answers of one call of a handler, with what is known of the request by then.
 */
final class Answers {

	private static final ContextCarrier.Context NO_CONTEXT = () -> () -> {
	};

	private final HandlerPlan plan;

	private final ServletRequestAttributes request;

	private final CompositeContextCarrier contextCarrier;

	private final GuardedArguments arguments;

	/**
	 * Creates the answers.
	 * @param plan how the handler continues
	 * @param request the request attributes of the dispatch to the handler
	 * @param contextCarrier captures the context of the thread
	 * @param arguments the arguments of the call
	 */
	Answers(HandlerPlan plan, ServletRequestAttributes request, CompositeContextCarrier contextCarrier,
			GuardedArguments arguments) {
		this.plan = plan;
		this.request = request;
		this.contextCarrier = contextCarrier;
		this.arguments = arguments;
	}

	/**
	 * The handler calls a post-phase, and has not answered so far.
	 */
	Answer called() {
		return capture(Kind.PENDING, null, true);
	}

	/**
	 * The handler returned.
	 * @param returned what it returned
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 */
	Answer returned(@Nullable Object returned, boolean copyRequest) {
		return capture(Answer.kindOf(returned), returned, copyRequest);
	}

	/**
	 * The handler sends its response.
	 * @param body what it sends
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 */
	Answer sent(@Nullable Object body, boolean copyRequest) {
		return capture(Kind.SENT, body, copyRequest);
	}

	/**
	 * The handler threw.
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 */
	Answer threw(boolean copyRequest) {
		return capture(Kind.FAILURE, null, copyRequest);
	}

	/**
	 * The asynchronous result of the handler is there.
	 * @param pending the answer so far
	 * @param result the result
	 */
	Answer resolved(Answer pending, @Nullable Object result) {
		return create(Kind.VALUE, result, pending.context(), pending.request(), pending.captureFailure());
	}

	/**
	 * The same answer with a copy of the request.
	 */
	Answer withRequest(Answer answer) {
		try {
			return answer.with(this.contextCarrier.capture(), copyRequest(), null);
		}
		catch (Throwable ex) {
			return answer.with(NO_CONTEXT, null, ex);
		}
	}

	/**
	 * Creates an answer with the context of the current thread. The response stands if
	 * that cannot be captured: the failure is that of the post-phases.
	 */
	private Answer capture(Kind kind, @Nullable Object returned, boolean copyRequest) {
		ContextCarrier.Context context;
		RequestSnapshot copy;
		try {
			context = this.contextCarrier.capture();
			copy = (copyRequest) ? copyRequest() : null;
		}
		catch (Throwable ex) {
			return create(kind, returned, NO_CONTEXT, null, ex);
		}
		return create(kind, returned, context, copy, null);
	}

	private RequestSnapshot copyRequest() {
		return RequestSnapshots.of(this.request.getRequest());
	}

	private Answer create(Kind kind, @Nullable Object returned, ContextCarrier.Context context,
			@Nullable RequestSnapshot copy, @Nullable Throwable captureFailure) {
		boolean errors = kind != Kind.FAILURE && hasErrors();
		boolean error = errors || kind == Kind.FAILURE || isErrorStatus(returned);
		return new Answer(kind, returned, errors, error, this.arguments.values(), context, copy, captureFailure,
				this.plan.condition());
	}

	/**
	 * Whether the arguments of the handler hold errors of a form.
	 */
	private boolean hasErrors() {
		for (int i = 0; i < this.plan.errors().size(); i++) {
			if (this.arguments.values()[this.plan.errors().get(i)] instanceof Errors argument && argument.hasErrors()) {
				return true;
			}
		}
		return false;
	}

	private boolean isErrorStatus(@Nullable Object returned) {
		HttpStatusCode status = Answer.statusOf(returned);
		if (status == null) {
			status = this.plan.status();
		}
		return (status != null) ? status.isError() : HttpStatusCode.valueOf(currentStatus()).isError();
	}

	/**
	 * The status of the response so far.
	 */
	private int currentStatus() {
		try {
			return (this.request.getResponse() != null) ? this.request.getResponse().getStatus()
					: HttpStatus.OK.value();
		}
		catch (IllegalStateException ex) {
			// The request has ended while its handler was running
			return HttpStatus.INTERNAL_SERVER_ERROR.value();
		}
	}

}
