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

package io.github.earlyresponse.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Turns cursors into JSON and back.
 */
final class CheckpointCodec {

	/** The length of their column. */
	private static final int MAX_BYTES = 8192;

	private final JsonMapper mapper;

	private final PayloadTypes types;

	private final Set<Class<?>> checked = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the codec.
	 * @param mapper the mapper of the application
	 */
	CheckpointCodec(JsonMapper mapper) {
		this.mapper = PayloadMapper.of(mapper);
		this.types = new PayloadTypes(mapper);
	}

	/**
	 * Writes a cursor.
	 * @param cursor the cursor
	 * @param owner whose it is, for people
	 * @return the JSON
	 * @throws IllegalArgumentException if it cannot be stored
	 */
	String write(Object cursor, Object owner) {
		Class<?> type = (cursor instanceof Enum<?> value) ? value.getDeclaringClass() : cursor.getClass();
		check(type, owner);
		String json;
		try {
			json = this.mapper.writerFor(type).writeValueAsString(cursor);
		}
		catch (RuntimeException ex) {
			throw new IllegalArgumentException(
					"The checkpoint of " + owner + " cannot be stored: " + JsonFailure.describe(ex), ex);
		}
		int length = json.getBytes(StandardCharsets.UTF_8).length;
		Assert.isTrue(length <= MAX_BYTES, () -> "The checkpoint of " + owner + " has " + length
				+ " bytes, more than the " + MAX_BYTES + " that are stored. Use less as a cursor, such as an id");
		return json;
	}

	/**
	 * Checks that cursors of a type can be stored.
	 * @param type the type
	 * @param owner whose they are, for people
	 * @throws IllegalArgumentException if they cannot
	 */
	void check(Class<?> type, Object owner) {
		if (this.checked.contains(type)) {
			return;
		}
		try {
			this.types.check(type, "the cursor");
		}
		catch (UnstorableTypeException ex) {
			throw new IllegalArgumentException(
					"The checkpoint of " + owner + " cannot be stored: " + ex.getMessage() + ". " + ex.action(), ex);
		}
		this.checked.add(type);
	}

	/**
	 * Reads a cursor, possibly one that another version of the application has written.
	 * @param json the JSON
	 * @param type the type
	 * @param owner whose it is, for people
	 * @param <T> the type
	 * @return the cursor
	 * @throws UnreadablePayloadException if it cannot be read
	 */
	@SuppressWarnings("unchecked")
	<T> T read(String json, Class<T> type, Object owner) {
		Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
		try {
			return (T) this.mapper.readerFor(boxed).readValue(json);
		}
		catch (RuntimeException ex) {
			throw new UnreadablePayloadException("The checkpoint of " + owner + " cannot be read as " + type.getName()
					+ ": " + JsonFailure.describe(ex), ex);
		}
	}

}
