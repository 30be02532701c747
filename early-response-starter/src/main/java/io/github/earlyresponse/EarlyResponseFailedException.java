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

package io.github.earlyresponse;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown by {@link EarlyResponse#send(Object)} when the body could not be
 * written, for instance because it cannot be converted. The client got an error response
 * instead, which is complete.
 */
@SuppressWarnings("serial")
public class EarlyResponseFailedException extends RuntimeException {

	/**
	 * Create a new exception.
	 * @param message what failed
	 * @param cause why it failed
	 */
	public EarlyResponseFailedException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
