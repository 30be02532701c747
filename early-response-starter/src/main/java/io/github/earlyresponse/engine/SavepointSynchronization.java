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

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.springframework.transaction.support.TransactionSynchronization;

/**
 * Tells whether what was done before it was registered is undone by a rollback to a
 * savepoint.
 */
public abstract class SavepointSynchronization implements TransactionSynchronization {

	/** A rollback to one of these undoes only what came later. */
	private final Set<Object> laterSavepoints = Collections.newSetFromMap(new IdentityHashMap<>(0));

	/**
	 * The transaction was rolled back to a savepoint from before, perhaps not for the
	 * first time.
	 */
	protected abstract void undone();

	@Override
	public final void savepoint(Object savepoint) {
		this.laterSavepoints.add(savepoint);
	}

	@Override
	public final void savepointRollback(Object savepoint) {
		if (!this.laterSavepoints.contains(savepoint)) {
			undone();
		}
	}

}
