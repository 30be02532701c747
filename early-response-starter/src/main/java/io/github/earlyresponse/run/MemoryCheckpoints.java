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

import io.github.earlyresponse.engine.CheckpointSynchronization;
import io.github.earlyresponse.engine.Checkpoints;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * How far a post-phase in memory has got.
 */
final class MemoryCheckpoints implements Checkpoints {

	private static final boolean transactionsPresent = ClassUtils.isPresent(
			"org.springframework.transaction.support.TransactionSynchronizationManager",
			MemoryCheckpoints.class.getClassLoader());

	private @Nullable Object last;

	private boolean advanced;

	@Override
	@SuppressWarnings("unchecked")
	public synchronized <T> @Nullable T last(Class<T> type) {
		Object last = this.last;
		if (last == null) {
			return null;
		}
		Assert.isTrue(ClassUtils.isAssignableValue(type, last),
				() -> "The last checkpoint is of " + last.getClass() + ", not of " + type);
		return (T) last;
	}

	@Override
	public void store(Object cursor, Runnable stored) {
		if (transactionsPresent) {
			CheckpointSynchronization.afterCommit(() -> keep(cursor), stored);
		}
		else {
			keep(cursor);
			stored.run();
		}
	}

	private synchronized void keep(Object cursor) {
		if (!cursor.equals(this.last)) {
			this.last = cursor;
			this.advanced = true;
		}
	}

	@Override
	public synchronized boolean advanced() {
		boolean advanced = this.advanced;
		this.advanced = false;
		return advanced;
	}

}
