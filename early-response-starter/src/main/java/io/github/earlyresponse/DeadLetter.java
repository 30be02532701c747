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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A durable post-phase that has failed for good: its attempts are used up, its payload
 * cannot be read, or too many processes have died while they had it. It is kept until
 * somebody replays or discards it.
 *
 * @param id the id of the post-phase
 * @param name the name of the post-phase, as it was stored
 * @param owner the name of the user of the request, if it was determined
 * @param acceptedAt when the post-phase was accepted
 * @param deadAt when it failed for good
 * @param attempts the number of attempts
 * @param failure a description of the last failure
 * @see PostPhaseOperations#deadLetters(int)
 */
public record DeadLetter(String id, String name, @Nullable String owner, Instant acceptedAt, Instant deadAt,
		int attempts, @Nullable String failure) {

}
