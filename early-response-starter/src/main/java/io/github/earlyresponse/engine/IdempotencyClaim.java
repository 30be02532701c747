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

/**
 * What has become of the attempt to claim a request.
 */
public sealed interface IdempotencyClaim {

	/**
	 * The request was handled before.
	 *
	 * @param result its result
	 */
	record Repeated(StoredResult result) implements IdempotencyClaim {

	}

	/**
	 * The request is being handled.
	 */
	record InProgress() implements IdempotencyClaim {

	}

	/**
	 * The key was used for a request with other content.
	 */
	record OtherContent() implements IdempotencyClaim {

	}

	/**
	 * The request is the one of the current call.
	 */
	non-sealed interface Granted extends IdempotencyClaim {

		/**
		 * Whether what is stored now on the current thread is committed with the work of
		 * the handler, or there is no transaction that it would have to wait for.
		 * @return {@code false} if the current transaction is one that the store takes no
		 * part in
		 */
		boolean canStore();

		/**
		 * Stores the result, in place of one that was stored before: in the transaction
		 * of the current thread if the store takes part in it.
		 * @param result the result
		 * @return the result as it is going to be read back
		 * @throws RuntimeException if it cannot be stored, or the claim was lost
		 */
		StoredResult store(StoredResult result);

		/**
		 * The response has ended. Does not throw.
		 * @param success whether what was stored is to be kept; otherwise a repetition
		 * calls the handler
		 */
		void end(boolean success);

	}

}
