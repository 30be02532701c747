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
import java.util.function.Supplier;

import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;

/**
 * What a handler sends, on its way to Spring MVC.
 */
final class SentBody {

	private static final String ATTRIBUTE = SentBody.class.getName();

	private final Method handler;

	private final ResolvableType type;

	private final Supplier<HandlerMethodReturnValueHandler> writer;

	private volatile boolean sent;

	private volatile @Nullable Object value;

	/**
	 * Creates the place for it.
	 * @param handler the handler that it comes from
	 * @param type the declared type of the body
	 * @param writer writes what the handler returns
	 */
	SentBody(Method handler, ResolvableType type, Supplier<HandlerMethodReturnValueHandler> writer) {
		this.handler = handler;
		this.type = type;
		this.writer = writer;
	}

	/**
	 * The type of the body that a parameter declares.
	 * @param parameter the parameter of the handler
	 */
	static ResolvableType declaredType(MethodParameter parameter) {
		ResolvableType type = ResolvableType.forMethodParameter(parameter).getGeneric();
		return (type.resolve() != null) ? type : ResolvableType.forClass(Object.class);
	}

	/**
	 * Lets {@link #take} find it.
	 */
	void attachTo(ServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

	/**
	 * What the handler of a request has sent.
	 * @param request the request
	 * @param handler the handler that has returned
	 * @return what it sent, {@code null} if it is not one that sends
	 */
	static @Nullable SentBody take(ServletRequest request, Method handler) {
		if (request.getAttribute(ATTRIBUTE) instanceof SentBody body && body.handler.equals(handler)) {
			request.removeAttribute(ATTRIBUTE);
			return body;
		}
		return null;
	}

	void send(@Nullable Object value) {
		this.value = value;
		this.sent = true;
	}

	void checkNotSent() {
		Assert.state(!this.sent, "The response was sent before; send it once");
	}

	void checkSent() {
		Assert.state(this.sent, () -> ClassUtils.getQualifiedMethodName(this.handler)
				+ "() returned without sending its response: call send on every way through it");
	}

	boolean isSent() {
		return this.sent;
	}

	/**
	 * The body, or a response entity.
	 */
	@Nullable Object value() {
		return this.value;
	}

	HandlerMethodReturnValueHandler writer() {
		return this.writer.get();
	}

	/**
	 * The declared type of the body.
	 */
	ResolvableType type() {
		return this.type;
	}

}
