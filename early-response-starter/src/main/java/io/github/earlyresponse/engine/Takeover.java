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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A stored post-phase that this node has taken over.
 *
 * @param id its id
 * @param name its name
 * @param owner the name of the user whose request it is
 * @param acceptedAt when it was accepted
 * @param replayedAt when it was replayed as a dead letter, {@code null} if it never was
 * @param due since when it could have been taken over
 * @param attempts the attempts that other nodes, or this one, have made before
 * @param stored what was stored
 */
public record Takeover(String id, String name, @Nullable String owner, Instant acceptedAt, @Nullable Instant replayedAt,
		Instant due, AttemptCount attempts, StoredPostPhase stored) {
}
