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

package io.github.earlyresponse.engine;

import java.lang.reflect.Type;

import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.call.InvalidPostPhaseException;

/**
 * Stores the results of requests that have a key, so that each gets the same response
 * again when it is repeated.
 */
public interface IdempotencyStore {

	/**
	 * Prepares the store, because there is an idempotent handler. Called when the
	 * application starts, perhaps more than once; without it, the store is not used.
	 * @throws RuntimeException if it cannot be used
	 */
	void prepare();

	/**
	 * Checks that the results of a handler can be stored.
	 * @param bodyType the type of their bodies
	 * @param handler the handler, for people
	 * @throws InvalidPostPhaseException if they cannot
	 */
	void checkBody(Type bodyType, String handler);

	/**
	 * Claims a request for the current call of its handler, unless it was handled before
	 * or is being handled.
	 * @param request the request
	 * @return what has become of the claim
	 * @throws PostPhaseRejectedException if the store cannot be reached
	 */
	IdempotencyClaim claim(IdempotentRequest request);

}
