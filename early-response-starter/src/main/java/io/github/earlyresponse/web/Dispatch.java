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

import io.github.earlyresponse.request.EndedRequest;
import jakarta.servlet.http.HttpServletRequest;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/**
 * What Spring MVC is doing on the current thread.
 */
final class Dispatch {

	private Dispatch() {
	}

	static @Nullable HttpServletRequest currentRequest() {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
				&& !EndedRequest.is(attributes)) ? attributes.getRequest() : null;
	}

	/**
	 * The handler that the request was dispatched to, if this is its call and not one
	 * that another handler makes.
	 */
	static @Nullable HandlerMethod handler(HttpServletRequest request, MethodInvocation invocation) {
		Object target = invocation.getThis();
		Object matched = request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE);
		return (target != null && matched instanceof HandlerMethod handler
				&& isCall(handler.getMethod(), invocation.getMethod(), target.getClass())) ? handler : null;
	}

	private static boolean isCall(Method handler, Method called, Class<?> targetClass) {
		if (handler.equals(called)) {
			return true;
		}
		Method specific = AopUtils.getMostSpecificMethod(called, targetClass);
		// The mapping may know the handler by an interface of its bean
		return handler.equals(specific) || (handler.getName().equals(called.getName())
				&& specific.equals(AopUtils.getMostSpecificMethod(handler, targetClass)));
	}

}
