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

import java.io.PrintWriter;
import java.io.StringWriter;

import io.github.earlyresponse.testsupport.HarmfulFailures.Endless;
import io.github.earlyresponse.testsupport.HarmfulFailures.Unspeakable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoggableFailure}.
 */
class LoggableFailureTests {

	private static final String LONG = "x".repeat(5_000_000);

	@Test
	void usualExceptionIsLoggedAsItIs() {
		IllegalStateException cycle = new IllegalStateException("outer");
		IllegalArgumentException cause = new IllegalArgumentException("inner", cycle);
		cycle.initCause(cause);
		cause.addSuppressed(new IllegalStateException("suppressed", cycle));
		assertThat(LoggableFailure.of(cycle)).isSameAs(cycle);
		assertThat(LoggableFailure.of(null)).isNull();
	}

	@Test
	void longMessagesAreCutAndTheRestStays() {
		IllegalStateException failure = new IllegalStateException(LONG,
				new IllegalArgumentException("short", new UnsupportedOperationException(LONG)));
		failure.addSuppressed(new IllegalArgumentException(LONG));
		assertThat(text(failure)).hasSizeLessThan(100_000)
			.startsWith("java.lang.IllegalStateException: xxx")
			.contains("Caused by: java.lang.IllegalArgumentException: short", "more characters)",
					"Caused by: java.lang.UnsupportedOperationException: xxx",
					"Suppressed: java.lang.IllegalArgumentException: xxx", "at " + getClass().getName());
	}

	@Test
	void charactersStayWhole() {
		String text = LoggableFailure.describe(new IllegalStateException("\ud83d\ude00".repeat(10_000)));
		String odd = LoggableFailure.describe(new IllegalStateException("x" + "\ud83d\ude00".repeat(10_000)));
		assertThat(text + odd).doesNotContainPattern("[\ud800-\udbff](?![\udc00-\udfff])");
	}

	@Test
	void thousandsOfExceptionsAreLeftOut() {
		IllegalStateException failure = new IllegalStateException("main");
		Throwable cause = failure;
		for (int i = 0; i < 10_000; i++) {
			failure.addSuppressed(new IllegalArgumentException("suppressed"));
			cause = cause.initCause(new IllegalArgumentException("cause")).getCause();
		}
		assertThat(text(failure)).hasSizeLessThan(1_000_000).startsWith("java.lang.IllegalStateException: main");
	}

	@Test
	void causesWithoutEndAreLeftOut() {
		assertThat(text(new Endless())).hasSizeLessThan(1_000_000).startsWith(Endless.class.getName());
	}

	@Test
	void exceptionsThatCannotBeToldAreNamed() {
		IllegalStateException failure = new IllegalStateException("main", new Unspeakable());
		failure.addSuppressed(new IllegalArgumentException("suppressed"));
		assertThat(text(failure)).startsWith("java.lang.IllegalStateException: main")
			.contains("Suppressed: java.lang.IllegalArgumentException: suppressed")
			.contains("Caused by: " + Unspeakable.class.getName())
			.contains("java.lang.StackOverflowError");
		assertThat(text(new WithoutFrames())).startsWith(WithoutFrames.class.getName());
	}

	private static String text(Throwable failure) {
		StringWriter text = new StringWriter();
		LoggableFailure.of(failure).printStackTrace(new PrintWriter(text, true));
		return text.toString();
	}

	private static final class WithoutFrames extends RuntimeException {

		@Override
		public StackTraceElement[] getStackTrace() {
			return null;
		}

	}

}
