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

import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.web.Answer.Kind;
import io.github.earlyresponse.web.HandlerRequest.Captured;
import io.github.earlyresponse.web.request.GuardedArguments;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatusCode;
import org.springframework.validation.Errors;

/**
 * Makes the answers of one call of a handler, with what is known of the request by then.
 */
final class Answers {

	private final HandlerPlan plan;

	private final HandlerRequest request;

	private final GuardedArguments arguments;

	Answers(HandlerPlan plan, HandlerRequest request, GuardedArguments arguments) {
		this.plan = plan;
		this.request = request;
		this.arguments = arguments;
	}

	/**
	 * The handler returned.
	 * @param returned what it returned
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 */
	Answer returned(@Nullable Object returned, boolean copyRequest) {
		return create(Answer.kindOf(returned), returned, this.request.capture(copyRequest));
	}

	/**
	 * The handler sends its response.
	 * @param body what it sends
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 */
	Answer sent(@Nullable Object body, boolean copyRequest) {
		return create(Kind.SENT, body, this.request.capture(copyRequest));
	}

	/**
	 * The handler threw.
	 * @param copyRequest whether a post-phase may ask for a copy of the request
	 */
	Answer threw(boolean copyRequest) {
		return create(Kind.FAILURE, null, this.request.capture(copyRequest));
	}

	/**
	 * The asynchronous result of the handler is there.
	 * @param pending the answer so far
	 * @param result the result
	 */
	Answer resolved(Answer pending, @Nullable Object result) {
		return create(Kind.VALUE, result, pending.captured());
	}

	/**
	 * The same answer with a copy of the request.
	 */
	Answer withRequest(Answer answer) {
		return answer.with(this.request.capture(true));
	}

	private Answer create(Kind kind, @Nullable Object returned, Captured captured) {
		boolean errors = kind != Kind.FAILURE && hasErrors();
		boolean error = errors || kind == Kind.FAILURE || isErrorStatus(returned);
		return new Answer(kind, returned, errors, error, this.arguments.values(), captured, this.plan.condition());
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
		return (status != null) ? status.isError() : HttpStatusCode.valueOf(this.request.status()).isError();
	}

}
