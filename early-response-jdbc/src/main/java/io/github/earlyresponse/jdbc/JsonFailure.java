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

import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.InvalidFormatException;

/**
 * Describes why something could not be written or read, without the excerpt of the JSON
 * that Jackson adds, and with the path to it.
 */
final class JsonFailure {

	private JsonFailure() {
	}

	/**
	 * Describes a failure, which may include a value that could not be read.
	 */
	static String describe(RuntimeException failure) {
		return (failure instanceof JacksonException ex) ? withPath(ex.getOriginalMessage(), ex) : message(failure);
	}

	/**
	 * Describes a failure without the value that could not be read, unless that is to be
	 * the constant of an enum.
	 */
	static String describeWithoutValue(RuntimeException failure) {
		return (failure instanceof InvalidFormatException ex && ex.getTargetType() != null
				&& !ex.getTargetType().isEnum())
						? withPath("Cannot deserialize a value of type " + ex.getTargetType().getTypeName(), ex)
						: describe(failure);
	}

	private static String message(RuntimeException failure) {
		return String.valueOf((failure.getMessage() != null) ? failure.getMessage() : failure);
	}

	private static String withPath(String message, JacksonException failure) {
		String path = failure.getPathReference();
		return message + ((path.isEmpty()) ? "" : " (at " + path + ")");
	}

}
