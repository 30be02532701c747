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

package io.github.earlyresponse.handler;

import java.time.Duration;

import io.github.earlyresponse.EarlyResponse;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a handler that sends its response in mid-method, which is a post-phase.
 *
 * @param name the name of the post-phase
 * @param timeout its time limit, zero for none, {@code null} for that of the engine
 * @see EarlyResponse
 */
public record Remainder(String name, @Nullable Duration timeout) {
}
