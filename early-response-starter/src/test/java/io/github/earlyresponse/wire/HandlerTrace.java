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

package io.github.earlyresponse.wire;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What handlers under test note for the test, in their order, and where they stop until
 * the test lets them go on.
 */
class HandlerTrace {

	private final BlockingQueue<Object> notes = new LinkedBlockingQueue<>();

	private final Semaphore gate = new Semaphore(0);

	/**
	 * For handlers: tells the test.
	 */
	void note(Object note) {
		this.notes.add(note);
	}

	/**
	 * For handlers: tells the test what comes of something, be it an exception.
	 * @param action what is tried
	 */
	void noteResultOf(Action action) {
		try {
			Object result = action.run();
			note((result != null) ? result : "null");
		}
		catch (Exception ex) {
			note(ex);
		}
	}

	/**
	 * For handlers: waits for the test.
	 */
	void stop() throws InterruptedException {
		if (!this.gate.tryAcquire(60, TimeUnit.SECONDS)) {
			throw new IllegalStateException("The test did not let the handler go on");
		}
	}

	/**
	 * Lets handlers go on, whether they have stopped or are going to.
	 */
	void proceed(int handlers) {
		this.gate.release(handlers);
	}

	/**
	 * The next note, when it is there.
	 */
	Object next() throws InterruptedException {
		Object note = this.notes.poll(30, TimeUnit.SECONDS);
		assertThat(note).as("the handler has come that far").isNotNull();
		return note;
	}

	/**
	 * Whether all notes were taken.
	 */
	boolean isEmpty() {
		return this.notes.isEmpty();
	}

	void reset() {
		this.notes.clear();
		this.gate.drainPermits();
	}

	/**
	 * Something that may fail.
	 */
	@FunctionalInterface
	interface Action {

		Object run() throws Exception;

	}

}
