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
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.handler.EarlyResult;
import io.github.earlyresponse.handler.HandlerPlan;
import io.github.earlyresponse.handler.HandlerPlans;
import io.github.earlyresponse.imperative.BoundEarlyResponse;
import io.github.earlyresponse.imperative.HandlerThreads;
import io.github.earlyresponse.request.GuardedArguments;
import io.github.earlyresponse.request.KeptUploads;
import io.github.earlyresponse.request.RequestSnapshots;
import io.github.earlyresponse.request.UploadDirectory;
import io.github.earlyresponse.response.PostPhaseAnnouncer;
import jakarta.servlet.http.HttpServletRequest;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.method.HandlerMethod;

/**
 * Around an annotated handler, outside its transaction: admits the call, and when the
 * handler returns captures the context. Spring MVC goes on with the result as ever.
 */
public final class RespondThenContinueInterceptor implements MethodInterceptor {

	private final HandlerPlans plans;

	private final PostPhaseEngine engine;

	private final CompositeContextCarrier handlerContextCarrier;

	private final CompositeContextCarrier contextCarrier;

	private final UploadDirectory uploadDirectory;

	private final HandlerThreads handlerThreads;

	private final @Nullable PostPhaseAnnouncer announcer;

	/**
	 * Creates the interceptor.
	 * @param plans how handlers continue
	 * @param engine where post-phases run
	 * @param handlerContextCarrier what goes along to a handler on a thread of its own
	 * @param contextCarrier what goes along to post-phases
	 * @param uploadDirectory where uploads are kept
	 * @param handlerThreads where handlers run that send in mid-method
	 * @param announcer tells clients of their post-phases, {@code null} if nobody does
	 */
	public RespondThenContinueInterceptor(HandlerPlans plans, PostPhaseEngine engine,
			CompositeContextCarrier handlerContextCarrier, CompositeContextCarrier contextCarrier,
			UploadDirectory uploadDirectory, HandlerThreads handlerThreads, @Nullable PostPhaseAnnouncer announcer) {
		this.plans = plans;
		this.engine = engine;
		this.handlerContextCarrier = handlerContextCarrier;
		this.contextCarrier = contextCarrier;
		this.uploadDirectory = uploadDirectory;
		this.handlerThreads = handlerThreads;
		this.announcer = announcer;
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		HttpServletRequest request = Dispatch.currentRequest();
		HandlerInvocation call = (request != null) ? begin(request, invocation) : null;
		if (request == null || call == null) {
			return invocation.proceed();
		}
		BoundEarlyResponse earlyResponse = find(BoundEarlyResponse.class, invocation.getArguments());
		if (earlyResponse != null) {
			proceedUntilSent(invocation, request, call, earlyResponse);
			return null;
		}
		return proceed(invocation, request, call);
	}

	private void proceedUntilSent(MethodInvocation invocation, HttpServletRequest request, HandlerInvocation call,
			BoundEarlyResponse earlyResponse) throws Throwable {
		earlyResponse.bind(call::remainderId, (body) -> {
			Assert.state(!EarlyResult.isAsync(body), "What is asynchronous or a stream cannot be sent; return it");
			capture(call, request);
			call.returned(body);
		}, this.contextCarrier);
		try {
			earlyResponse.runHandler(this.handlerThreads, this.handlerContextCarrier.capture(),
					() -> proceedAndSend(invocation, request, call, earlyResponse));
		}
		catch (Throwable ex) {
			if (call.isRunning()) {
				threw(call, request, ex);
			}
			throw ex;
		}
	}

	private void proceedAndSend(MethodInvocation invocation, HttpServletRequest request, HandlerInvocation call,
			BoundEarlyResponse earlyResponse) throws Throwable {
		try {
			invocation.proceed();
			earlyResponse.checkSent();
		}
		catch (Throwable ex) {
			if (call.isRunning()) {
				threw(call, request, ex);
			}
			throw ex;
		}
	}

	private @Nullable Object proceed(MethodInvocation invocation, HttpServletRequest request, HandlerInvocation call)
			throws Throwable {
		Object returned;
		try {
			returned = invocation.proceed();
		}
		catch (Throwable ex) {
			threw(call, request, ex);
			throw ex;
		}
		capture(call, request);
		call.returned(returned);
		Exchange exchange = (EarlyResult.isAsync(returned)) ? Exchange.of(request) : null;
		if (exchange != null) {
			StreamInterceptor.register(request, exchange);
		}
		return returned;
	}

	private @Nullable HandlerInvocation begin(HttpServletRequest request, MethodInvocation invocation) {
		HandlerMethod handler = Dispatch.handler(request, invocation);
		if (handler == null) {
			return null;
		}
		Exchange exchange = Exchange.of(request);
		Assert.state(exchange != null,
				() -> "Handler " + handler + " cannot continue: its request did not come through "
						+ CompletingFilter.class.getName()
						+ ", which has to be in front of all other filters. In a test "
						+ "that builds its MockMvc itself, apply the bean EarlyResponseMockMvcConfigurer of "
						+ "early-response-test to the builder. In an application, let Spring Boot register the bean "
						+ "earlyResponseFilter for all paths and dispatcher types, or add that filter to the servlet "
						+ "context yourself.");
		if (exchange.isCalling(handler)) {
			return null;
		}
		PostPhaseAnnouncer.Announcement announcement = (this.announcer != null) ? this.announcer.prepare(request)
				: null;
		HandlerInvocation call = admit(this.plans.get(handler), invocation.getArguments(),
				(announcement != null) ? announcement.owner() : null);
		exchange.begin(handler, call);
		if (announcement != null) {
			exchange.announceBy(announcement);
		}
		return call;
	}

	private HandlerInvocation admit(HandlerPlan plan, @Nullable Object[] values, @Nullable String owner) {
		GuardedArguments arguments = new GuardedArguments(plan.parameterTypes(), values, plan.uploads());
		HandlerInvocation call = new HandlerInvocation(plan, arguments, new KeptUploads(this.uploadDirectory),
				this.engine.admit(plan.demand(), owner), find(BoundEarlyResponse.class, values));
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

	private void capture(HandlerInvocation call, HttpServletRequest request) {
		call.capture(this.contextCarrier.capture(), (call.plan().snapshot()) ? RequestSnapshots.of(request) : null);
	}

	private void threw(HandlerInvocation call, HttpServletRequest request, Throwable failure) {
		try {
			capture(call, request);
			call.threw();
		}
		catch (RuntimeException ex) {
			failure.addSuppressed(ex);
		}
	}

}
