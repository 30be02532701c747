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
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.earlyresponse.Retry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.StringUtils;

/**
 * Makes retry policies of {@link Retry @Retry} annotations.
 */
class RetryPolicies {

	private static final long MAX_RETRIES = 1_000_000;

	private final RetrySettings defaults;

	private final UnaryOperator<@Nullable String> placeholders;

	RetryPolicies(RetrySettings defaults, UnaryOperator<@Nullable String> placeholders) {
		this.defaults = defaults;
		this.placeholders = placeholders;
	}

	/**
	 * The policy and the limit of an annotation.
	 * @param annotation the annotation
	 * @param owner what is annotated, for people
	 * @return the policy and the limit
	 * @throws InvalidPostPhaseException if it is no retry policy
	 */
	Retrying create(Retry annotation, String owner) {
		if (isDefault(annotation)) {
			return Retrying.DEFAULT;
		}
		return new Retrying(policy(annotation, owner), giveUpAfter(annotation, owner));
	}

	private @Nullable Duration giveUpAfter(Retry annotation, String owner) {
		Duration giveUpAfter = duration(owner, "giveUpAfter", annotation.giveUpAfter(), Duration.ZERO,
				RetryPolicies::reasonAgainst);
		return (!giveUpAfter.isZero()) ? giveUpAfter : null;
	}

	private RetryPolicy policy(Retry annotation, String owner) {
		if (annotation.maxRetries() == 0 && !hasOnlyMaxRetries(annotation)) {
			throw invalid(owner, "maxRetries", 0, "leaves no use for its other attributes",
					"Remove them, or use a maxRetries of at least 1.");
		}
		RetrySettings settings = new RetrySettings(maxRetries(annotation, owner),
				duration(owner, "delay", annotation.delay(), this.defaults.delay(), RetryPolicies::reasonAgainst),
				multiplier(annotation, owner),
				duration(owner, "maxDelay", annotation.maxDelay(), this.defaults.maxDelay(),
						RetryPolicies::reasonAgainst),
				duration(owner, "jitter", annotation.jitter(), this.defaults.jitter(),
						DurationBounds::reasonAgainstIfNotZero));
		if (settings.maxRetries() == 0 && annotation.maxRetries() != 0) {
			throw new InvalidPostPhaseException(owner + " has a @Retry, but is never retried.",
					"Set its maxRetries, or early-response.retry.max-retries for all post-phases.");
		}
		if (settings.maxDelay().compareTo(settings.delay()) < 0) {
			throw invalid(owner, "maxDelay", settings.maxDelay(),
					"is less than the delay, which is " + settings.delay(),
					"Use a longer maxDelay or a shorter delay.");
		}
		if (settings.maxRetries() == 0) {
			return RetrySettings.NEVER;
		}
		return settings.builder().includes(annotation.includes()).excludes(annotation.excludes()).build();
	}

	static boolean isDefault(Retry annotation) {
		return annotation.maxRetries() == -1 && hasOnlyMaxRetries(annotation) && annotation.giveUpAfter().isEmpty();
	}

	private static boolean hasOnlyMaxRetries(Retry annotation) {
		return annotation.multiplier() == 0 && annotation.delay().isEmpty() && annotation.maxDelay().isEmpty()
				&& annotation.jitter().isEmpty() && annotation.includes().length == 0
				&& annotation.excludes().length == 0;
	}

	private long maxRetries(Retry annotation, String owner) {
		long maxRetries = annotation.maxRetries();
		if (maxRetries < -1 || maxRetries > MAX_RETRIES) {
			throw invalid(owner, "maxRetries", maxRetries, "is not a number of retries",
					"Use a number from 0 to " + MAX_RETRIES + ".");
		}
		return (maxRetries >= 0) ? maxRetries : this.defaults.maxRetries();
	}

	private double multiplier(Retry annotation, String owner) {
		double multiplier = annotation.multiplier();
		if (multiplier != 0 && !(multiplier >= 1 && Double.isFinite(multiplier))) {
			throw invalid(owner, "multiplier", multiplier, "would make the delays shorter", "Use at least 1.");
		}
		return (multiplier != 0) ? multiplier : this.defaults.multiplier();
	}

	private static @Nullable String reasonAgainst(Duration duration) {
		return DurationBounds.reasonAgainst(duration, DurationBounds.SHORTEST);
	}

	private Duration duration(String owner, String attribute, String text, Duration defaultValue,
			Function<Duration, @Nullable String> reasonAgainst) {
		String value = text;
		String reason = "is not a duration";
		try {
			value = this.placeholders.apply(text);
			if (!StringUtils.hasText(value)) {
				return defaultValue;
			}
			Duration duration = DurationStyle.detectAndParse(value);
			reason = reasonAgainst.apply(duration);
			if (reason == null) {
				return duration;
			}
		}
		catch (IllegalArgumentException ex) {
			// It is no duration, or has a placeholder that cannot be resolved
		}
		throw invalid(owner, attribute, value, reason,
				"Use a duration such as 500ms, 10s or PT10S, or a placeholder for one that can be resolved.");
	}

	private static InvalidPostPhaseException invalid(String owner, String attribute, @Nullable Object value,
			String reason, String action) {
		return new InvalidPostPhaseException(
				owner + " has a @Retry with the " + attribute + " '" + value + "', which " + reason + ".", action);
	}

}
