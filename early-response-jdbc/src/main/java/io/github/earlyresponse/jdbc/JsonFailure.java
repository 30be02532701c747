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
 * and the value that Jackson adds, and with the path to it.
 */
final class JsonFailure {

	private JsonFailure() {
	}

	static String describe(RuntimeException failure) {
		if (!(failure instanceof JacksonException ex)) {
			return String.valueOf((failure.getMessage() != null) ? failure.getMessage() : failure);
		}
		String path = ex.getPathReference();
		return message(ex) + ((path.isEmpty()) ? "" : " (at " + path + ")");
	}

	/**
	 * Names a constant of an enum that there is not, but no other value.
	 */
	private static String message(JacksonException failure) {
		if (failure instanceof InvalidFormatException ex && ex.getTargetType() != null
				&& !ex.getTargetType().isEnum()) {
			return "Cannot deserialize a value of type " + ex.getTargetType().getTypeName();
		}
		return failure.getOriginalMessage();
	}

}
