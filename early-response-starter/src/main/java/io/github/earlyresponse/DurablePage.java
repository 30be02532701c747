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

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A page of durable post-phases.
 *
 * @param content the post-phases as they were when they were read
 * @param next where the next page begins, for {@link DurableQuery#withAfter(String)};
 * {@code null} if this is the last one
 * @see PostPhaseOperations#listDurable(DurableQuery)
 */
public record DurablePage(List<DurablePostPhase> content, @Nullable String next) {

	/**
	 * Create a page.
	 */
	public DurablePage {
		content = List.copyOf(content);
	}

}
