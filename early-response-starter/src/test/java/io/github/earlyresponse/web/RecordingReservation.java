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

package io.github.earlyresponse.web;

import java.util.ArrayList;
import java.util.List;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.run.Execution;

/**
 * A reservation that keeps what it is asked for, and runs nothing.
 */
class RecordingReservation implements Reservation {

	private final List<String> events;

	private final List<PostPhaseExecution> named = new ArrayList<>();

	private final List<PostPhaseExecution> added = new ArrayList<>();

	private final List<List<PostPhaseRecord>> records = new ArrayList<>();

	private ResponseDelivery delivery;

	private Runnable whenAdded = () -> {
	};

	private Error failure;

	/**
	 * Creates the reservation.
	 * @param events gets what becomes of it, in its order
	 */
	RecordingReservation(List<String> events) {
		this.events = events;
	}

	static PostPhaseExecution postPhase(String name) {
		return new Execution(name, null, (execution) -> {
		});
	}

	PostPhaseExecution name(String name) {
		PostPhaseExecution postPhase = postPhase(name);
		this.named.add(postPhase);
		return postPhase;
	}

	/**
	 * What happens while a post-phase is added.
	 */
	void whenAdded(Runnable action) {
		this.whenAdded = action;
	}

	/**
	 * What skipping fails with.
	 */
	void failWith(Error failure) {
		this.failure = failure;
	}

	@Override
	public PostPhaseExecution named(int index) {
		return this.named.get(index);
	}

	@Override
	public PostPhaseExecution add(String name, PostPhaseWork work) {
		PostPhaseExecution postPhase = postPhase(name);
		this.added.add(postPhase);
		this.whenAdded.run();
		return postPhase;
	}

	@Override
	public void remove(PostPhaseExecution postPhase) {
		this.added.remove(postPhase);
		this.events.add("remove " + postPhase.name());
	}

	@Override
	public void record(List<PostPhaseRecord> records) {
		this.records.add(records);
		this.events.add("record");
	}

	@Override
	public void start(ResponseDelivery delivery) {
		this.delivery = delivery;
		this.events.add("start");
	}

	@Override
	public void skip(ResponseDelivery delivery) {
		this.delivery = delivery;
		this.events.add("skip");
		if (this.failure != null) {
			throw this.failure;
		}
	}

	/**
	 * The post-phases that were added and not removed.
	 */
	List<PostPhaseExecution> added() {
		return this.added;
	}

	/**
	 * What was recorded, each time.
	 */
	List<List<PostPhaseRecord>> records() {
		return this.records;
	}

	/**
	 * What it was started or skipped with, {@code null} if it has not ended.
	 */
	ResponseDelivery delivery() {
		return this.delivery;
	}

}
