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
 * How many post-phases are stored, over all nodes.
 *
 * @param leased the number that a node has, or had until it died
 * @param due the number that any node can take over
 * @param waiting the number whose next attempt is not due yet
 * @param dead the number of dead letters
 * @param oldestDue since when the oldest due one is due, {@code null} if none is
 */
public record StoredCounts(long leased, long due, long waiting, long dead, @Nullable Instant oldestDue) {

}
