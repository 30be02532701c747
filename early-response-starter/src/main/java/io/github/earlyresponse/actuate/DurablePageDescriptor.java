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

package io.github.earlyresponse.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of a page of the durable post-phases of all nodes.
 *
 * @param durable whether there is a durable engine, without which there are none
 * @param postPhases those that were accepted first at the beginning
 * @param next the parameter {@code after} for the next page, {@code null} if there is
 * none
 */
public record DurablePageDescriptor(boolean durable, List<DurableDescriptor> postPhases,
		@Nullable String next) implements OperationResponseBody {
}
