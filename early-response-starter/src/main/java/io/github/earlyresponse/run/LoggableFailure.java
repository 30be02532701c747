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

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What code of the application has thrown, in a form that can be logged whatever it is.
 * Messages of megabytes, thousands of suppressed exceptions, endless causes and
 * exceptions that cannot even tell their messages are replaced by something short.
 */
public final class LoggableFailure {

	/**
	 * How many characters of a message are logged.
	 */
	static final int LONGEST_MESSAGE = 8000;

	/**
	 * How many exceptions are logged with one: its causes, what was suppressed, and
	 * theirs.
	 */
	static final int MOST_EXCEPTIONS = 50;

	/**
	 * The JVM records no more.
	 */
	private static final int MOST_FRAMES = 1024;

	private LoggableFailure() {
	}

	/**
	 * What to log instead of an exception.
	 * @param failure the exception
	 * @return the same exception, unless something of it has to be left out
	 */
	public static @Nullable Throwable of(@Nullable Throwable failure) {
		return (failure == null || isLoggable(failure)) ? failure : new Abridged(failure, new Budget());
	}

	/**
	 * The exception as text, without its stack trace.
	 * @param failure the exception
	 * @return its class and message
	 */
	public static String describe(Throwable failure) {
		try {
			return cut(failure.toString());
		}
		catch (Throwable ex) {
			return failure.getClass().getName() + " (its message cannot be told because of a " + ex.getClass().getName()
					+ ")";
		}
	}

	private static boolean isLoggable(Throwable failure) {
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Deque<Throwable> waiting = new ArrayDeque<>();
		waiting.add(failure);
		try {
			for (Throwable next = waiting.poll(); next != null; next = waiting.poll()) {
				if (!seen.add(next)) {
					continue;
				}
				if (seen.size() > MOST_EXCEPTIONS || !isShort(next)) {
					return false;
				}
				Throwable cause = next.getCause();
				if (cause != null) {
					waiting.add(cause);
				}
				Collections.addAll(waiting, next.getSuppressed());
			}
			return true;
		}
		catch (Throwable ex) {
			// How it makes its message is up to the application, and may fail as well
			return false;
		}
	}

	private static boolean isShort(Throwable failure) {
		return isShort(failure.getMessage()) && isShort(failure.getLocalizedMessage()) && isShort(failure.toString())
				&& failure.getStackTrace().length <= MOST_FRAMES;
	}

	private static boolean isShort(@Nullable String text) {
		return text == null || text.length() <= LONGEST_MESSAGE;
	}

	private static String cut(String text) {
		if (text.length() <= LONGEST_MESSAGE) {
			return text;
		}
		int end = Character.isHighSurrogate(text.charAt(LONGEST_MESSAGE - 1)) ? LONGEST_MESSAGE - 1 : LONGEST_MESSAGE;
		return text.substring(0, end) + "... (" + (text.length() - end) + " more characters)";
	}

	/**
	 * What can still be logged.
	 */
	private static final class Budget {

		private final Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());

		boolean take(Throwable failure) {
			return this.seen.size() < MOST_EXCEPTIONS && this.seen.add(failure);
		}

	}

	/**
	 * Stands for another exception, whose class and message are its own text.
	 */
	private static final class Abridged extends Throwable {

		private final String text;

		Abridged(Throwable original, Budget budget) {
			super(describe(original));
			this.text = describe(original);
			budget.take(original);
			try {
				addAll(original, budget);
			}
			catch (Throwable ex) {
				// What it has told so far is enough
			}
		}

		private void addAll(Throwable original, Budget budget) {
			StackTraceElement[] frames = original.getStackTrace();
			setStackTrace((frames.length <= MOST_FRAMES) ? frames : Arrays.copyOf(frames, MOST_FRAMES));
			Throwable cause = original.getCause();
			if (cause != null && budget.take(cause)) {
				initCause(new Abridged(cause, budget));
			}
			for (Throwable suppressed : original.getSuppressed()) {
				if (budget.take(suppressed)) {
					addSuppressed(new Abridged(suppressed, budget));
				}
			}
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}
