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

package io.github.earlyresponse.status;

import java.io.Serial;

/**
 * What is stored of a post-phase cannot be read or changed at the moment.
 */
final class StatusUnavailableException extends RuntimeException {

	@Serial
	private static final long serialVersionUID = 1L;

	StatusUnavailableException(RuntimeException cause) {
		super("The status of durable post-phases is not available", cause);
	}

}
