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
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The places of the tasks that run at once, whatever threads they run on. Who waits
 * longest is next.
 */
final class Places {

	private final int number;

	private final Semaphore free;

	Places(int number) {
		this.number = number;
		this.free = new Semaphore(number, true);
	}

	/**
	 * A place for one task, not acquired yet.
	 */
	Place place() {
		return new Place(this);
	}

	/**
	 * Waits until nothing runs. What runs has its place, so that nobody has to keep a
	 * list of the threads.
	 * @param timeout how long at most
	 */
	void awaitFree(Duration timeout) {
		try {
			if (this.free.tryAcquire(this.number, timeout.toNanos(), TimeUnit.NANOSECONDS)) {
				this.free.release(this.number);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * The place of one task, or the task itself.
	 */
	static class Place {

		private final Semaphore free;

		private @Nullable Thread waiting;

		private boolean cancelled;

		Place(Places places) {
			this.free = places.free;
		}

		/**
		 * Waits until there is room, and runs a task unless it was cancelled meanwhile.
		 */
		final void run(Runnable task) {
			if (acquire()) {
				try {
					task.run();
				}
				finally {
					release();
				}
			}
		}

		/**
		 * Waits on the current thread until there is room. Other interrupts than those of
		 * {@link #cancelWaiting()} are left to the task.
		 * @return {@code false} if the task was cancelled meanwhile. If it was cancelled
		 * at the last moment it has to see for itself that it must not run
		 */
		final boolean acquire() {
			boolean interrupted = false;
			while (beginWaiting()) {
				try {
					this.free.acquire();
					endWaiting(interrupted);
					return true;
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
			}
			endWaiting(false);
			return false;
		}

		private synchronized boolean beginWaiting() {
			this.waiting = Thread.currentThread();
			return !this.cancelled;
		}

		private synchronized void endWaiting(boolean interrupted) {
			this.waiting = null;
			if (this.cancelled) {
				Thread.interrupted();
			}
			else if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}

		final void release() {
			this.free.release();
		}

		/**
		 * Nobody waits for the place any longer. Does nothing once it was acquired.
		 */
		final synchronized void cancelWaiting() {
			this.cancelled = true;
			if (this.waiting != null) {
				this.waiting.interrupt();
			}
		}

	}

}
