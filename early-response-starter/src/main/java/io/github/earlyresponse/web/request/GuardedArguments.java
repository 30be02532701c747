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

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.RequestEntity;
import org.springframework.web.multipart.MultipartFile;

/**
 * The arguments of one call of a handler, made fit for lambdas and threads that capture
 * them: what would go on to show the request is copied, and what does not end with the
 * {@linkplain GuardedRequest request} and its response is ended here.
 */
public final class GuardedArguments {

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
		if (argument instanceof HttpEntity<?> entity) {
			return copy(entity);
		}
		if (type == HttpSession.class) {
			return proxy(HttpSession.class, argument);
		}
		if (type.isInterface() && type.isAssignableFrom(HttpServletResponse.class)
				&& argument instanceof HttpServletResponse response) {
			// A filter that keeps the response would keep what is too late as well
			HttpServletResponseWrapper wrapper = new HttpServletResponseWrapper(response);
			atEnd(() -> wrapper.setResponse(EndedRequest.response));
			return wrapper;
		}
		return argument;
	}

	/**
	 * The entities of Spring MVC have headers that look into the request each time.
	 */
	private static HttpEntity<?> copy(HttpEntity<?> entity) {
		if (entity.getClass() == HttpEntity.class) {
			return new HttpEntity<>(entity.getBody(), HttpHeaders.copyOf(entity.getHeaders()));
		}
		if (entity.getClass() == RequestEntity.class) {
			RequestEntity<?> request = (RequestEntity<?>) entity;
			return new RequestEntity<>(request.getBody(), HttpHeaders.copyOf(request.getHeaders()), request.getMethod(),
					request.getUrl(), request.getType());
		}
		return entity;
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
		for (int i = 0; i < this.guards.size(); i++) {
			this.guards.get(i).run();
		}
	}

}
