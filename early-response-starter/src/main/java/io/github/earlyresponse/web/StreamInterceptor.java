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

import java.util.concurrent.Callable;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.CallableProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncUtils;

/**
 * Tells the exchange when a stream is being written.
 */
final class StreamInterceptor implements CallableProcessingInterceptor {

	private final Exchange exchange;

	private StreamInterceptor(Exchange exchange) {
		this.exchange = exchange;
	}

	/**
	 * Looks at what Spring MVC is about to run for the request.
	 */
	static void register(HttpServletRequest request, Exchange exchange) {
		WebAsyncUtils.getAsyncManager(request).registerCallableInterceptor(exchange, new StreamInterceptor(exchange));
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, Callable<T> task) {
		this.exchange.streams(true);
	}

	@Override
	public <T> void postProcess(NativeWebRequest request, Callable<T> task, @Nullable Object result) {
		this.exchange.streams(false);
	}

}
