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

package io.github.earlyresponse.call;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The bounds of durations that are configured: far beyond what makes sense, and below
 * what overflows.
 */
public final class DurationBounds {

	/** The longest duration. */
	public static final Duration LONGEST = Duration.ofDays(365);

	/** The shortest duration, unless there is a greater bound. */
	public static final Duration SHORTEST = Duration.ofMillis(1);

	private static final String TOO_LARGE = "is too large: at most " + LONGEST.toDays() + "d";

	private DurationBounds() {
	}

	/**
	 * What speaks against a duration, where it cannot be zero either.
	 * @param duration the duration
	 * @param shortest the shortest duration
	 * @return the reason, as the rest of a sentence about the duration; {@code null} if
	 * there is none
	 */
	public static @Nullable String reasonAgainst(Duration duration, Duration shortest) {
		if (duration.compareTo(LONGEST) > 0) {
			return TOO_LARGE;
		}
		return (duration.compareTo(shortest) < 0) ? "is too small: at least " + shortest.toMillis() + "ms" : null;
	}

	/**
	 * What speaks against a duration that can be zero.
	 * @param duration the duration
	 * @return the reason, as the rest of a sentence about the duration; {@code null} if
	 * there is none
	 */
	public static @Nullable String reasonAgainstIfNotZero(Duration duration) {
		if (duration.isNegative()) {
			return "must not be negative";
		}
		if (!duration.isZero() && duration.compareTo(SHORTEST) < 0) {
			return "is too small: 0, or at least " + SHORTEST.toMillis() + "ms";
		}
		return (duration.compareTo(LONGEST) > 0) ? TOO_LARGE : null;
	}

}
