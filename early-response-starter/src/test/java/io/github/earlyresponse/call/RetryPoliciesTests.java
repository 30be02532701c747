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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;

import io.github.earlyresponse.PostPhase;
import io.github.earlyresponse.Retry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.backoff.BackOffExecution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RetryPolicies}.
 */
class RetryPoliciesTests {

	private static RetrySettings settings(long maxRetries) {
		return new RetrySettings(maxRetries, Duration.ofSeconds(2), 3, Duration.ofSeconds(9), Duration.ZERO);
	}

	private static RetryPolicy create(String method, RetrySettings defaults) {
		return retrying(method, defaults).policy();
	}

	private static Retrying retrying(String method, RetrySettings defaults) {
		Retry annotation = ReflectionUtils.findMethod(Works.class, method).getAnnotation(PostPhase.class).retry();
		return new RetryPolicies(defaults, (text) -> text.replace("${delay}", "4s")).create(annotation, "Method x");
	}

	private static long[] delays(RetryPolicy policy, int count) {
		BackOffExecution backOff = policy.getBackOff().start();
		long[] delays = new long[count];
		for (int i = 0; i < count; i++) {
			delays[i] = backOff.nextBackOff();
		}
		return delays;
	}

	@Test
	void annotationWithoutAttributesLeavesThePolicyToTheEngine() {
		assertThat(create("unset", settings(3))).isNull();
	}

	@Test
	void attributesThatAreNotSetAreThoseOfTheProperties() {
		assertThat(delays(create("often", settings(0)), 6)).containsExactly(2000, 6000, 9000, 9000, 9000,
				BackOffExecution.STOP);
		assertThat(delays(create("fast", settings(2)), 3)).containsExactly(4000, 9000, BackOffExecution.STOP);
	}

	@Test
	void attributesOverrideTheProperties() {
		assertThat(delays(create("full", settings(0)), 5)).containsExactly(100, 200, 400, 500, BackOffExecution.STOP);
	}

	@Test
	void zeroTurnsRetriesOff() {
		assertThat(create("never", settings(3))).isSameAs(RetrySettings.NEVER);
	}

	@Test
	void limitNeedsNoRetries() {
		assertThat(retrying("often", settings(3)).giveUpAfter()).isNull();
		assertThat(retrying("limited", settings(3)).giveUpAfter()).isEqualTo(Duration.ofDays(1));
		assertThat(retrying("limitedLater", settings(3)))
			.isEqualTo(new Retrying(RetrySettings.NEVER, Duration.ofHours(1)));
	}

	@Test
	void delaysWithoutBoundAreBounded() {
		RetrySettings settings = new RetrySettings(1000, Duration.ofDays(1), 1e9, DurationBounds.LONGEST,
				Duration.ZERO);
		assertThat(Arrays.stream(delays(settings.policy(), 900)))
			.allMatch((delay) -> delay > 0 && delay <= DurationBounds.LONGEST.toMillis());
	}

	@Test
	void jitterIsMultipliedAndKeepsWithinTheFirstAndTheMaximumDelay() {
		RetrySettings settings = new RetrySettings(6, Duration.ofSeconds(1), 2, Duration.ofSeconds(20),
				Duration.ofMillis(500));
		long[] least = { 1000, 1000, 2000, 4000, 8000, 10_000 };
		long[] most = { 1500, 3000, 6000, 12_000, 20_000, 20_000 };
		boolean more = false;
		for (int i = 0; i < 1000; i++) {
			long[] delays = delays(settings.policy(), 6);
			for (int retry = 0; retry < delays.length; retry++) {
				assertThat(delays[retry]).isBetween(least[retry], most[retry]);
			}
			more |= delays[3] > 8500;
		}
		assertThat(more).as("a deviation of more than the jitter").isTrue();
	}

