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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;
import org.springframework.web.multipart.MultipartRequest;

/**
 * The arguments of one call of a handler. Those that belong to the request are guarded,
 * so that a lambda or thread that has captured one finds it dead after the response.
 */
public final class GuardedArguments {

	private static final Set<Class<?>> guardedInterfaces = Set.of(HttpSession.class, WebRequest.class,
			NativeWebRequest.class, MultipartRequest.class, MultipartHttpServletRequest.class);

	private @Nullable Object[] values;

	private List<Runnable> guards = List.of();

	/**
	 * Guards the arguments.
	 * @param types the types of the parameters
	 * @param arguments what Spring MVC resolved for them, which is exchanged where it has
	 * to be guarded
	 * @param uploads the positions of those that are or contain uploads
	 */
	public GuardedArguments(List<Class<?>> types, @Nullable Object[] arguments, Set<Integer> uploads) {
		this.values = arguments;
		for (int i = 0; i < arguments.length; i++) {
			Object argument = arguments[i];
			if (argument != null) {
				arguments[i] = (uploads.contains(i)) ? Uploads.map(argument, this::guardUpload)
						: guard(types.get(i), argument);
			}
		}
	}

	/**
	 * Guards the arguments of the same call when it is tried again. Its uploads are those
	 * of the first time, which may have been kept.
	 * @param types the types of the parameters
	 * @param arguments the arguments, which are exchanged where they have to be guarded
	 * @param uploads the positions of those that are or contain uploads
	 */
	public void guardAgain(List<Class<?>> types, @Nullable Object[] arguments, Set<Integer> uploads) {
		for (int i = 0; i < arguments.length; i++) {
			Object argument = arguments[i];
			if (argument != null) {
				arguments[i] = (uploads.contains(i)) ? this.values[i] : guard(types.get(i), argument);
			}
		}
		this.values = arguments;
	}

	private Object guard(Class<?> type, Object argument) {
		if (!type.isInterface() && type != Object.class) {
			// Nothing that a request brings along, as for most parameters
			return argument;
		}
		if (argument instanceof MultipartHttpServletRequest && type.isAssignableFrom(HttpServletRequest.class)) {
			return proxy(MultipartHttpServletRequest.class, argument);
		}
		if (argument instanceof HttpServletRequest request && type.isAssignableFrom(HttpServletRequest.class)) {
			HttpServletRequestWrapper wrapper = new HttpServletRequestWrapper(request);
			atEnd(() -> wrapper.setRequest(EndedRequest.of(HttpServletRequest.class)));
			return wrapper;
		}
		if (argument instanceof HttpServletResponse response && type.isAssignableFrom(HttpServletResponse.class)) {
			HttpServletResponseWrapper wrapper = new HttpServletResponseWrapper(response);
			atEnd(() -> wrapper.setResponse(EndedRequest.of(HttpServletResponse.class)));
			return wrapper;
		}
		return (guardedInterfaces.contains(type)) ? proxy(type, argument) : argument;
	}

	private void atEnd(Runnable guard) {
		if (this.guards.isEmpty()) {
			this.guards = new ArrayList<>();
		}
		this.guards.add(guard);
	}

	private Object guardUpload(Object upload) {
		return proxy((upload instanceof MultipartFile) ? MultipartFile.class : Part.class, upload);
	}

	private Object proxy(Class<?> type, Object argument) {
		Guard guard = new Guard(type, argument);
		atEnd(guard::end);
		return guard.proxy();
	}

	/**
	 * The guarded arguments.
	 * @return the values to call the handler with
	 */
	public @Nullable Object[] values() {
		return this.values;
	}

	/**
	 * Ends what belongs to the request, but for the uploads that were kept.
	 */
	public void end() {
		this.guards.forEach(Runnable::run);
	}

}
