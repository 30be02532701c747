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

/**
 * Values of a type cannot be stored. Becomes an
 * {@link io.github.earlyresponse.call.InvalidPostPhaseException} that names the method.
 */
@SuppressWarnings("serial")
final class UnstorableTypeException extends RuntimeException {

	private final String action;

	/**
	 * Creates the exception.
	 * @param reason why, without a full stop
	 * @param action what to do about it
	 */
	UnstorableTypeException(String reason, String action) {
		super(reason);
		this.action = action;
	}

	String action() {
		return this.action;
	}

}
