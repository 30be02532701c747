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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.RequestSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What a durable post-phase runs with.
 *
 * @param arguments a value for each parameter of its method, {@code null} for those that
 * the engine fills in
 * @param context the context of its request
 * @param request the copy of its request, {@code null} if it does not ask for one
 */
@SuppressWarnings("ArrayRecordComponent")
record Payload(@Nullable Object[] arguments, ContextCarrier.Context context, @Nullable RequestSnapshot request) {

}
