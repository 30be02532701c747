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

package io.github.earlyresponse.autoconfigure;

import java.time.Duration;
import java.util.stream.Stream;

import io.github.earlyresponse.call.DurationBounds;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * What the values of {@link EarlyResponseProperties} have to be, whether they are used or
 * not. The upper bounds are far beyond what makes sense, and below what overflows.
 */
final class PropertyBounds {

	static final int MAX_CONCURRENCY = 1_000_000;

	static final int MAX_QUEUE_CAPACITY = 10_000_000;

	private static final int MAX_BACKLOG = 100_000_000;

	private static final int MAX_RETRIES = 1_000_000;

	private static final int MAX_LENGTH = 100;

	private PropertyBounds() {
	}

	static void check(EarlyResponseProperties properties) {
		checkExecutor(properties.getExecutor());
		checkDurationOrZero("retry-after", properties.getRetryAfter());
		checkDurationOrZero("timeout", properties.getTimeout());
		checkDurationOrZero("shutdown.timeout", properties.getShutdown().getTimeout());
		checkRetry("", properties.getRetry());
		checkDurable(properties.getDurable());
		checkHandBack(properties.getDurable().getHandBackAfter(), properties.getShutdown().getTimeout());
		checkDuration("idempotency.keep-for", properties.getIdempotency().getKeepFor(), DurationBounds.SHORTEST);
		checkHealth(properties.getHealth());
		checkStatus(properties.getStatus());
	}

	private static void checkExecutor(EarlyResponseProperties.Executor executor) {
		virtualThreads(executor);
		int queueCapacity = executor.getQueueCapacity();
		Integer maxConcurrency = executor.getMaxConcurrency();
		if (maxConcurrency != null) {
			checkNumber("executor.max-concurrency", maxConcurrency, 1, MAX_CONCURRENCY,
					sum("queue-capacity", queueCapacity));
		}
		checkNumber("executor.queue-capacity", queueCapacity, 0, MAX_QUEUE_CAPACITY,
				(maxConcurrency != null) ? sum("max-concurrency", maxConcurrency) : "");
		String prefix = executor.getThreadNamePrefix();
		check(StringUtils.hasText(prefix), "executor.thread-name-prefix", prefix, "It must not be empty.");
		check(prefix.length() <= MAX_LENGTH, "executor.thread-name-prefix", prefix,
				"It is too long: at most " + MAX_LENGTH + " characters.");
		check(prefix.codePoints().noneMatch(PropertyBounds::isUnprintable), "executor.thread-name-prefix", prefix,
				"It must not contain control characters or line breaks.");
	}

	/**
	 * Whether post-phases run on virtual threads. It takes each value that a boolean
	 * takes, which an enum does not: of that Spring Boot takes a number as the position.
	 * @param executor the properties
	 * @return the value, {@code null} if Spring Boot decides
	 */
	static @Nullable Boolean virtualThreads(EarlyResponseProperties.Executor executor) {
		String value = executor.getVirtualThreads();
		if (!StringUtils.hasText(value) || value.strip().equalsIgnoreCase("auto")) {
			return null;
		}
		try {
			return ApplicationConversionService.getSharedInstance().convert(value, Boolean.class);
		}
		catch (ConversionException ex) {
			throw invalid("executor.virtual-threads", value, "It must be true, false or auto.");
		}
	}

	/**
	 * The text without what would forge lines of a log.
	 * @param text the text
	 * @return the text, with a question mark for each such character
	 */
	static String printable(String text) {
		if (text.codePoints().noneMatch(PropertyBounds::isUnprintable)) {
			return text;
		}
		return text.codePoints()
			.map((character) -> isUnprintable(character) ? '?' : character)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	/**
	 * Also those that make a terminal or a reader of logs believe in something else.
	 */
	private static boolean isUnprintable(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE, Character.UNASSIGNED ->
				true;
			default -> false;
		};
	}

	private static String sum(String name, int value) {
		return " The capacity is the sum of this and early-response.executor." + name + ", which is " + value + ".";
	}

	private static void checkDurable(EarlyResponseProperties.Durable durable) {
		DataSize maxPayload = durable.getMaxPayload();
		check(maxPayload.toBytes() > 0 && maxPayload.toBytes() <= Integer.MAX_VALUE, "durable.max-payload", maxPayload,
				"It must be positive and less than 2GB.");
		checkNumber("durable.dead-after-crashes", durable.getDeadAfterCrashes(), 1, MAX_RETRIES, "");
		Duration keepDeadLetters = durable.getKeepDeadLetters();
		if (keepDeadLetters != null) {
			checkDuration("durable.keep-dead-letters", keepDeadLetters, DurationBounds.SHORTEST);
		}
		checkDuration("durable.checkpoint-interval", durable.getCheckpointInterval(), DurationBounds.SHORTEST);
		checkDuration("durable.progress-interval", durable.getProgressInterval(), DurationBounds.SHORTEST);
		checkNumber("durable.max-backlog", durable.getMaxBacklog(), 1, MAX_BACKLOG, "");
		checkRetry("durable.", durable.getRetry());
	}

