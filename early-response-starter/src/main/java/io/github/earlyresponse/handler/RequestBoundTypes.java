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

import java.beans.PropertyDescriptor;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import javax.xml.transform.stax.StAXSource;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.EarlyResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.Part;
import jakarta.servlet.http.PushBuilder;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.HttpOutputMessage;
import org.springframework.ui.Model;
import org.springframework.ui.ModelMap;
import org.springframework.util.ClassUtils;
import org.springframework.util.ConcurrentReferenceHashMap;
import org.springframework.validation.Errors;
import org.springframework.web.bind.support.SessionStatus;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Types whose objects die with the request, or serve another one afterwards.
 */
final class RequestBoundTypes {

	@SuppressWarnings("deprecation")
	private static final List<Class<?>> types = List.of(ServletRequest.class, ServletResponse.class, HttpSession.class,
			Part.class, RequestAttributes.class, HttpInputMessage.class, HttpOutputMessage.class, InputStream.class,
			OutputStream.class, Reader.class, Writer.class, Model.class, ModelMap.class, Errors.class,
			SessionStatus.class, MultipartFile.class, ResponseBodyEmitter.class, StreamingResponseBody.class,
			AfterResponse.class, EarlyResponse.class, MultipartRequest.class, AsyncContext.class,
			RequestDispatcher.class, PushBuilder.class, StAXSource.class);

	/**
	 * Types of what need not be there.
	 */
	private static final List<Class<?>> optionalTypes = optionalTypes("org.springframework.security.web.csrf.CsrfToken",
			"org.springframework.security.web.csrf.DeferredCsrfToken");

	/**
	 * As in {@code Optional<Map<String, List<X>>>}; a type like a raw {@link Enum} is a
	 * parameter of itself, without end.
	 */
	private static final int DEEPEST = 4;

	/**
	 * Types in which nothing was found, cached because many signatures share them.
	 */
	private static final Set<Class<?>> harmless = Collections.newSetFromMap(new ConcurrentReferenceHashMap<>());

	private RequestBoundTypes() {
	}

	private static List<Class<?>> optionalTypes(String... names) {
		List<Class<?>> types = new ArrayList<>();
		ClassLoader classLoader = RequestBoundTypes.class.getClassLoader();
		for (String name : names) {
			if (ClassUtils.isPresent(name, classLoader)) {
				types.add(ClassUtils.resolveClassName(name, classLoader));
			}
		}
		return types;
	}

	static boolean contains(Class<?> type) {
		return isAssignable(types, type) || isAssignable(optionalTypes, type);
	}

	private static boolean isAssignable(List<Class<?>> bound, Class<?> type) {
		for (Class<?> each : bound) {
			if (each.isAssignableFrom(type)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Finds such a type in a parameter, which may be an array, a collection or an
	 * optional of it; but for uploads that can be kept.
	 * @param type the type of the parameter
	 * @return the type that dies with the request, {@code null} if there is none
	 */
	static @Nullable Class<?> findIn(ResolvableType type) {
		return (UploadTypes.contains(type)) ? null : findAnywhereIn(type, DEEPEST);
	}

	private static @Nullable Class<?> findAnywhereIn(ResolvableType type, int depth) {
		Class<?> resolved = type.toClass();
		if (!harmless.contains(resolved)) {
			if (contains(resolved)) {
				return resolved;
			}
			if (hasUploads(resolved)) {
				return MultipartFile.class;
			}
			harmless.add(resolved);
		}
		if (depth == 0) {
			return null;
		}
		if (type.isArray()) {
			return findAnywhereIn(type.getComponentType(), depth - 1);
		}
		for (ResolvableType generic : type.getGenerics()) {
			Class<?> found = findAnywhereIn(generic, depth - 1);
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	/**
	 * Whether uploads are bound to properties of the type, where they cannot be kept.
	 */
	private static boolean hasUploads(Class<?> type) {
		if (BeanUtils.isSimpleProperty(type) || type.getName().startsWith("java.")) {
			return false;
		}
		if (type.isRecord()) {
			for (RecordComponent component : type.getRecordComponents()) {
				if (UploadTypes.contains(ResolvableType.forType(component.getGenericType()))) {
					return true;
				}
			}
			return false;
		}
		return Arrays.stream(BeanUtils.getPropertyDescriptors(type))
			.map(PropertyDescriptor::getReadMethod)
			.anyMatch((getter) -> getter != null
					&& UploadTypes.contains(ResolvableType.forMethodReturnType(getter, type)));
	}

	static String remedy(Class<?> type) {
		if (ServletRequest.class.isAssignableFrom(type) || RequestAttributes.class.isAssignableFrom(type)
				|| MultipartRequest.class.isAssignableFrom(type)) {
			return "Take a RequestSnapshot instead, or pass on the value that you need from the handler.";
		}
		if (MultipartFile.class.isAssignableFrom(type) || Part.class.isAssignableFrom(type)) {
			return "The upload is deleted with the request. Only one that is an argument of its own is kept for a post-phase: "
					+ "take a MultipartFile or Part, or an array, collection, map or optional of these.";
		}
		if (AfterResponse.class.isAssignableFrom(type) || EarlyResponse.class.isAssignableFrom(type)) {
			return "The response is out by then; take a PostPhaseContext to learn about this post-phase.";
		}
		if (isAssignable(optionalTypes, type)) {
			return "It is made when it is first asked for, which needs the request. Ask for its value in the handler, and "
					+ "pass on that.";
		}
		return "Read what you need of it in the handler, and pass on that value.";
	}

}
