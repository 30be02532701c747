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

package io.github.earlyresponse.web.send;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.ModelAndView;

/**
 * Lets Spring MVC write what a handler has sent, as it writes what a handler returns.
 * Spring MVC itself does not do that for a handler that returns {@code void}. It has set
 * the {@code @ResponseStatus} by then, and takes exceptions to the exception handlers.
 */
public final class SentBodyWriter implements HandlerInterceptor {

	@Override
	public void postHandle(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable ModelAndView modelAndView) throws Exception {
		if (handler instanceof HandlerMethod handlerMethod) {
			SentBody body = SentBody.take(request, handlerMethod.getMethod());
			if (body != null) {
				body.checkSent();
				write(body, handlerMethod, new ServletWebRequest(request, response));
			}
		}
	}

	private void write(SentBody body, HandlerMethod handler, ServletWebRequest request) throws Exception {
		SendingHandlerMethod sending = new SendingHandlerMethod(handler, body);
		if (!sending.hasBody()) {
			return;
		}
		ModelAndViewContainer container = new ModelAndViewContainer();
		body.writer().handleReturnValue(body.value(), sending.sentType(), container, request);
		Assert.state(container.isRequestHandled(), "A view or a model cannot be sent: send what is the body");
	}

}
