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

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.multipart.MultipartFile;

/**
 * The types in which Spring MVC passes uploads to handlers. They are deleted with the
 * request, unless they are kept for a post-phase.
 */
final class UploadTypes {

	/**
	 * As in {@code Optional<Map<String, List<MultipartFile>>>}; a type like
	 * {@link java.nio.file.Path} is an iterable of itself, without end.
	 */
	private static final int DEEPEST = 3;

	private UploadTypes() {
	}

	/**
	 * Whether this is an upload, or an array, collection, map or optional of uploads.
	 * @param type the type of a parameter
	 * @return whether its value can be kept
	 */
	static boolean contains(ResolvableType type) {
		return contains(type, DEEPEST);
	}

	private static boolean contains(ResolvableType type, int depth) {
		Class<?> resolved = type.toClass();
		if (resolved == MultipartFile.class || resolved == Part.class) {
			return true;
		}
		ResolvableType element = getElementType(type, resolved);
		return element != null && depth > 0 && contains(element, depth - 1);
	}

	private static @Nullable ResolvableType getElementType(ResolvableType type, Class<?> resolved) {
		if (type.isArray()) {
			return type.getComponentType();
		}
		if (resolved.isInterface() && Iterable.class.isAssignableFrom(resolved)) {
			return type.as(Iterable.class).getGeneric();
		}
		if (resolved == Map.class || resolved == MultiValueMap.class) {
			return type.getGeneric(1);
		}
		return (resolved == Optional.class) ? type.getGeneric() : null;
	}

	/**
	 * Whether a value is or contains an upload, whatever its declared type is.
	 * Collections that may be loaded when they are looked at are left alone.
	 * @param value a value
	 * @return whether it can be kept
	 */
	static boolean isUploadIn(@Nullable Object value) {
		return isUploadIn(value, DEEPEST);
	}

	private static boolean isUploadIn(@Nullable Object value, int depth) {
		if (value instanceof MultipartFile || value instanceof Part) {
			return true;
		}
		return value != null && depth > 0 && elements(value).anyMatch((element) -> isUploadIn(element, depth - 1));
	}

	private static Stream<?> elements(Object value) {
		if (value instanceof Object[] array) {
			return Arrays.stream(array);
		}
		boolean loaded = value.getClass().getClassLoader() == null || value instanceof LinkedMultiValueMap;
		if (value instanceof Collection<?> collection && loaded) {
			return collection.stream();
		}
		if (value instanceof Map<?, ?> map && loaded) {
			return map.values().stream();
		}
		return (value instanceof Optional<?> optional) ? optional.stream() : Stream.empty();
	}

}
