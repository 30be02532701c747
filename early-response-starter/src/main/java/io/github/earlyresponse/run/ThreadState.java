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

import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a thread, so that work which is handed to the thread leaves nothing
 * of that to what comes next. Thread-local variables are not seen: nobody can tell which
 * ones there are.
 */
public final class ThreadState {

	private final Thread thread = Thread.currentThread();

	private final String name = this.thread.getName();

	private final @Nullable ClassLoader classLoader = this.thread.getContextClassLoader();

	private final int priority = this.thread.getPriority();

	private final Thread.@Nullable UncaughtExceptionHandler exceptionHandler = this.thread
		.getUncaughtExceptionHandler();

	private ThreadState() {
	}

	/**
	 * The state of the current thread.
	 * @return the state
	 */
	public static ThreadState current() {
		return new ThreadState();
	}

	/**
	 * Makes the current thread, of which this is the state, as it was: its name, context
	 * class loader, priority and handler of uncaught exceptions. It is not interrupted
	 * any more.
	 */
	public void restore() {
		if (!this.name.equals(this.thread.getName())) {
			this.thread.setName(this.name);
		}
		if (this.classLoader != this.thread.getContextClassLoader()) {
			this.thread.setContextClassLoader(this.classLoader);
		}
		if (this.priority != this.thread.getPriority()) {
			this.thread.setPriority(this.priority);
		}
		if (this.exceptionHandler != this.thread.getUncaughtExceptionHandler()) {
			this.thread.setUncaughtExceptionHandler(this.exceptionHandler);
		}
		Thread.interrupted();
	}

}
