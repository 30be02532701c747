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

import io.github.earlyresponse.context.CompositeContextCarrier;
import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.EarlyResult;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.handler.HandlerPlans;
import io.github.earlyresponse.handler.IdempotentResult;
import io.github.earlyresponse.web.idempotency.IdempotentCall;
import io.github.earlyresponse.web.idempotency.IdempotentRequests;
import io.github.earlyresponse.web.request.GuardedArguments;
import io.github.earlyresponse.web.request.KeptUploads;
import io.github.earlyresponse.web.request.UploadDirectory;
import io.github.earlyresponse.web.response.PostPhaseAnnouncer;
import io.github.earlyresponse.web.send.BoundEarlyResponse;
import io.github.earlyresponse.web.send.HandlerThreads;
import jakarta.servlet.http.HttpServletRequest;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;

/**
 * Around an annotated handler, outside its transaction: admits the call, and records what
 * is going to run if the {@linkplain AttemptInterceptor attempt} has not. Spring MVC goes
 * on with the result as usual.
 */
public final class RespondThenContinueInterceptor implements MethodInterceptor {

	private final HandlerPlans plans;

	private final PostPhaseEngine engine;

	private final CompositeContextCarrier handlerContextCarrier;

	private final CompositeContextCarrier contextCarrier;

	private final UploadDirectory uploadDirectory;

	private final HandlerThreads handlerThreads;

	private final @Nullable PostPhaseAnnouncer announcer;

	private final IdempotentRequests idempotentRequests;

	/**
	 * Creates the interceptor.
	 * @param plans how handlers continue
	 * @param engine where post-phases run
	 * @param handlerContextCarrier what goes along to a handler on a thread of its own
	 * @param contextCarrier what goes along to post-phases
	 * @param uploadDirectory where uploads are kept
	 * @param handlerThreads where handlers run that send in mid-method
	 * @param announcer tells clients of their post-phases, {@code null} if nobody does
	 * @param idempotentRequests claims requests that have a key
	 */
	public RespondThenContinueInterceptor(HandlerPlans plans, PostPhaseEngine engine,
			CompositeContextCarrier handlerContextCarrier, CompositeContextCarrier contextCarrier,
			UploadDirectory uploadDirectory, HandlerThreads handlerThreads, @Nullable PostPhaseAnnouncer announcer,
			IdempotentRequests idempotentRequests) {
		this.plans = plans;
		this.engine = engine;
		this.handlerContextCarrier = handlerContextCarrier;
		this.contextCarrier = contextCarrier;
		this.uploadDirectory = uploadDirectory;
		this.handlerThreads = handlerThreads;
		this.announcer = announcer;
		this.idempotentRequests = idempotentRequests;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		ServletRequestAttributes attributes = Dispatch.currentAttributes();
		HandlerMethod handler = (attributes != null) ? Dispatch.handler(attributes.getRequest(), invocation) : null;
		if (attributes == null || handler == null) {
			return invocation.proceed();
		}
		Exchange exchange = exchange(attributes.getRequest(), handler);
		HandlerInvocation call = exchange.find(attributes);
		if (call == null) {
			return proceedUnlessRepeated(exchange, attributes, handler, invocation);
		}
		BoundEarlyResponse earlyResponse = find(BoundEarlyResponse.class, invocation.getArguments());
		if (earlyResponse != null && earlyResponse.isSent() && !call.isRunning()) {
			// Tried again for what it returned, which is nothing: it goes on already
			return null;
		}
		if (!call.callAgain(invocation.getArguments())) {
			return proceedWithOtherCall(invocation, call);
		}
		exchange.handled();
		return proceed(invocation, attributes.getRequest(), call);
	}

	private static Exchange exchange(HttpServletRequest request, HandlerMethod handler) {
		Exchange exchange = Exchange.of(request);
		if (exchange == null) {
			throw new IllegalStateException("Handler " + handler + " cannot continue: its request did not come through "
					+ CompletingFilter.class.getName() + ", which has to be in front of all other filters. In a test "
					+ "that builds its MockMvc itself, apply the bean EarlyResponseMockMvcConfigurer of "
					+ "early-response-test to the builder. In an application, let Spring Boot register the bean "
					+ "earlyResponseFilter for all paths and dispatcher types, or add that filter to the servlet "
					+ "context yourself.");
		}
		return exchange;
	}

	private @Nullable Object proceedUnlessRepeated(Exchange exchange, ServletRequestAttributes attributes,
			HandlerMethod handler, MethodInvocation invocation) throws Throwable {
		HttpServletRequest request = attributes.getRequest();
		IdempotentResult idempotent = this.plans.get(handler).idempotent();
		IdempotencyClaim claim = (idempotent != null) ? this.idempotentRequests.claim(handler, idempotent, request)
				: null;
		if (idempotent != null && claim instanceof IdempotencyClaim.Repeated repeated) {
			exchange.repeat(repeated.result().postPhases());
			announce(exchange, prepare(request));
			return idempotent.toReturned(repeated.result());
		}
		IdempotentCall call = (idempotent != null && claim instanceof IdempotencyClaim.Granted granted)
				? new IdempotentCall(granted, idempotent) : null;
		return proceed(invocation, request, begin(exchange, attributes, handler, invocation, call));
	}

