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

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.multipart.MultipartFile;

/**
 * Uploads as Spring MVC passes them to handlers: one, several, or by name.
 */
final class Uploads {

	private Uploads() {
	}

	/**
	 * Exchanges every upload for another object of its type.
	 * @param value an upload, or an array, collection, map or optional of uploads
	 * @param exchange takes a {@link MultipartFile} or {@link Part}
	 * @return the same with other uploads; any other value as it is
	 */
	static @Nullable Object map(@Nullable Object value, UnaryOperator<Object> exchange) {
		if (value instanceof MultipartFile || value instanceof Part) {
			return exchange.apply(value);
		}
		if (value instanceof Object[] array) {
			Object copy = Array.newInstance(array.getClass().getComponentType(), array.length);
			for (int i = 0; i < array.length; i++) {
				Array.set(copy, i, map(array[i], exchange));
			}
			return copy;
		}
		if (value instanceof Collection<?> collection) {
			Collection<@Nullable Object> copy = (value instanceof Set) ? new LinkedHashSet<>() : new ArrayList<>();
			collection.forEach((element) -> copy.add(map(element, exchange)));
			return copy;
		}
		if (value instanceof MultiValueMap<?, ?> map) {
			MultiValueMap<Object, @Nullable Object> copy = new LinkedMultiValueMap<>();
			map.forEach((name, elements) -> elements.forEach((element) -> copy.add(name, map(element, exchange))));
			return copy;
		}
		if (value instanceof Map<?, ?> map) {
			Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
			map.forEach((name, element) -> copy.put(name, map(element, exchange)));
			return copy;
		}
		return (value instanceof Optional<?> optional) ? optional.map((element) -> map(element, exchange)) : value;
	}

}
