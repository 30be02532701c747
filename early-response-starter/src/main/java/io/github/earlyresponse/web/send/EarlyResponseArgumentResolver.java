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

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import io.github.earlyresponse.EarlyResponse;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.Assert;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandlerComposite;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Resolves the {@link EarlyResponse} parameter of a handler, which thereby needs no view.
 */
public final class EarlyResponseArgumentResolver implements HandlerMethodArgumentResolver {

	private final Supplier<HandlerMethodReturnValueHandler> writer;

	private final Function<SentBody, EarlyResponse<?>> factory;

	/** What handlers declare to send. */
	private final Map<MethodParameter, ResolvableType> types = new ConcurrentHashMap<>();

	private EarlyResponseArgumentResolver(RequestMappingHandlerAdapter adapter,
			Function<SentBody, EarlyResponse<?>> factory) {
		this.writer = SingletonSupplier
			.of(() -> new HandlerMethodReturnValueHandlerComposite().addHandlers(adapter.getReturnValueHandlers()));
		this.factory = factory;
	}

	/**
	 * For handlers that go on after their response.
	 * @param adapter the adapter that calls the handlers, which writes what they send as
	 * it writes what they return
	 * @return the resolver
	 */
	public static EarlyResponseArgumentResolver enabled(RequestMappingHandlerAdapter adapter) {
		return new EarlyResponseArgumentResolver(adapter, BoundEarlyResponse::new);
	}

	/**
	 * For handlers that are plain ones, because nothing is continued.
	 * @param adapter the adapter that calls the handlers, which writes what they send as
	 * it writes what they return
	 * @return the resolver
	 */
	public static EarlyResponseArgumentResolver disabled(RequestMappingHandlerAdapter adapter) {
		return new EarlyResponseArgumentResolver(adapter, DisabledEarlyResponse::new);
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		return parameter.getParameterType() == EarlyResponse.class;
	}

	@Override
	public Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer mavContainer,
			NativeWebRequest webRequest, @Nullable WebDataBinderFactory binderFactory) {
		ServletRequest request = webRequest.getNativeRequest(ServletRequest.class);
		Method handler = parameter.getMethod();
		Assert.state(request != null && mavContainer != null && handler != null,
				"A handler method is called with a request");
		SentBody body = new SentBody(handler, this.types.computeIfAbsent(parameter, SentBody::declaredType),
				this.writer);
		body.attachTo(request);
		mavContainer.setRequestHandled(true);
		return this.factory.apply(body);
	}

}
