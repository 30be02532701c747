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

import java.time.Duration;

/**
 * Whether the engine accepts post-phases, and for how long a shutdown waits for those in
 * flight.
 */
class Lifecycle {

	private volatile State state = State.STOPPED;

	/** When a shutdown stops waiting; set before the state is {@link State#STOPPING}. */
	private volatile long waitUntil;

	void start() {
		this.state = State.RUNNING;
	}

	/**
	 * A shutdown has begun, and requests in flight still come to their end. What is
	 * stored does not start here any more.
	 */
	void drain() {
		if (this.state == State.RUNNING) {
			this.state = State.DRAINING;
		}
	}

	/**
	 * No more post-phases are accepted; those in flight may end.
	 * @param timeout how long they have
	 */
	void stop(Duration timeout) {
		this.waitUntil = System.nanoTime() + timeout.toNanos();
		this.state = State.STOPPING;
	}

	/**
	 * Nobody waits for post-phases any longer.
	 */
	void stopped() {
		this.state = State.STOPPED;
	}

	/**
	 * Whether post-phases are accepted.
	 */
	boolean isRunning() {
		State state = this.state;
		return state == State.RUNNING || state == State.DRAINING;
	}

	/**
	 * Whether what is stored is handed back instead of started.
	 */
	boolean handsBack() {
		return this.state != State.RUNNING;
	}

	boolean isStopped() {
		return this.state == State.STOPPED;
	}

	/**
	 * Whether a shutdown stops waiting before the given time has passed.
	 */
	boolean endsWithin(Duration delay) {
		return switch (this.state) {
			case RUNNING, DRAINING -> false;
			case STOPPING -> this.waitUntil - System.nanoTime() < delay.toNanos();
			case STOPPED -> true;
		};
	}

	private enum State {

		RUNNING, DRAINING, STOPPING, STOPPED

	}

}
