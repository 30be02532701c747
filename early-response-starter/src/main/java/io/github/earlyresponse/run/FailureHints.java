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

package io.github.earlyresponse.run;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What to do about failures that are typical of post-phases, because they come after the
 * request, and whose messages do not say so. They are known by the names of their
 * classes, whose libraries need not be there.
 */
final class FailureHints {

	private static final String MORE = ": see docs/recipes.md of early-response-starter, \"JPA\"";

	private static final Map<String, String> HINTS = Map.of("org.hibernate.LazyInitializationException",
			"An entity that the handler has loaded is detached after the response. Pass its id, and load it again in a "
					+ "@Transactional post-phase" + MORE,
			"jakarta.persistence.TransactionRequiredException",
			"The transaction of the handler has ended. Make the post-phase @Transactional" + MORE);

	/** Causes can be a cycle. */
	private static final int DEEPEST = 20;

	private FailureHints() {
	}

	/**
	 * What to do about a failure.
	 * @param failure what a post-phase threw
	 * @return a sentence, {@code null} if nothing is known
	 */
	static @Nullable String find(@Nullable Throwable failure) {
		Throwable cause = failure;
		for (int i = 0; cause != null && i < DEEPEST; i++) {
			String hint = HINTS.get(cause.getClass().getName());
			if (hint != null) {
				return hint;
			}
			cause = cause.getCause();
		}
		return null;
	}

}
