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

package io.github.earlyresponse.web.request;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
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
	 * In place of a request.
	 */
	static final HttpServletRequest request = of(HttpServletRequest.class);

	/**
	 * In place of a response.
	 */
	static final HttpServletResponse response = of(HttpServletResponse.class);

	/**
	 * In place of the request attributes of a thread.
	 */
	static final RequestAttributes attributes = new EndedRequestAttributes();

	private static final Set<Class<?>> uploads = Set.of(MultipartFile.class, Part.class);

	private static final Set<Class<?>> responses = Set.of(HttpServletResponse.class, ServletOutputStream.class,
			PrintWriter.class);

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

	/**
	 * In place of the response of a request that has ended.
	 * @return a response that throws whatever it is asked for
	 */
	public static HttpServletResponse response() {
		return response;
	}

	/**
	 * What is thrown when an object of the request is used after the response.
	 * @param type the type of the object
	 * @param method the name of the method that was called
	 * @return the exception
	 */
	public static IllegalStateException exception(Class<?> type, String method) {
		return new IllegalStateException(message(type, method));
	}

	static <T> T of(Class<T> type) {
		return type.cast(Proxy.newProxyInstance(EndedRequest.class.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> answer(type, proxy, method, arguments)));
	}

	/**
	 * Stands in for an object on all threads but one.
	 * @param type the type of the object
	 * @param target the object, for the thread of the container, on which listeners are
	 * told the end of the request
	 * @param <T> the type of the object
	 * @return ended on all other threads
	 */
	public static <T> T exceptForThisThread(Class<T> type, T target) {
		return type.cast(Proxy.newProxyInstance(EndedRequest.class.getClassLoader(), new Class<?>[] { type },
				new EndedElsewhere(type, target, Thread.currentThread())));
	}

	/**
	 * What stands behind an object that has ended on all threads but one.
	 * @param object an object of the request
	 * @return what it is on this thread, {@code null} if it has ended here
	 */
	static @Nullable Object stillHere(Object object) {
		return (Proxy.isProxyClass(object.getClass())
				&& Proxy.getInvocationHandler(object) instanceof EndedElsewhere elsewhere && elsewhere.isHere())
						? elsewhere.target() : null;
	}

	static @Nullable Object invoke(Object target, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private static Object answer(Class<?> type, Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
		if (ReflectionUtils.isEqualsMethod(method) && arguments != null) {
			return proxy == arguments[0];
		}
		if (ReflectionUtils.isHashCodeMethod(method)) {
			return System.identityHashCode(proxy);
		}
		if (ReflectionUtils.isToStringMethod(method)) {
			return "ended " + type.getSimpleName();
		}
		throw exception(type, method.getName());
	}

	private static String message(Class<?> type, String method) {
		String called = type.getSimpleName() + "." + method + " was called after the response: ";
		if (uploads.contains(type)) {
			return called
					+ "the upload was deleted with its request. It is kept for a @PostPhase method that takes it as "
					+ "a parameter, called by its name in @RespondThenContinue or with AfterResponse.call.";
		}
		if (responses.contains(type)) {
			return called + "nothing can be added to it. Do that before the handler returns or sends the response.";
		}
		return called + REMEDY;
	}

	/**
	 * Ended on all threads but one.
	 */
	private record EndedElsewhere(Class<?> type, Object target, Thread thread) implements InvocationHandler {

		boolean isHere() {
			return Thread.currentThread() == this.thread;
		}

		@Override
		public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
				throws Throwable {
			return isHere() ? EndedRequest.invoke(this.target, method, arguments)
					: answer(this.type, proxy, method, arguments);
		}

	}

}
