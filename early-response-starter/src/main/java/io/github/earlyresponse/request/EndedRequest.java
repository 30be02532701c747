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

package io.github.earlyresponse.request;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.multipart.MultipartFile;

/**
 * Stands in for the objects of a request that has ended: whatever it is asked for, it
 * throws an exception that says what to use instead. The container would rather answer
 * with the data of another request.
 */
public final class EndedRequest {

	/**
	 * What to do instead of asking for the request.
	 */
	static final String REMEDY = "the request has ended, and its objects may serve another one. Use a RequestSnapshot "
			+ "(a parameter of a @PostPhase method, or PostPhaseContext.request()), or pass on the value from the handler.";

	/**
	 * In place of the request attributes of a thread.
	 */
	static final RequestAttributes attributes = new EndedRequestAttributes();

	private EndedRequest() {
	}

	/**
	 * Whether these are the attributes of a request that has ended.
	 * @param attributes the request attributes of a thread
	 * @return whether they are
	 */
	public static boolean is(@Nullable RequestAttributes attributes) {
		return attributes == EndedRequest.attributes;
	}

	static <T> T of(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(EndedRequest.class.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> answer(type, proxy, method, arguments)));
	}

	private static Object answer(Class<?> type, Object proxy, Method method, Object @Nullable [] arguments) {
		if (ReflectionUtils.isEqualsMethod(method) && arguments != null) {
			return proxy == arguments[0];
		}
		if (ReflectionUtils.isHashCodeMethod(method)) {
			return System.identityHashCode(proxy);
		}
		if (ReflectionUtils.isToStringMethod(method)) {
			return "ended " + type.getSimpleName();
		}
		throw new IllegalStateException(message(type, method));
	}

	private static String message(Class<?> type, Method method) {
		String called = type.getSimpleName() + "." + method.getName() + " was called after the response: ";
		if (type == MultipartFile.class || type == Part.class) {
			return called
					+ "the upload was deleted with its request. It is kept for a @PostPhase method that takes it as "
					+ "a parameter, called by its name in @RespondThenContinue or with AfterResponse.call.";
		}
		if (type == HttpServletResponse.class) {
			return called + "nothing can be added to it. Do that before the handler returns or sends the response.";
		}
		return called + REMEDY;
	}

}