	@Test
	void includesAndExcludesMatchSubtypesAndCauses() {
		RetryPolicy policy = create("some", settings(3));
		assertThat(policy.shouldRetry(new IOException())).isTrue();
		assertThat(policy.shouldRetry(new RuntimeException(new UncheckedIOException(new IOException())))).isTrue();
		assertThat(policy.shouldRetry(new IllegalStateException())).isFalse();
		assertThat(policy.shouldRetry(new FileNotFoundException())).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			negative       | the maxRetries '-2', which is not a number of retries.   | Use a number from 0 to 1000000.
			noDuration     | the delay 'soon', which is not a duration.               | Use a duration such as
			zeroDelay      | the delay '0s', which is too small: at least 1ms.        | Use a duration such as
			shortLimit     | the giveUpAfter '0s', which is too small: at least 1ms.  | Use a duration such as
			longDelay      | the maxDelay '400d', which is too large: at most 365d.   | Use a duration such as
			negativeJitter | the jitter '-1s', which must not be negative.            | Use a duration such as
			shrinking      | the multiplier '0.5', which would make the delays shorter. | Use at least 1.
			neverDelayed   | the maxRetries '0', which leaves no use for its other attributes. | Remove them, or
			neverSome      | the maxRetries '0', which leaves no use for its other attributes. | Remove them, or
			crossed        | the maxDelay 'PT1S', which is less than the delay, which is PT2S. | Use a longer maxDelay
			""")
	void whatCannotWorkNamesTheReasonAndTheRemedy(String method, String reason, String action) {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> create(method, settings(3)))
			.withMessageStartingWith("Method x has a @Retry with " + reason)
			.satisfies((ex) -> assertThat(ex.getAction()).startsWith(action));
	}

	@Test
	void policyWithoutRetriesIsRefused() {
		assertThatExceptionOfType(InvalidPostPhaseException.class).isThrownBy(() -> create("fast", settings(0)))
			.withMessageStartingWith("Method x has a @Retry, but is never retried.")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("early-response.retry.max-retries"));
	}

	static class Works {

		@PostPhase
		void unset() {
		}

		@PostPhase(retry = @Retry(maxRetries = 5))
		void often() {
		}

		@PostPhase(retry = @Retry(delay = "${delay}"))
		void fast() {
		}

		@PostPhase(retry = @Retry(maxRetries = 4, delay = "100", multiplier = 2, maxDelay = "PT0.5S", jitter = "0"))
		void full() {
		}

		@PostPhase(retry = @Retry(maxRetries = 0))
		void never() {
		}

		@PostPhase(retry = @Retry(giveUpAfter = "1d"))
		void limited() {
		}

		@PostPhase(retry = @Retry(maxRetries = 0, giveUpAfter = "1h"))
		void limitedLater() {
		}

		@PostPhase(retry = @Retry(giveUpAfter = "0s"))
		void shortLimit() {
		}

		@PostPhase(retry = @Retry(maxRetries = 0, delay = "2s"))
		void neverDelayed() {
		}

		@PostPhase(retry = @Retry(maxRetries = 0, includes = IOException.class))
		void neverSome() {
		}

		@PostPhase(retry = @Retry(includes = { IOException.class, UncheckedIOException.class },
				excludes = FileNotFoundException.class))
		void some() {
		}

		@PostPhase(retry = @Retry(maxRetries = -2))
		void negative() {
		}

		@PostPhase(retry = @Retry(delay = "soon"))
		void noDuration() {
		}

		@PostPhase(retry = @Retry(delay = "0s"))
		void zeroDelay() {
		}

		@PostPhase(retry = @Retry(maxDelay = "400d"))
		void longDelay() {
		}

		@PostPhase(retry = @Retry(jitter = "-1s"))
		void negativeJitter() {
		}

		@PostPhase(retry = @Retry(multiplier = 0.5))
		void shrinking() {
		}

		@PostPhase(retry = @Retry(maxDelay = "1s"))
		void crossed() {
		}

	}

}