	/**
	 * Calls the method on behalf of somebody else than Spring MVC, mostly the handler
	 * itself.
	 */
	private static @Nullable Object proceedWithOtherCall(MethodInvocation invocation, HandlerInvocation call)
			throws Throwable {
		call.enterOtherCall();
		try {
			return invocation.proceed();
		}
		finally {
			call.leaveOtherCall();
		}
	}

	private @Nullable Object proceed(MethodInvocation invocation, HttpServletRequest request, HandlerInvocation call)
			throws Throwable {
		BoundEarlyResponse earlyResponse = find(BoundEarlyResponse.class, invocation.getArguments());
		if (earlyResponse != null) {
			proceedUntilSent(invocation, call, earlyResponse);
			return null;
		}
		return proceedUntilReturned(invocation, request, call);
	}

	private void proceedUntilSent(MethodInvocation invocation, HandlerInvocation call, BoundEarlyResponse earlyResponse)
			throws Throwable {
		earlyResponse.bind(new SendingCall(call));
		try {
			earlyResponse.runHandler(this.handlerThreads, this.handlerContextCarrier.capture(),
					() -> proceedAndSend(invocation, call, earlyResponse));
		}
		catch (Throwable ex) {
			if (call.isRunning()) {
				threw(call, ex);
			}
			throw ex;
		}
	}

	private static void proceedAndSend(MethodInvocation invocation, HandlerInvocation call,
			BoundEarlyResponse earlyResponse) throws Throwable {
		try {
			invocation.proceed();
			earlyResponse.checkSent();
		}
		catch (Throwable ex) {
			if (call.isRunning()) {
				threw(call, ex);
			}
			throw earlyResponse.origin(ex);
		}
	}

	private static @Nullable Object proceedUntilReturned(MethodInvocation invocation, HttpServletRequest request,
			HandlerInvocation call) throws Throwable {
		Object returned;
		try {
			returned = invocation.proceed();
			call.returned(returned);
		}
		catch (Throwable ex) {
			threw(call, ex);
			throw ex;
		}
		Exchange exchange = (EarlyResult.isAsync(returned)) ? Exchange.of(request) : null;
		if (exchange != null) {
			StreamInterceptor.register(request, exchange);
		}
		return call.response(returned);
	}

	private HandlerInvocation begin(Exchange exchange, ServletRequestAttributes attributes, HandlerMethod handler,
			MethodInvocation invocation, @Nullable IdempotentCall idempotentCall) {
		boolean admitted = false;
		try {
			PostPhaseAnnouncer.Announcement announcement = prepare(attributes.getRequest());
			HandlerInvocation call = admit(handler, attributes, invocation.getArguments(),
					(announcement != null) ? announcement.owner() : null, idempotentCall);
			exchange.begin(attributes, call);
			admitted = true;
			announce(exchange, announcement);
			return call;
		}
		finally {
			if (!admitted && idempotentCall != null) {
				idempotentCall.end(false);
			}
		}
	}

	private PostPhaseAnnouncer.@Nullable Announcement prepare(HttpServletRequest request) {
		return (this.announcer != null) ? this.announcer.prepare(request) : null;
	}

	private static void announce(Exchange exchange, PostPhaseAnnouncer.@Nullable Announcement announcement) {
		if (announcement != null) {
			exchange.announceBy(announcement);
		}
	}

	private HandlerInvocation admit(HandlerMethod handler, ServletRequestAttributes attributes,
			@Nullable Object[] values, @Nullable String owner, @Nullable IdempotentCall idempotentCall) {
		HandlerPlan plan = this.plans.get(handler);
		GuardedArguments arguments = new GuardedArguments(plan.parameterTypes(), values, plan.uploads());
		HandlerInvocation call = new HandlerInvocation(handler, plan,
				new Answers(plan, attributes, this.contextCarrier, arguments), arguments,
				new KeptUploads(this.uploadDirectory), this.engine.reserve(plan.reservation().ownedBy(owner)),
				find(BoundEarlyResponse.class, values), idempotentCall);
		try {
			call.keepUploads();
		}
		catch (Throwable ex) {
			call.close(false, ex, ResponseDelivery.NOT_SENT);
			throw ex;
		}
		BoundAfterResponse afterResponse = find(BoundAfterResponse.class, values);
		if (afterResponse != null) {
			afterResponse.bind(call);
		}
		return call;
	}

	private static <T> @Nullable T find(Class<T> type, @Nullable Object[] arguments) {
		for (Object argument : arguments) {
			if (type.isInstance(argument)) {
				return type.cast(argument);
			}
		}
		return null;
	}

	private static void threw(HandlerInvocation call, Throwable failure) {
		try {
			call.threw();
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

}
