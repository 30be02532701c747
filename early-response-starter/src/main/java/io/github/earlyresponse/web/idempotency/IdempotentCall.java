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

package io.github.earlyresponse.web.idempotency;

import java.util.List;

import io.github.earlyresponse.engine.IdempotencyClaim;
import io.github.earlyresponse.engine.StoredResult;
import io.github.earlyresponse.handler.IdempotentResult;
import org.jspecify.annotations.Nullable;

/**
 * A call of an idempotent handler, for a request that has a key. It is used by one thread
 * at a time.
 */
public final class IdempotentCall {

	private final IdempotencyClaim.Granted claim;

	private final IdempotentResult type;

	private volatile @Nullable Stored stored;

	private volatile boolean ended;

	/**
	 * Creates the call.
	 * @param claim the claim of its request
	 * @param type how its result is stored
	 */
	public IdempotentCall(IdempotencyClaim.Granted claim, IdempotentResult type) {
		this.claim = claim;
		this.type = type;
	}

	/**
	 * An attempt of the handler returned: stores its result in the transaction, unless
	 * that has to wait until the handler has returned.
	 * @param returned what it returned
	 * @param postPhases the ids of the post-phases that follow
	 * @param success whether the response is expected to be that of a success
	 */
	public void attemptReturned(@Nullable Object returned, List<String> postPhases, boolean success) {
		if (this.claim.canStore()) {
			returned(returned, postPhases, success);
		}
	}

	/**
	 * The handler returned: stores its result, unless it was stored before.
	 * @param returned what it returned
	 * @param postPhases the ids of the post-phases that follow
	 * @param success whether the response is expected to be that of a success
	 */
	public void returned(@Nullable Object returned, List<String> postPhases, boolean success) {
		Stored former = this.stored;
		if (!success) {
			this.stored = null;
		}
		else if (former == null || former.returned() != returned || !former.result().postPhases().equals(postPhases)) {
			this.stored = null;
			this.stored = new Stored(returned, this.claim.store(this.type.toStored(returned, postPhases)));
		}
	}

	/**
	 * The transaction in which it may have been stored was rolled back.
	 */
	public void rolledBack() {
		this.stored = null;
	}

	/**
	 * What is handed to Spring MVC: the result as it was stored, so that the first
	 * response is the same as those that follow.
	 * @param returned what the handler returned
	 * @return what Spring MVC gets
	 */
	public @Nullable Object response(@Nullable Object returned) {
		Stored stored = this.stored;
		return (stored != null && stored.returned() == returned) ? this.type.toReturned(stored.result()) : returned;
	}

	/**
	 * The response has ended, or is going to be that of a failure. The first time counts.
	 * @param success whether it was that of a success
	 */
	public void end(boolean success) {
		if (!this.ended) {
			this.ended = true;
			this.claim.end(success && this.stored != null);
		}
	}

	private record Stored(@Nullable Object returned, StoredResult result) {

	}

}
