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

package io.github.earlyresponse.handler;

import java.io.OutputStream;
import java.io.Writer;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;

import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.RespondThenContinue;
import io.github.earlyresponse.call.InvalidPostPhaseException;
import io.github.earlyresponse.engine.IdempotencyStore;
import jakarta.servlet.ServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.GenericTypeResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.io.InputStreamSource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.ui.Model;
import org.springframework.util.Assert;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;

/**
 * The idempotent handlers. There are none in most applications, and requests are not
 * digested then.
 */
public final class IdempotentHandlers {

	private static final List<Class<?>> otherResults = List.of(ModelAndView.class, View.class, Model.class,
			HttpHeaders.class, InputStreamSource.class);

	private static final List<Class<?>> responses = List.of(ServletResponse.class, OutputStream.class, Writer.class);

	private final ObjectProvider<IdempotencyStore> stores;

	private final @Nullable IdempotencyStore defaultStore;

	private volatile boolean present;

	/**
	 * Creates the set, which is empty.
	 * @param stores where results are stored
	 * @param defaultStore where they are stored if there is no such bean, {@code null} if
	 * they cannot be
	 */
	public IdempotentHandlers(ObjectProvider<IdempotencyStore> stores, @Nullable IdempotencyStore defaultStore) {
		this.stores = stores;
		this.defaultStore = defaultStore;
	}

	/**
	 * Where their results are stored.
	 * @return the store, which there is if there is one of them
	 */
	public IdempotencyStore store() {
		IdempotencyStore store = findStore();
		Assert.state(store != null, "There is nowhere to store results");
		return store;
	}

	private @Nullable IdempotencyStore findStore() {
		IdempotencyStore store = this.stores.getIfAvailable();
		return (store != null) ? store : this.defaultStore;
	}

	/**
	 * Whether there is one.
	 * @return whether there is
	 */
	public boolean arePresent() {
		return this.present;
	}

	/**
	 * Checks a handler.
	 * @return how its result is stored, {@code null} if it is not idempotent
	 */
	@Nullable IdempotentResult check(HandlerMethod handlerMethod, RespondThenContinue annotation) {
		if (!annotation.idempotent()) {
			return null;
		}
		HandlerSignature handler = HandlerSignature.of(handlerMethod);
		IdempotencyStore store = findStore();
		if (store == null) {
			throw invalid(handler, "there is nowhere to store its results",
					"Set early-response.durable.engine to jdbc, with early-response-jdbc on the class path, or to memory "
							+ "for development.");
		}
		if (handler.earlyResponse() != null) {
			throw invalid(handler, "it sends its response in mid-method, before its work is committed",
					"Return the response, and do the rest in a post-phase.");
		}
		if (annotation.onClientAbort() != OnClientAbort.CONTINUE) {
			throw invalid(handler, "its post-phases do not run if the client is gone, which may come back",
					"Remove onClientAbort.");
		}
		checkParameters(handler);
		IdempotentResult result = result(handlerMethod, handler);
		store.prepare();
		if (result.bodyType() != void.class) {
			store.checkBody(result.bodyType(), handler.toString());
		}
		this.present = true;
		return result;
	}

	private static void checkParameters(HandlerSignature handler) {
		for (Class<?> parameter : handler.method().getParameterTypes()) {
			if (responses.stream().anyMatch((type) -> type.isAssignableFrom(parameter))) {
				throw invalid(handler,
						"it takes " + parameter.getName() + ", and what it writes there would not be repeated",
						"Return a ResponseEntity with the status, the headers and the body.");
			}
		}
	}

	private static IdempotentResult result(HandlerMethod handlerMethod, HandlerSignature handler) {
		ResolvableType type = ResolvableType.forMethodReturnType(handler.method(), handlerMethod.getBeanType());
		boolean entity = HttpEntity.class.isAssignableFrom(type.toClass());
		ResolvableType body = (entity) ? type.as(HttpEntity.class).getGeneric() : type;
		Class<?> bodyClass = body.toClass();
		if (EarlyResult.isWrapper(bodyClass) || KotlinDetector.isSuspendingFunction(handler.method())) {
			throw invalid(handler, "its result comes later or is a stream", "Return the value itself.");
		}
		boolean written = entity || AnnotatedElementUtils.hasAnnotation(handler.method(), ResponseBody.class)
				|| AnnotatedElementUtils.hasAnnotation(handlerMethod.getBeanType(), ResponseBody.class);
		if (!written || otherResults.stream().anyMatch((other) -> other.isAssignableFrom(bodyClass))) {
			throw invalid(handler, "its result is not the body of the response",
					"Return a ResponseEntity, or a value with @ResponseBody, of a type that can be written as JSON.");
		}
		boolean empty = bodyClass == void.class || bodyClass == Void.class || "kotlin.Unit".equals(bodyClass.getName());
		if (empty) {
			return new IdempotentResult(void.class, entity);
		}
		Type declared = GenericTypeResolver.resolveType(handler.method().getGenericReturnType(),
				handlerMethod.getBeanType());
		return new IdempotentResult((entity) ? content(declared, body) : declared, entity);
	}

	private static Type content(Type entity, ResolvableType body) {
		if (entity instanceof ParameterizedType parameterized && parameterized.getActualTypeArguments().length == 1) {
			return parameterized.getActualTypeArguments()[0];
		}
		Class<?> resolved = body.resolve();
		return (resolved != null) ? resolved : body.getType();
	}

	private static InvalidPostPhaseException invalid(HandlerSignature handler, String reason, String action) {
		return new InvalidPostPhaseException(
				"@RespondThenContinue handler " + handler + " cannot be idempotent: " + reason + ".", action);
	}

}
