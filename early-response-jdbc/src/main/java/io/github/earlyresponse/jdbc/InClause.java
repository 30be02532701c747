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

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;

/**
 * An {@code in (...)} with its values. The last value is repeated up to a power of two,
 * so that databases and drivers keep few statements in their caches.
 */
final class InClause {

	private final Object[] values;

	/**
	 * Creates the clause.
	 * @param values the values, one at least
	 */
	InClause(Collection<String> values) {
		String[] all = values.toArray(String[]::new);
		int length = Math.max(1, Integer.highestOneBit(all.length - 1) << 1);
		this.values = Arrays.copyOf(all, length, Object[].class);
		Arrays.fill(this.values, all.length, length, all[all.length - 1]);
	}

	Object[] values() {
		return this.values;
	}

	@Override
	public String toString() {
		return "in (" + String.join(", ", Collections.nCopies(this.values.length, "?")) + ")";
	}

}
