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

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The result of a handler, from which its response is made again.
 *
 * @param status the status that it brings along, {@code null} if it has none
 * @param headers the headers that it brings along
 * @param body the body
 * @param postPhases the ids of the post-phases that follow the response
 */
public record StoredResult(@Nullable Integer status, Map<String, List<String>> headers, @Nullable Object body,
		List<String> postPhases) {

}
