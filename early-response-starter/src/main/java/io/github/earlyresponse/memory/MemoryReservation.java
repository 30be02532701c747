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
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The places that were reserved for one request, and the post-phases that take them.
 */
final class MemoryReservation implements Reservation {

	private final MemoryPostPhaseEngine engine;

	private final @Nullable String owner;

	private final List<Execution> named;

	private List<Execution> added = List.of();

	private List<PostPhaseRecord> records = List.of();

	/** How many places were spare in the beginning. */
	private final int reserved;

	private int spare;

	private boolean ended;

	MemoryReservation(MemoryPostPhaseEngine engine, ReservationRequest request, boolean room) {
		this.engine = engine;
		this.owner = request.owner();
		this.named = new ArrayList<>(request.names().size());
		for (String name : request.names()) {
			this.named.add(engine.accept(name, this.owner, !room));
		}
		this.reserved = (room) ? request.spare() : 0;
		this.spare = this.reserved;
	}

	@Override
	public List<? extends PostPhaseExecution> named() {
		return this.named;
	}

	@Override
	public PostPhaseExecution add(String name, PostPhaseWork work) {
		// Listeners are called under no lock
		boolean room = takeSpare(name) || this.engine.reserveOneMore(name);
		Execution execution = this.engine.accept(name, this.owner, !room);
		if (!keep(execution)) {
			remove(execution);
			throw tooLate(name);
		}
		return execution;
	}

	private synchronized boolean takeSpare(String name) {
		if (this.ended) {
			throw tooLate(name);
		}
		boolean taken = this.spare > 0;
		if (taken) {
			this.spare--;
		}
		return taken;
	}

	private static IllegalStateException tooLate(String name) {
		return new IllegalStateException(
				"Post-phase '" + name + "' comes too late: those of its request have been started or skipped");
	}

	private synchronized boolean keep(Execution execution) {
		if (this.ended) {
			return false;
		}
		this.added = Stream.concat(this.added.stream(), Stream.of(execution)).toList();
		return true;
	}

	@Override
	public void remove(PostPhaseExecution postPhase) {
		Execution execution = (Execution) postPhase;
		if (this.engine.drop(execution) && !execution.onCaller() && !giveBackSpare()) {
			this.engine.giveBack(1);
		}
		forget(execution);
	}

	private synchronized boolean giveBackSpare() {
		boolean spare = !this.ended && this.spare < this.reserved;
		if (spare) {
			this.spare++;
		}
		return spare;
	}

	private synchronized void forget(Execution execution) {
		this.added = this.added.stream().filter((other) -> other != execution).toList();
	}

	@Override
	public void record(List<PostPhaseRecord> records) {
		List<PostPhaseRecord> former = replaceRecords(records);
		for (PostPhaseRecord record : records) {
			if (!former.contains(record)) {
				((Execution) record.postPhase()).prepare(record);
			}
		}
	}

	private synchronized List<PostPhaseRecord> replaceRecords(List<PostPhaseRecord> records) {
		Assert.state(!this.ended, "The post-phases of this request have been started or skipped");
		List<PostPhaseRecord> former = this.records;
		this.records = records;
		return former;
	}

	@Override
	public void start(ResponseDelivery delivery) {
		List<PostPhaseRecord> records = end();
		for (PostPhaseRecord record : records) {
			Execution execution = (Execution) record.postPhase();
			if (!execution.onCaller()) {
				start(execution, delivery);
			}
		}
		skipAllBut(records, delivery);
		// They keep the caller, for which the others must not wait
		for (PostPhaseRecord record : records) {
			Execution execution = (Execution) record.postPhase();
			if (execution.onCaller()) {
				start(execution, delivery);
			}
		}
	}

	@Override
	public void skip(ResponseDelivery delivery) {
		end();
		skipAllBut(List.of(), delivery);
	}

	private List<PostPhaseRecord> end() {
		int spare;
		List<PostPhaseRecord> records;
		synchronized (this) {
			spare = (this.ended) ? 0 : this.spare;
			records = this.records;
			this.ended = true;
		}
		this.engine.giveBack(spare);
		return records;
	}

	private void skipAllBut(List<PostPhaseRecord> records, ResponseDelivery delivery) {
		if (records.size() < this.named.size() + this.added.size()) {
			Stream.concat(this.named.stream(), this.added.stream())
				.filter((execution) -> records.stream().noneMatch((record) -> record.postPhase() == execution))
				.forEach((execution) -> skip(execution, delivery));
		}
	}

	private void start(Execution execution, ResponseDelivery delivery) {
		try {
			execution.start(delivery);
		}
		catch (Throwable ex) {
			this.engine.fail(execution, ex);
		}
	}

	private void skip(Execution execution, ResponseDelivery delivery) {
		try {
			execution.skip(delivery);
		}
		catch (Throwable ex) {
			this.engine.fail(execution, ex);
		}
	}

}
