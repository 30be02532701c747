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
 * How a post-phase ended. Every accepted post-phase has exactly one outcome.
 */
public enum PostPhaseOutcome {

	/**
	 * It returned normally.
	 */
	COMPLETED,

	/**
	 * Its last attempt threw an exception.
	 */
	FAILED,

	/**
	 * Its last attempt reached the time limit, whatever it did afterwards.
	 */
	TIMED_OUT,

	/**
	 * It was {@linkplain PostPhaseOperations#cancel(String) cancelled}, whatever it did
	 * afterwards.
	 */
	CANCELLED,

	/**
	 * The application shut down and {@code early-response.shutdown.timeout} expired.
	 */
	ABANDONED,

	/**
	 * It did not run, because of the response ({@link ContinueOn}), the
	 * {@linkplain RespondThenContinue#condition() condition} or the client
	 * ({@link OnClientAbort}), or because the handler was retried after it had
	 * {@linkplain AfterResponse added} it.
	 */
	SKIPPED

}
