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

import java.lang.reflect.Type;

/**
 * A request that has a key.
 *
 * @param id what stands for the user, the handler and the key
 * @param fingerprint what stands for its content
 * @param bodyType the type of the body of its result, {@code void} if there is none
 * @param handler the handler, for people
 */
public record IdempotentRequest(String id, String fingerprint, Type bodyType, String handler) {

}
