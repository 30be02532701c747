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

/**
 * Exceptions that harm whoever logs them without care.
 */
public final class HarmfulFailures {

	private HarmfulFailures() {
	}

	/**
	 * Has causes without end.
	 */
	public static final class Endless extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			return new Endless();
		}

	}

	/**
	 * Has a message that cannot be read.
	 */
	public static final class Unspeakable extends RuntimeException {

		@Override
		public String getMessage() {
			throw new StackOverflowError("expected");
		}

	}

}
