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

import java.lang.reflect.Method;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpEntity;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * What a handler answers with, taken out of what it returns.
 */
public final class EarlyResult {

	private static final List<Class<?>> wrappers = List.of(HttpEntity.class, CompletionStage.class, Callable.class,
			DeferredResult.class, WebAsyncTask.class);

	private EarlyResult() {
	}

	/**
	 * The type of the early result.
	 * @param method the handler method
	 * @param beanType the class of its bean
	 * @return the type, {@link ResolvableType#NONE} if there is no such value
	 */
	static ResolvableType type(Method method, Class<?> beanType) {
		ResolvableType type = ResolvableType.forMethodReturnType(method, beanType);
		Class<?> wrapper = wrapper(type.toClass());
		while (wrapper != null) {
			type = isSingleValue(wrapper) ? type.as(wrapper).getGeneric() : ResolvableType.NONE;
			wrapper = wrapper(type.toClass());
		}
		Class<?> resolved = type.toClass();
		boolean noValue = type == ResolvableType.NONE || resolved == void.class || resolved == Void.class
				|| "kotlin.Unit".equals(resolved.getName()) || isStreamType(resolved);
		return (noValue) ? ResolvableType.NONE : type;
	}

	/**
	 * The type of what is sent in mid-method.
	 * @param earlyResponse the parameter by which it is sent
	 * @return the type, {@link ResolvableType#NONE} if it is not known
	 */
	static ResolvableType type(MethodParameter earlyResponse) {
		ResolvableType type = ResolvableType.forMethodParameter(earlyResponse).getGeneric();
		return (type.resolve() != null) ? type : ResolvableType.NONE;
	}

	/**
	 * Whether it holds the body instead of being it: a response entity, or an
	 * asynchronous or streaming type.
	 * @param type a type
	 * @return whether it is such a type
	 */
	static boolean isWrapper(Class<?> type) {
		return wrapper(type) != null || isStreamType(type);
	}

	/**
	 * The type whose type parameter is the value, if it is an asynchronous type or a
	 * response entity.
	 */
	private static @Nullable Class<?> wrapper(Class<?> type) {
		for (Class<?> wrapper : wrappers) {
			if (wrapper.isAssignableFrom(type)) {
				return wrapper;
			}
		}
		return (reactive(type) != null) ? type : null;
	}

	/**
	 * Whether the handler's value, or the rest of its stream, comes later.
	 * @param returned what the handler returned
	 * @return whether it is asynchronous
	 */
	public static boolean isAsync(@Nullable Object returned) {
		Object value = (returned instanceof HttpEntity<?> entity) ? entity.getBody() : returned;
		if (value == null) {
			return false;
		}
		Class<?> wrapper = wrapper(value.getClass());
		return (wrapper != null && wrapper != HttpEntity.class) || isStreamType(value.getClass());
	}

	/**
	 * Whether the handler streams its response.
	 * @param returned what the handler returned
	 * @return whether it is a stream, perhaps in a response entity
	 */
	public static boolean isStream(@Nullable Object returned) {
		Object value = (returned instanceof HttpEntity<?> entity) ? entity.getBody() : returned;
		return value != null && isStreamType(value.getClass());
	}

	/**
	 * Takes the value out of a response entity.
	 * @param returned what the handler returned
	 * @return the early result
	 */
	public static @Nullable Object unwrap(@Nullable Object returned) {
		Object value = (returned instanceof HttpEntity<?> entity) ? entity.getBody() : returned;
		return (value != null && isStreamType(value.getClass())) ? null : value;
	}

	private static boolean isSingleValue(Class<?> type) {
		ReactiveAdapter adapter = reactive(type);
		return adapter == null || !adapter.isMultiValue();
	}

	private static @Nullable ReactiveAdapter reactive(Class<?> type) {
		return (type != Object.class) ? ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) : null;
	}

	private static boolean isStreamType(Class<?> type) {
		return StreamingResponseBody.class.isAssignableFrom(type) || ResponseBodyEmitter.class.isAssignableFrom(type);
	}

}
