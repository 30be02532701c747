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

import java.io.IOException;
import java.util.function.BooleanSupplier;

import io.github.earlyresponse.web.idempotency.DigestedRequest;
import io.github.earlyresponse.web.request.GuardedRequest;
import io.github.earlyresponse.web.response.ResponseRecorder;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.async.AsyncWebRequest;
import org.springframework.web.context.request.async.WebAsyncManager;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.util.WebUtils;

/**
 * The outermost filter: when everything inside is done with the response of an annotated
 * handler, completes it on the wire and hands its post-phases over.
 * <p>
 * Responses of other handlers pass untouched, and so do error responses, unless a
 * post-phase waits for them.
 */
public final class CompletingFilter implements Filter {

	private final BooleanSupplier idempotent;

	/**
	 * Creates the filter.
	 * @param idempotent whether there is a handler that is idempotent, so that what a
	 * request with a key contains is noted
	 */
	public CompletingFilter(BooleanSupplier idempotent) {
		this.idempotent = idempotent;
	}

	@Override
	public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
			throws IOException, ServletException {
		HttpServletRequest request = (HttpServletRequest) servletRequest;
		HttpServletResponse response = (HttpServletResponse) servletResponse;
		if (request.getDispatcherType() == DispatcherType.FORWARD) {
			forward(request, response, chain);
			return;
		}
		Exchange exchange = Exchange.obtain(request);
		boolean errorPage = request.getDispatcherType() == DispatcherType.ERROR;
		// An async dispatch brings back the response of the first one, wrappers included
		ResponseRecorder recorder = (!errorPage) ? WebUtils.getNativeResponse(response, ResponseRecorder.class) : null;
		if (recorder == null) {
			recorder = new ResponseRecorder(request, response);
			response = recorder;
		}
		GuardedRequest guarded = GuardedRequest.find(request);
		if (guarded == null) {
			guarded = new GuardedRequest((this.idempotent.getAsBoolean()) ? DigestedRequest.of(request) : request);
			request = guarded;
		}
		exchange.dispatch(guarded, recorder);
		AsyncWebRequest asyncRequest = null;
		if (request.getDispatcherType() == DispatcherType.ASYNC) {
			if (exchange.isHeldBackBeyondEnd()) {
				exchange.release(recorder);
				return;
			}
			exchange.resumed();
			asyncRequest = WebAsyncUtils.getAsyncManager(request).getAsyncWebRequest();
		}
		boolean truncated = errorPage && response.isCommitted();
		try {
			if (request.getDispatcherType() == DispatcherType.ASYNC) {
				resolve(exchange, WebAsyncUtils.getAsyncManager(request));
			}
			chain.doFilter(request, response);
			if (exchange.isOpen() && !request.isAsyncStarted()) {
				TomcatSendfile.replace(request, recorder);
			}
		}
		catch (Throwable ex) {
			exchange.failed(ex);
			if (recorder.isAborted()) {
				exchange.complete(recorder);
			}
			exchange.awaitErrorResponse();
			throw ex;
		}
		if (!exchange.isOpen()) {
			if (exchange.isRepeated()) {
				recorder.beforeHead();
			}
			return;
		}
		if (request.isAsyncStarted()) {
			exchange.suspended(recorder);
		}
		else if ((recorder.isErrorSent() && !recorder.isAborted()) || truncated) {
			exchange.awaitErrorResponse();
		}
		else {
			if (exchange.expectsEnd() && !isContainerResponse(request, recorder.getResponse())) {
				recorder.completion().finishedByFilters(containerResponse(request, recorder));
			}
			exchange.complete(recorder);
			if (exchange.isHeldBackBeyondEnd() && request.isAsyncSupported()) {
				comeBack(request, response, asyncRequest);
			}
		}
	}

	/**
	 * Whether there is no filter in front that may keep back what is written. The
	 * container's own responses are of the same package as its requests.
	 */
	private static boolean isContainerResponse(ServletRequest request, ServletResponse response) {
		ServletRequest containerRequest = request;
		while (containerRequest instanceof ServletRequestWrapper wrapper) {
			containerRequest = wrapper.getRequest();
		}
		return response.getClass().getPackageName().equals(containerRequest.getClass().getPackageName());
	}

	private static @Nullable HttpServletResponse containerResponse(ServletRequest request, ServletResponse response) {
		ServletResponse containerResponse = response;
		while (containerResponse instanceof ServletResponseWrapper wrapper) {
			containerResponse = wrapper.getResponse();
		}
		return isContainerResponse(request, containerResponse) ? (HttpServletResponse) containerResponse : null;
	}

	/**
	 * Lets the container put one more dispatch after this one, before which it releases
	 * the response.
	 * @param asyncRequest the asynchronous request of Spring MVC, which otherwise would
	 * not be told its end
	 */
	private static void comeBack(HttpServletRequest request, HttpServletResponse response,
			@Nullable AsyncWebRequest asyncRequest) {
		AsyncContext context = request.startAsync(request, response);
		if (asyncRequest instanceof AsyncListener listener) {
			context.addListener(listener);
		}
		context.dispatch();
	}

	private static void forward(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		ResponseRecorder recorder = WebUtils.getNativeResponse(response, ResponseRecorder.class);
		if (recorder == null) {
			chain.doFilter(request, response);
			return;
		}
		recorder.forwarded();
		Exchange exchange = Exchange.of(request);
		if (exchange != null && exchange.isOpen()) {
			StreamInterceptor.register(request, exchange);
		}
		chain.doFilter(request, response);
		// The container ends the response with the forward
		recorder.beforeHead();
	}

	private static void resolve(Exchange exchange, WebAsyncManager asyncManager) {
		if (asyncManager.hasConcurrentResult() && !(asyncManager.getConcurrentResult() instanceof Throwable)) {
			exchange.resolved(asyncManager.getConcurrentResult());
		}
	}

}
