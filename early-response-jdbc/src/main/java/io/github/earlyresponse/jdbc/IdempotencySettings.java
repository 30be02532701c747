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

import java.time.Duration;

/**
 * Settings of the store of results.
 *
 * @param node the name of this node, which no other process has or will have
 * @param keepFor how long results are kept
 * @param takeoverAfter the time after which a node that is not heard of has died, and the
 * interval at which what could not be deleted is deleted
 * @param retryAfter when a client may try again
 */
record IdempotencySettings(String node, Duration keepFor, Duration takeoverAfter, Duration retryAfter) {

}
