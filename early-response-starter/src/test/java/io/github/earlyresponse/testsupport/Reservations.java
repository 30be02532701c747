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

package io.github.earlyresponse.testsupport;

import java.util.List;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.engine.PostPhaseEngine;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;

/**
 * Reserves and starts post-phases as the web side does, one for each request.
 */
public final class Reservations {

	public static final PostPhaseWork NOTHING = new PostPhaseWork.Task((context) -> {
	});

	private Reservations() {
	}

	public static Reservation reserve(PostPhaseEngine engine, String name) {
		return engine.reserve(new ReservationRequest(List.of(name), 0, "handler"));
	}

	public static void start(PostPhaseEngine engine, String name, PostPhaseTask task) {
		Reservation reservation = reserve(engine, name);
		reservation.record(List.of(record(reservation.named(0), task)));
		reservation.start(ResponseDelivery.SENT);
	}

	public static PostPhaseRecord record(PostPhaseExecution postPhase, PostPhaseTask task) {
		return new PostPhaseRecord(postPhase, new PostPhaseWork.Task(task), () -> () -> {
		}, null, null, () -> {
		});
	}

}
