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

/**
 * Responses after which a post-phase runs. Otherwise, its outcome is
 * {@link PostPhaseOutcome#SKIPPED}.
 *
 * @see RespondThenContinue#on()
 */
public enum ContinueOn {

	/**
	 * The handler returned normally, none of its {@code BindingResult} arguments has
	 * errors, its transaction was not rolled back, its result was written without an
	 * exception, and the status is below 400.
	 */
	SUCCESS,

	/**
	 * All other cases, such as an exception from the handler or from writing its result,
	 * or a status of 400 or above. The post-phase can take the exception, if any, as a
	 * {@code Throwable} parameter.
	 */
	FAILURE,

	/**
	 * Every response.
	 */
	ALWAYS

}
