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

package io.github.earlyresponse.memory;

import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.engine.AcceptedPostPhase;
import io.github.earlyresponse.engine.Admission;
import io.github.earlyresponse.engine.Demand;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Room in memory. Post-phases for which there was none run on the caller.
 */
final class MemoryAdmission implements Admission {

	private final MemoryPostPhaseEngine engine;

	private final List<AcceptedPostPhase> named;

	private final @Nullable String owner;

	/** How much was spare in the beginning. */
	private final int reserved;

	private int spare;

	private boolean closed;

	MemoryAdmission(MemoryPostPhaseEngine engine, Demand demand, @Nullable String owner, boolean room) {
		this.engine = engine;
		this.owner = owner;
		this.named = new ArrayList<>(demand.names().size());
		for (String name : demand.names()) {
			this.named.add(engine.accept(name, owner, !room));
		}
		this.reserved = (room) ? demand.spare() : 0;
		this.spare = this.reserved;
	}

	@Override
	public List<? extends AcceptedPostPhase> named() {
		return this.named;
	}

	@Override
	public AcceptedPostPhase accept(String name) {
		// Listeners are told under no lock
		boolean room = takeSpare() || this.engine.reserveOneMore(name);
		return this.engine.accept(name, this.owner, !room);
	}

	private synchronized boolean takeSpare() {
		Assert.state(!this.closed, "The spare room was given back");
		boolean taken = this.spare > 0;
		if (taken) {
			this.spare--;
		}
		return taken;
	}

	@Override
	public void drop(AcceptedPostPhase postPhase) {
		Execution execution = (Execution) postPhase;
		if (execution.drop() && !execution.onCaller() && !spare()) {
			this.engine.giveBack(1);
		}
	}

	private synchronized boolean spare() {
		boolean spare = !this.closed && this.spare < this.reserved;
		if (spare) {
			this.spare++;
		}
		return spare;
	}

	@Override
	public synchronized void close() {
		if (!this.closed) {
			this.closed = true;
			this.engine.giveBack(this.spare);
		}
	}

}
