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

import io.github.earlyresponse.call.PostPhaseRegistry;
import io.github.earlyresponse.web.request.EndedRequest;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.util.Assert;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerMapping;

/**
 * The bean, which acts for the handler that runs in the request of the current thread.
 */
public final class InjectedAfterResponse extends CallingAfterResponse {

	/**
	 * Creates the bean.
	 * @param registry the post-phases that can be called
	 */
	public InjectedAfterResponse(PostPhaseRegistry registry) {
		super(registry);
	}

	@Override
	HandlerInvocation currentCall() {
		Assert.state(!EndedRequest.is(RequestContextHolder.getRequestAttributes()),
				"AfterResponse is called too late: the response of the handler is out. "
						+ "Call it before the handler returns or sends its response.");
		ServletRequestAttributes attributes = Dispatch.currentAttributes();
		Assert.state(attributes != null,
				"AfterResponse is called on a thread that handles no request of Spring MVC. Call it on the thread of a "
						+ "@RespondThenContinue handler; for its other threads take an AfterResponse parameter.");
		HttpServletRequest request = attributes.getRequest();
		Exchange exchange = Exchange.of(request);
		HandlerInvocation call = (exchange != null) ? exchange.find(attributes) : null;
		Assert.state(call != null,
				() -> "AfterResponse is called while no @RespondThenContinue handler runs in this request, which is for "
						+ describeHandler(request)
						+ ". Annotate the handler with @RespondThenContinue, and call AfterResponse while it runs.");
		return call;
	}

	private static String describeHandler(HttpServletRequest request) {
		return (request.getAttribute(HandlerMapping.BEST_MATCHING_HANDLER_ATTRIBUTE) instanceof HandlerMethod handler)
				? "handler " + handler : "no handler method";
	}

}
