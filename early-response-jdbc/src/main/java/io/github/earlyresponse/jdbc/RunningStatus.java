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

package io.github.earlyresponse.jdbc;

import java.time.Instant;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

/**
 * What the node of a running post-phase knows about it, at one moment.
 *
 * @param id its id
 * @param version the version of the lease
 * @param attempt the number of the attempt
 * @param respondedAt when its response was complete
 * @param startedAt when its first attempt on this node started
 * @param delivery what became of the response
 * @param progress the progress that it has reported
 */
record RunningStatus(String id, long version, int attempt, @Nullable Instant respondedAt, @Nullable Instant startedAt,
		Delivery delivery, @Nullable PostPhaseProgress progress) {

	static RunningStatus of(Lease lease, PostPhaseExecution postPhase) {
		return new RunningStatus(lease.id(), lease.version(), postPhase.attempt(), postPhase.respondedAt(),
				postPhase.startedAt(), postPhase.delivery(), postPhase.progress());
	}

}
