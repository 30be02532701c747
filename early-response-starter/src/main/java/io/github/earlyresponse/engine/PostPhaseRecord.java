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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.RequestSnapshot;
import io.github.earlyresponse.call.PostPhaseWork;
import org.jspecify.annotations.Nullable;

/**
 * A post-phase that is going to run: the work, and everything that it needs.
 *
 * @param postPhase the post-phase, of the reservation that it is recorded with
 * @param work the work
 * @param context the context of the request
 * @param request the copy of the request, {@code null} where the work cannot ask for it
 * @param failure what the handler, or the writing of its result, threw
 * @param release gives back what was kept for the work, called once when the post-phase
 * has ended, whether or not it ran
 * @param stored where it is stored, {@code null} if it is in memory only
 */
public record PostPhaseRecord(PostPhaseExecution postPhase, PostPhaseWork work, ContextCarrier.Context context,
		@Nullable RequestSnapshot request, @Nullable Throwable failure, Runnable release,
		@Nullable StoredPostPhase stored) {

	/**
	 * A post-phase in memory.
	 * @param postPhase the post-phase, of the reservation that it is recorded with
	 * @param work the work
	 * @param context the context of the request
	 * @param request the copy of the request, {@code null} where the work cannot ask for
	 * it
	 * @param failure what the handler, or the writing of its result, threw
	 * @param release gives back what was kept for the work
	 */
	public PostPhaseRecord(PostPhaseExecution postPhase, PostPhaseWork work, ContextCarrier.Context context,
			@Nullable RequestSnapshot request, @Nullable Throwable failure, Runnable release) {
		this(postPhase, work, context, request, failure, release, null);
	}

	/**
	 * The same post-phase, as it was stored.
	 * @param stored what was stored
	 * @return the record
	 */
	public PostPhaseRecord storedAs(StoredPostPhase stored) {
		return new PostPhaseRecord(this.postPhase, stored.work(), stored.context(), stored.request(), null,
				this.release, stored);
	}

}
