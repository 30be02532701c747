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

import org.jspecify.annotations.Nullable;

/**
 * How far a post-phase has got.
 */
public interface Checkpoints {

	/**
	 * The last cursor.
	 * @param type its type
	 * @param <T> its type
	 * @return the cursor, {@code null} if there is none
	 * @throws RuntimeException if it is not of that type
	 */
	<T> @Nullable T last(Class<T> type);

	/**
	 * Stores a cursor.
	 * @param cursor the cursor
	 * @param stored is called when it is stored: at once, or after the commit of the
	 * transaction to which it belongs. What it throws is thrown to the caller, or to the
	 * caller of the commit
	 * @throws RuntimeException if it cannot be stored
	 */
	void store(Object cursor, Runnable stored);

	/**
	 * Whether the cursor has moved on since this method was called before.
	 * @return whether it has
	 */
	boolean advanced();

}
