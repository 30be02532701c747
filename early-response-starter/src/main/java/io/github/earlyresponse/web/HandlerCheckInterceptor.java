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

import io.github.earlyresponse.handler.HandlerChecks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Refuses a call of a handler that was registered after the start of the application and
 * cannot continue, instead of letting it be a plain one.
 */
public final class HandlerCheckInterceptor implements HandlerInterceptor {

	private final HandlerChecks checks;

	/**
	 * Creates the interceptor.
	 * @param checks the checks, most of which were made at the start
	 */
	public HandlerCheckInterceptor(HandlerChecks checks) {
		this.checks = checks;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (handler instanceof HandlerMethod handlerMethod) {
			this.checks.check(handlerMethod);
		}
		return true;
	}

}
