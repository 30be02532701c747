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

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

import io.github.earlyresponse.engine.ResponseDelivery;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.method.HandlerMethod;

/**
 * One request on its way through all its dispatches, with the annotated handlers that it
 * called. In most cases there is none or one.
 */
final class Exchange {

	private static final String ATTRIBUTE = Exchange.class.getName();

	private final List<HandlerInvocation> invocations = new ArrayList<>(1);

	private @Nullable HandlerMethod handler;

	private @Nullable Throwable failure;

	static @Nullable Exchange of(ServletRequest request) {
		return (Exchange) request.getAttribute(ATTRIBUTE);
	}

	static Exchange obtain(ServletRequest request) {
		Exchange exchange = of(request);
		if (exchange == null) {
			exchange = new Exchange();
			request.setAttribute(ATTRIBUTE, exchange);
		}
		return exchange;
	}

	/**
	 * Begins the call of an annotated handler.
	 * @param handler the handler that the request was dispatched to
	 * @param admit admits the call, or throws
	 * @return the call, {@code null} if it is not the call of the dispatch but another
	 * one that the handler makes itself
	 */
	synchronized @Nullable HandlerInvocation begin(HandlerMethod handler, Supplier<HandlerInvocation> admit) {
		if (handler == this.handler) {
			return null;
		}
		HandlerInvocation invocation = admit.get();
		this.handler = handler;
		this.invocations.add(invocation);
		return invocation;
	}

	/**
	 * The call of the given handler that was begun.
	 * @param handler the handler that the request was dispatched to
	 * @return the call, {@code null} if there is none
	 */
	synchronized @Nullable HandlerInvocation find(HandlerMethod handler) {
		return (handler == this.handler && !this.invocations.isEmpty())
				? this.invocations.get(this.invocations.size() - 1) : null;
	}

	/**
	 * Whether an annotated handler waits for the response.
	 */
	synchronized boolean isOpen() {
		return !this.invocations.isEmpty();
	}

	/**
	 * The result of an asynchronous handler is there.
	 */
	synchronized void resolved(@Nullable Object result) {
		this.invocations.forEach((invocation) -> invocation.resolved(result));
	}

	/**
	 * Something was thrown. The first one counts, what follows is a consequence.
	 */
	synchronized void failed(Throwable failure) {
		if (this.failure == null) {
			this.failure = failure;
		}
	}

	synchronized boolean hasFailed() {
		return this.failure != null;
	}

	/**
	 * The response is there.
	 * @param success whether it is the response of a success, provided that the handler
	 * returned
	 * @param response what became of it
	 */
	void close(boolean success, ResponseDelivery response) {
		for (HandlerInvocation invocation : take((any) -> true)) {
			invocation.close(success && invocation.hasSucceeded(), this.failure, response);
		}
	}

	/**
	 * There will be the response of a failure, made elsewhere: gives up what does not
	 * wait for it.
	 */
	void closeUnlessContinuedOnFailure() {
		for (HandlerInvocation invocation : take((candidate) -> !candidate.plan().continuesOn(false))) {
			invocation.close(false, this.failure, ResponseDelivery.NOT_SENT);
		}
	}

	private synchronized List<HandlerInvocation> take(Predicate<HandlerInvocation> filter) {
		List<HandlerInvocation> taken = this.invocations.stream().filter(filter).toList();
		this.invocations.removeAll(taken);
		return taken;
	}

}
