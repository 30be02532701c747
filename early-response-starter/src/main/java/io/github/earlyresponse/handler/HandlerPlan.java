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

import java.util.List;
import java.util.Set;

import io.github.earlyresponse.ContinueOn;
import io.github.earlyresponse.OnClientAbort;
import io.github.earlyresponse.engine.ReservationRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * How one annotated handler continues.
 *
 * @param reservation the capacity that it needs, the rest of the handler last
 * @param bindings where the arguments of its named post-phases come from, in the order of
 * their names
 * @param remainder the rest of the handler, {@code null} if it ends with its response
 * @param on after which responses they run; the rest does after all that it sends
 * @param onClientAbort whether they run without a client
 * @param snapshot whether one of them may ask for a copy of the request
 * @param parameterTypes the declared types of the handler's arguments
 * @param uploads the positions of the handler's arguments that are or contain uploads
 * @param keptUploads those of them that a post-phase takes
 * @param errors the positions of the handler's arguments that hold the errors of a form
 * @param condition whether they run after such a response, {@code null} if they always do
 * @param status the status of the response if the result of the handler has none,
 * {@code null} for that of the response so far
 * @param idempotent how its result is stored for repetitions, {@code null} if it is not
 * idempotent
 */
public record HandlerPlan(ReservationRequest reservation, List<ArgumentBinding> bindings, @Nullable Remainder remainder,
		ContinueOn on, OnClientAbort onClientAbort, boolean snapshot, List<Class<?>> parameterTypes,
		Set<Integer> uploads, List<Integer> keptUploads, List<Integer> errors, @Nullable Condition condition,
		@Nullable HttpStatus status, @Nullable IdempotentResult idempotent) {

	/**
	 * Whether the post-phases run after such a response.
	 * @param success whether it was a success
	 * @return whether they run
	 */
	public boolean continuesOn(boolean success) {
		return switch (this.on) {
			case SUCCESS -> success;
			case FAILURE -> !success;
			case ALWAYS -> true;
		};
	}

}