	private static void checkHandBack(@Nullable Duration handBackAfter, Duration shutdownTimeout) {
		if (handBackAfter != null) {
			checkDurationOrZero("durable.hand-back-after", handBackAfter);
			check(handBackAfter.compareTo(shutdownTimeout) <= 0, "durable.hand-back-after", handBackAfter,
					"It must be at most the shutdown timeout, which is " + shutdownTimeout
							+ " (early-response.shutdown.timeout).");
		}
	}

	private static void checkRetry(String group, EarlyResponseProperties.Retry retry) {
		String prefix = group + "retry.";
		checkNumber(prefix + "max-retries", retry.getMaxRetries(), 0, MAX_RETRIES, "");
		checkNumber(prefix + "max-deferrals", retry.getMaxDeferrals(), 0, MAX_RETRIES, "");
		Duration giveUpAfter = retry.getGiveUpAfter();
		if (giveUpAfter != null) {
			checkDuration(prefix + "give-up-after", giveUpAfter, DurationBounds.SHORTEST);
		}
		checkDuration(prefix + "delay", retry.getDelay(), DurationBounds.SHORTEST);
		checkDurationOrZero(prefix + "jitter", retry.getJitter());
		double multiplier = retry.getMultiplier();
		check(multiplier >= 1 && Double.isFinite(multiplier), prefix + "multiplier", multiplier,
				"It must be at least 1.");
		checkDuration(prefix + "max-delay", retry.getMaxDelay(), DurationBounds.SHORTEST);
		check(retry.getMaxDelay().compareTo(retry.getDelay()) >= 0, prefix + "max-delay", retry.getMaxDelay(),
				"It must be at least the delay, which is " + retry.getDelay() + " (early-response." + prefix
						+ "delay).");
	}

	private static void checkHealth(EarlyResponseProperties.Health health) {
		double saturation = health.getSaturationThreshold();
		double recovery = health.getRecoveryThreshold();
		check(saturation > 0 && saturation <= 1, "health.saturation-threshold", saturation,
				"It must be greater than 0 and at most 1.");
		check(recovery > 0 && recovery <= saturation, "health.recovery-threshold", recovery,
				"It must be greater than 0 and at most the saturation threshold, which is " + saturation
						+ " (early-response.health.saturation-threshold).");
	}

	private static void checkStatus(EarlyResponseProperties.Status status) {
		String path = status.getPath();
		check(path.matches("(/[A-Za-z0-9._~-]+)+"), "status.path", path,
				"It must begin with a slash, not end with one, and have no variables or patterns.");
		check(Stream.of(path.split("/")).noneMatch((segment) -> segment.matches("\\.+")), "status.path", path,
				"It must have no segments of dots, such as '..'.");
		check(path.length() <= MAX_LENGTH, "status.path", path,
				"It is too long: at most " + MAX_LENGTH + " characters.");
		checkDuration("status.keep-for", status.getKeepFor(), DurationBounds.SHORTEST);
		checkNumber("status.keep-at-most", status.getKeepAtMost(), 1, 10_000_000, "");
		checkDurationOrZero("status.cancellation-grace", status.getCancellationGrace());
		checkDurationOrZero("status.retry-after", status.getRetryAfter());
		checkDuration("status.event-interval", status.getEventInterval(), Duration.ofMillis(10));
		checkDuration("status.stall-timeout", status.getStallTimeout(), Duration.ofMillis(100));
		checkNumber("status.watch-at-most", status.getWatchAtMost(), 0, 1_000_000, "");
	}

	private static void checkDuration(String name, Duration value, Duration shortest) {
		check(value.compareTo(Duration.ZERO) > 0, name, value, "It must be positive.");
		checkReason(name, value, DurationBounds.reasonAgainst(value, shortest));
	}

	private static void checkDurationOrZero(String name, Duration value) {
		checkReason(name, value, DurationBounds.reasonAgainstIfNotZero(value));
	}

	private static void checkReason(String name, Duration value, @Nullable String reason) {
		check(reason == null, name, value, "It " + reason + ".");
	}

	private static void checkNumber(String name, int value, int least, int most, String further) {
		check(value >= least, name, value,
				(least == 0) ? "It must not be negative." : "It must be at least " + least + ".");
		check(value <= most, name, value, "It is too large: at most " + most + "." + further);
	}

	static void check(boolean valid, String name, @Nullable Object value, String reason) {
		if (!valid) {
			throw invalid(name, value, reason);
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException("early-response." + name,
				(value instanceof String text) ? printable(text) : value, reason);
	}

}
