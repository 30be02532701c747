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
 * After which responses a post-phase runs. Where it does not, its outcome is
 * {@link PostPhaseOutcome#SKIPPED}.
 *
 * @see RespondThenContinue#on()
 */
public enum ContinueOn {

	/**
	 * The handler returned normally, its result was written without an exception, and the
	 * status is below 400.
	 */
	SUCCESS,

	/**
	 * The handler or the writing of its result threw, or the status is 400 or above. The
	 * post-phase may take the exception, if there is one, as a {@code Throwable}
	 * parameter.
	 */
	FAILURE,

	/**
	 * Every response.
	 */
	ALWAYS

}
