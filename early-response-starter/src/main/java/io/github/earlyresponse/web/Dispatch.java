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

import java.lang.reflect.Method;

import io.github.earlyresponse.web.request.EndedRequest;
import jakarta.servlet.http.HttpServletRequest;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.support.RequestContextUtils;

/**
 * A dispatch of Spring MVC to an annotated handler. There may be several in a request,
 * even to the same handler, after each other or one in the other: includes, forwards and
 * asynchronous dispatches.
 * <p>
 * The dispatcher servlet makes request attributes and a flash map anew for each. The
 * attributes tell a handler's dispatch from one that the handler has included; on the
 * thread of a {@link java.util.concurrent.Callable}, which has attributes of its own, the
 * flash map tells that it is no other dispatch.
 *
 * @param attributes the request attributes of the dispatch
 * @param flashMap its output flash map
 * @param call the call of the handler
 * @param previous the dispatch before
 */
record Dispatch(ServletRequestAttributes attributes, @Nullable Object flashMap, HandlerInvocation call,
		@Nullable Dispatch previous) {

	Dispatch(ServletRequestAttributes attributes, HandlerInvocation call, @Nullable Dispatch previous) {
		this(attributes, RequestContextUtils.getOutputFlashMap(attributes.getRequest()), call, previous);
	}

	/**
	 * Finds the dispatch of the given attributes, this one or one before. The attributes
	 * come first: the flash map that a forward has made stays after it.
	 */
	@Nullable Dispatch find(ServletRequestAttributes attributes) {
		Dispatch dispatch = this;
		while (dispatch != null && dispatch.attributes() != attributes) {
			dispatch = dispatch.previous();
		}
		return (dispatch != null) ? dispatch
				: findByFlashMap(RequestContextUtils.getOutputFlashMap(attributes.getRequest()));
	}

	private @Nullable Dispatch findByFlashMap(@Nullable Object flashMap) {
		Dispatch dispatch = this;
		while (dispatch != null && (flashMap == null || dispatch.flashMap() != flashMap)) {
			dispatch = dispatch.previous();
		}
		return dispatch;
	}

	/**
	 * The request attributes of the current thread, {@code null} if it has none or its
	 * request has ended.
	 */
	static @Nullable ServletRequestAttributes currentAttributes() {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
				&& !EndedRequest.is(attributes)) ? attributes : null;
	}

	/**
	 * The handler that the request was dispatched to, if this is its call and not one
	 * that another handler makes.
	 */
	static @Nullable HandlerMethod handler(HttpServletRequest request, MethodInvocation invocation) {
		return (request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod handler
				&& isCall(handler, invocation)) ? handler : null;
	}

	/**
	 * Whether it is the method of the handler that is called. The mapping may know the
	 * handler by an interface of its bean.
	 */
	static boolean isCall(HandlerMethod handler, MethodInvocation invocation) {
		Object target = invocation.getThis();
		if (target == null) {
			return false;
		}
		Method method = handler.getMethod();
		Method called = invocation.getMethod();
		if (method.equals(called)) {
			return true;
		}
		Method specific = AopUtils.getMostSpecificMethod(called, target.getClass());
		return method.equals(specific) || (method.getName().equals(called.getName())
				&& specific.equals(AopUtils.getMostSpecificMethod(method, target.getClass())));
	}

}
