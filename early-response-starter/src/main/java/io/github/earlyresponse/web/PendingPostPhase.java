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

package io.github.earlyresponse.web;

import io.github.earlyresponse.engine.AcceptedPostPhase;
import io.github.earlyresponse.engine.PostPhaseWork;
import org.jspecify.annotations.Nullable;

/**
 * A post-phase that waits for the response of its request.
 *
 * @param accepted the accepted post-phase
 * @param work what it does, {@code null} if it is skipped
 * @param end called once when it has ended, whether or not it ran
 */
record PendingPostPhase(AcceptedPostPhase accepted, @Nullable PostPhaseWork work, Runnable end) {

	private static final Runnable NOTHING = () -> {
	};

	PendingPostPhase(AcceptedPostPhase accepted, @Nullable PostPhaseWork work) {
		this(accepted, work, NOTHING);
	}

	Runnable endAnd(Runnable further) {
		return (this.end == NOTHING) ? further : () -> {
			this.end.run();
			further.run();
		};
	}

}
