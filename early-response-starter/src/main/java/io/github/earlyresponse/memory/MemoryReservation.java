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

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.PostPhaseStore;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The permits that were acquired for one request, and the post-phases that use them.
 */
final class MemoryReservation implements Reservation {

	private static final MemoryPostPhase[] NONE = {};

	private final Admission admission;

	private final Dispatcher dispatcher;

	private final @Nullable String owner;

	/** What is stored, {@code null} if there is no store. */
	private final @Nullable StoredRecords stored;

	private final MemoryPostPhase[] named;

	/** Exchanged when there is another one. */
	private MemoryPostPhase[] added = NONE;

	/** That of the post-phases that the spare permits are for. */
	private final Route spareRoute;

	/** How many permits were spare in the beginning. */
	private final int reserved;

	private int spare;

	private boolean ended;

	MemoryReservation(Admission admission, Dispatcher dispatcher, @Nullable PostPhaseStore store,
			ReservationRequest request, Route route) {
		this.admission = admission;
		this.dispatcher = dispatcher;
		this.owner = request.owner();
		this.stored = (store != null) ? new StoredRecords(store) : null;
		List<String> names = request.names();
		this.named = new MemoryPostPhase[names.size()];
		for (int i = 0; i < this.named.length; i++) {
			this.named[i] = admission.accept(names.get(i), this.owner, admission.route(names.get(i), request, route));
		}
		this.spareRoute = route;
		this.reserved = (route != Route.CALLER) ? request.spare() : 0;
		this.spare = this.reserved;
	}

	@Override
	public PostPhaseExecution named(int index) {
		return this.named[index].execution();
	}

	@Override
	public PostPhaseExecution add(String name, PostPhaseWork work) {
		// Listeners are called under no lock
		boolean durable = work.isDurable();
		Route route = (takeSpare(name, durable)) ? this.spareRoute : this.admission.admitOneMore(name, durable);
		MemoryPostPhase postPhase = this.admission.accept(name, this.owner, route);
		if (!keep(postPhase)) {
			remove(postPhase);
			throw tooLate(name);
		}
		return postPhase.execution();
	}

	private synchronized boolean takeSpare(String name, boolean durable) {
		if (this.ended) {
			throw tooLate(name);
		}
		boolean taken = this.spare > 0 && this.admission.canTake(name, durable, this.spareRoute);
		if (taken) {
			this.spare--;
		}
		return taken;
	}

	private static IllegalStateException tooLate(String name) {
		return new IllegalStateException(
				"Post-phase '" + name + "' comes too late: those of its request have been started or skipped");
	}

	private synchronized boolean keep(MemoryPostPhase postPhase) {
		if (this.ended) {
			return false;
		}
		MemoryPostPhase[] added = Arrays.copyOf(this.added, this.added.length + 1);
		added[this.added.length] = postPhase;
		this.added = added;
		return true;
	}

	@Override
	public void storeInTransaction(PostPhaseExecution postPhase, Supplier<PostPhaseRecord> record) {
		PostPhaseRecord kept = (this.stored != null) ? this.stored.storeInTransaction(postPhase, record) : null;
		if (kept != null) {
			find(postPhase).execution().record(kept);
		}
	}

	@Override
	public void remove(PostPhaseExecution postPhase) {
		remove(find(postPhase));
	}

	private void remove(MemoryPostPhase postPhase) {
		Route route = postPhase.route();
		if (this.dispatcher.skipAndKeepPermit(postPhase) && !returnSpare(route)) {
			this.admission.release(route, 1);
		}
		forget(postPhase);
	}

	private synchronized boolean returnSpare(Route route) {
		boolean spare = !this.ended && route == this.spareRoute && this.spare < this.reserved;
		if (spare) {
			this.spare++;
		}
		return spare;
	}

	private synchronized void forget(MemoryPostPhase postPhase) {
		this.added = Arrays.stream(this.added).filter((other) -> other != postPhase).toArray(MemoryPostPhase[]::new);
	}

	private synchronized MemoryPostPhase find(PostPhaseExecution postPhase) {
		for (MemoryPostPhase candidate : this.named) {
			if (candidate.execution() == postPhase) {
				return candidate;
			}
		}
		return Arrays.stream(this.added)
			.filter((candidate) -> candidate.execution() == postPhase)
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(postPhase + " is not of this request"));
	}

	@Override
	public void record(List<PostPhaseRecord> records) {
		checkNotEnded();
		List<PostPhaseRecord> kept = (this.stored != null) ? this.stored.store(records) : records;
		mark(kept);
		for (int i = 0; i < kept.size(); i++) {
			MemoryPostPhase postPhase = find(kept.get(i).postPhase());
			postPhase.execution().record(kept.get(i));
			this.dispatcher.prepare(postPhase);
		}
	}

	private synchronized void checkNotEnded() {
		Assert.state(!this.ended, "The post-phases of this request have been started or skipped");
	}

	private synchronized void mark(List<PostPhaseRecord> records) {
		unmark(this.named);
		unmark(this.added);
		for (int i = 0; i < records.size(); i++) {
			find(records.get(i).postPhase()).recorded(true);
		}
	}

	private static void unmark(MemoryPostPhase[] postPhases) {
		for (MemoryPostPhase postPhase : postPhases) {
			postPhase.recorded(false);
		}
	}

	@Override
	public void start(ResponseDelivery delivery) {
		MemoryPostPhase[] added = end();
		start(added, false, delivery);
		start(this.named, false, delivery);
		skip(added, true, delivery);
		skip(this.named, true, delivery);
		// They keep the caller, for which the others must not wait
		start(added, true, delivery);
		start(this.named, true, delivery);
	}

	@Override
	public void skip(ResponseDelivery delivery) {
		MemoryPostPhase[] added = end();
		skip(this.named, false, delivery);
		skip(added, false, delivery);
	}

	/**
	 * Ends the reservation.
	 * @return the post-phases that were added
	 */
	private MemoryPostPhase[] end() {
		int spare;
		MemoryPostPhase[] added;
		synchronized (this) {
			spare = (this.ended) ? 0 : this.spare;
			added = this.added;
			this.ended = true;
		}
		this.admission.release(this.spareRoute, spare);
		return added;
	}

	private void start(MemoryPostPhase[] postPhases, boolean onCaller, ResponseDelivery delivery) {
		for (MemoryPostPhase postPhase : postPhases) {
			if (postPhase.isRecorded() && (postPhase.route() == Route.CALLER) == onCaller) {
				start(postPhase, delivery);
			}
		}
	}

	private void skip(MemoryPostPhase[] postPhases, boolean unrecordedOnly, ResponseDelivery delivery) {
		for (MemoryPostPhase postPhase : postPhases) {
			if (!unrecordedOnly || !postPhase.isRecorded()) {
				skip(postPhase, delivery);
			}
		}
	}

	private void start(MemoryPostPhase postPhase, ResponseDelivery delivery) {
		try {
			this.dispatcher.start(postPhase, delivery);
		}
		catch (Throwable ex) {
			this.dispatcher.finish(postPhase, PostPhaseOutcome.FAILED, ex);
		}
	}

	private void skip(MemoryPostPhase postPhase, ResponseDelivery delivery) {
		try {
			this.dispatcher.skip(postPhase, delivery);
		}
		catch (Throwable ex) {
			this.dispatcher.finish(postPhase, PostPhaseOutcome.FAILED, ex);
		}
	}

}
