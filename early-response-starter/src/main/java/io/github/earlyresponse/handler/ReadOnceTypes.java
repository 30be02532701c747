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

import java.io.InputStream;
import java.io.Reader;
import java.nio.channels.Channel;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterator;
import java.util.stream.BaseStream;

import javax.xml.transform.sax.SAXSource;
import javax.xml.transform.stax.StAXSource;
import javax.xml.transform.stream.StreamSource;

import org.jspecify.annotations.Nullable;

import org.springframework.core.ResolvableType;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;

/**
 * Types whose values can be read once. What a handler returns was read for the response
 * when its post-phases begin.
 */
final class ReadOnceTypes {

	private static final List<Class<?>> types = List.of(BaseStream.class, Iterator.class, Spliterator.class,
			Enumeration.class, InputStreamResource.class, InputStream.class, Reader.class, Channel.class,
			StreamSource.class, StAXSource.class, SAXSource.class);

	/**
	 * Deeper than anybody nests types, but those that contain themselves have no end.
	 */
	private static final int DEEPEST = 8;

	static final String REMEDY = "Return what can be read again, such as a List, a byte[] or a FileSystemResource, or pass "
			+ "on with AfterResponse.call what the post-phase needs.";

	private ReadOnceTypes() {
	}

	/**
	 * Finds such a type in the type of a value, which may be an array, a collection or an
	 * optional of it.
	 * @param type the type
	 * @return the type that can be read once, {@code null} if there is none
	 */
	static @Nullable Class<?> findIn(ResolvableType type) {
		return findIn(type, DEEPEST);
	}

	private static @Nullable Class<?> findIn(ResolvableType type, int depth) {
		Class<?> resolved = type.toClass();
		if (isReadOnceType(resolved)) {
			return resolved;
		}
		if (depth == 0) {
			return null;
		}
		if (type.isArray()) {
			return findIn(type.getComponentType(), depth - 1);
		}
		// Also where a class has no type parameters, as one that extends a list
		ResolvableType elements = (!type.hasGenerics() && Collection.class.isAssignableFrom(resolved))
				? type.as(Collection.class) : type;
		for (ResolvableType generic : elements.getGenerics()) {
			Class<?> found = findIn(generic, depth - 1);
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	/**
	 * What is iterated over and closed then, such as a {@code DirectoryStream} or the
	 * cursor of a database, is read as it is iterated over.
	 */
	private static boolean isReadOnceType(Class<?> type) {
		// Asked at each call, so without a stream
		for (Class<?> once : types) {
			if (once.isAssignableFrom(type)) {
				return true;
			}
		}
		return Iterable.class.isAssignableFrom(type) && AutoCloseable.class.isAssignableFrom(type);
	}

	/**
	 * Whether a value can be read once, which its declared type need not tell.
	 * @param value a value
	 * @return whether it is gone once it was read
	 */
	static boolean isReadOnce(@Nullable Object value) {
		if (value instanceof Optional<?> optional) {
			return isReadOnce(optional.orElse(null));
		}
		if (value instanceof Object[] array) {
			for (Object element : array) {
				if (isReadOnce(element)) {
					return true;
				}
			}
			return false;
		}
		return value != null
				&& (isReadOnceType(value.getClass()) || (value instanceof Resource resource && resource.isOpen()));
	}

}
