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

import java.util.List;
import java.util.stream.Stream;

/**
 * The attempts that are made at one call of a handler, mostly one, and what is decided on
 * at run time: the decisions and the rollback of an attempt are forgotten with the next
 * one. What is decided before the first attempt is for all of them.
 * <p>
 * It is guarded by the call that it belongs to.
 */
final class Attempts {

	private static final int NOT_SUBSCRIBED = -1;

	private List<DecidedPostPhase> decided = List.of();

	private int number;

	private boolean begun;

	/** How many were decided on before the first attempt. */
	private int before;

	/** How many had been decided on when the result was first subscribed to. */
	private int assembled = NOT_SUBSCRIBED;

	/** How many had been decided on when the attempt threw. */
	private int failed;

	private boolean running;

	private boolean threw;

	private boolean rolledBack;

	/** Calls of the method that are no attempts and have not returned. */
	private int otherCalls;

	/**
	 * Whether the method can be called for an attempt: while one is running, or another
	 * call, it calls itself.
	 */
	boolean canBegin() {
		return !this.running && this.otherCalls == 0;
	}

	/**
	 * Begins an attempt.
	 * @return what was decided on in the one before
	 */
	List<DecidedPostPhase> begin() {
		if (!this.begun) {
			this.before = this.decided.size();
			this.begun = true;
		}
		this.number++;
		this.assembled = NOT_SUBSCRIBED;
		this.running = true;
		this.threw = false;
		this.rolledBack = false;
		return takeFrom(this.before, this.decided.size());
	}

	/**
	 * The result of an attempt, which does its work then, is subscribed to. From the
	 * second time on this is an attempt of its own.
	 * @return what was decided on since the subscription before
	 */
	List<DecidedPostPhase> subscribed(int number) {
		if (number != this.number) {
			return List.of();
		}
		if (this.assembled == NOT_SUBSCRIBED) {
			this.assembled = this.decided.size();
		}
		return takeFrom(this.assembled, this.decided.size());
	}

	void end(int number, boolean threw) {
		if (number == this.number) {
			this.running = false;
			this.threw = threw;
			this.failed = this.decided.size();
		}
	}

	/**
	 * Whether this attempt is running.
	 */
	boolean isRunning(int number) {
		return this.running && number == this.number;
	}

	/**
	 * Whether the last attempt threw.
	 */
	boolean hasThrown() {
		return this.threw;
	}

	/**
	 * The number of the last attempt, zero if there was none.
	 */
	int number() {
		return this.number;
	}

	/**
	 * Begins all over again.
	 * @return what was decided on so far
	 */
	List<DecidedPostPhase> reset() {
		this.number++;
		this.begun = false;
		this.running = false;
		this.threw = false;
		this.rolledBack = false;
		return takeFrom(0, this.decided.size());
	}

	/**
	 * What was decided on in the last attempt, if that threw.
	 */
	List<DecidedPostPhase> takeThoseOfFailure() {
		return (this.threw) ? takeFrom(this.before, this.failed) : List.of();
	}

	private List<DecidedPostPhase> takeFrom(int from, int to) {
		if (from >= to) {
			return List.of();
		}
		List<DecidedPostPhase> taken = List.copyOf(this.decided.subList(from, to));
		this.decided = Stream
			.concat(this.decided.subList(0, from).stream(), this.decided.subList(to, this.decided.size()).stream())
			.toList();
		this.failed = from;
		return taken;
	}

	void add(DecidedPostPhase postPhase) {
		this.decided = Stream.concat(this.decided.stream(), Stream.of(postPhase)).toList();
	}

	/**
	 * What was decided on so far, as an unmodifiable list that is exchanged when there is
	 * something new.
	 */
	List<DecidedPostPhase> decided() {
		return this.decided;
	}

	void rolledBack(int number) {
		this.rolledBack |= number == this.number;
	}

	boolean isRolledBack() {
		return this.rolledBack;
	}

	void enter() {
		this.otherCalls++;
	}

	void leave() {
		this.otherCalls--;
	}

}
