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

package io.github.earlyresponse.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Saturation}.
 */
class SaturationTests {

	private static final TestPostPhase POST_PHASE = new TestPostPhase("1");

	private static void accept(Saturation saturation, int count) {
		for (int i = 0; i < count; i++) {
			saturation.accepted(POST_PHASE);
		}
	}

	private static void finish(Saturation saturation, int count) {
		for (int i = 0; i < count; i++) {
			saturation.finished(POST_PHASE.ended(PostPhaseOutcome.COMPLETED, null));
		}
	}

	@Test
	void endThatIsToldBeforeTheAcceptanceIsNoSaturation() {
		Saturation saturation = new Saturation(10, 0.5, 0.5);
		finish(saturation, 2);
		assertThat(saturation.isSaturated()).isFalse();
		saturation.rejected("work");
		assertThat(saturation.isSaturated()).isFalse();
		accept(saturation, 6);
		assertThat(saturation.isSaturated()).isFalse();
		accept(saturation, 1);
		assertThat(saturation.isSaturated()).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			# capacity | thresholds  | saturated from | until
			  100      | 0.95 | 0.8  | 95             | 80
			  1016     | 0.95 | 0.8  | 966            | 812
			  100      | 0.07 | 0.03 | 7              | 3
			  10       | 1    | 1    | 10             | 9
			  10       | 0.5  | 0.5  | 5              | 4
			  2        | 0.95 | 0.8  | 2              | 1
			  1        | 0.95 | 0.8  | 1              | 0
			  10       | 0.01 | 0.01 | 1              | 0
			""")
	void comesAtTheUpperLimitAndGoesAtTheLowerOne(int capacity, double saturationThreshold, double recoveryThreshold,
			int from, int until) {
		Saturation saturation = new Saturation(capacity, saturationThreshold, recoveryThreshold);
		accept(saturation, from - 1);
		assertThat(saturation.isSaturated()).isFalse();
		accept(saturation, 1);
		assertThat(saturation.isSaturated()).isTrue();
		finish(saturation, from - until - 1);
		assertThat(saturation.isSaturated()).isTrue();
		finish(saturation, 1);
		assertThat(saturation.isSaturated()).isFalse();
		accept(saturation, from - until - 1);
		assertThat(saturation.isSaturated()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whatIsHandedBackNoLongerCounts(HandBackReason reason) {
		Saturation saturation = new Saturation(2, 1, 0.5);
		accept(saturation, 2);
		assertThat(saturation.isSaturated()).isTrue();
		saturation.handedBack(POST_PHASE, reason);
		assertThat(saturation.isSaturated()).isFalse();
		accept(saturation, 1);
		assertThat(saturation.isSaturated()).isTrue();
	}

	@Test
	void whatIsTakenOverDoesNotCount() {
		PostPhaseExecution takenOver = ofUnknownResponse();
		Saturation saturation = new Saturation(2, 1, 0.5);
		saturation.takenOver(takenOver, Instant.now());
		accept(saturation, 1);
		assertThat(saturation.isSaturated()).isFalse();
		accept(saturation, 1);
		assertThat(saturation.isSaturated()).isTrue();
		for (HandBackReason reason : HandBackReason.values()) {
			saturation.handedBack(takenOver, reason);
		}
		for (PostPhaseOutcome outcome : EnumSet.complementOf(EnumSet.of(PostPhaseOutcome.SKIPPED))) {
			saturation.finished(new PostPhaseResult(takenOver, outcome, Duration.ZERO, null));
		}
		assertThat(saturation.isSaturated()).isTrue();
		finish(saturation, 1);
		assertThat(saturation.isSaturated()).isFalse();
	}

	@Test
	void whatIsSkippedBecauseOfAnUnknownResponseNoLongerCounts() {
		Saturation saturation = new Saturation(2, 1, 0.5);
		accept(saturation, 2);
		saturation.finished(new PostPhaseResult(ofUnknownResponse(), PostPhaseOutcome.SKIPPED, Duration.ZERO, null));
		assertThat(saturation.isSaturated()).isFalse();
	}

	private static PostPhaseExecution ofUnknownResponse() {
		PostPhaseExecution postPhase = mock();
		given(postPhase.delivery()).willReturn(Delivery.UNKNOWN);
		return postPhase;
	}

	@Test
	void comesWithRejectionAndGoesAtTheLowerLimit() {
		Saturation saturation = new Saturation(10, 1, 0.5);
		accept(saturation, 7);
		assertThat(saturation.isSaturated()).isFalse();
		saturation.rejected("pack");
		assertThat(saturation.isSaturated()).isTrue();
		finish(saturation, 1);
		assertThat(saturation.isSaturated()).isTrue();
		finish(saturation, 1);
		assertThat(saturation.isSaturated()).isFalse();
	}

	@Test
	void rejectionBelowTheLowerLimitDoesNotKeepAnIdleApplicationOut() {
		Saturation saturation = new Saturation(10, 1, 0.5);
		accept(saturation, 5);
		saturation.rejected("larger than the room");
		assertThat(saturation.isSaturated()).isFalse();
	}

	@Test
	void comesAndGoesWithManyThreads() throws Exception {
		int threads = 8;
		Saturation saturation = new Saturation(threads, 1, 0.5);
		CyclicBarrier barrier = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<?>> futures = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				boolean lower = i < threads / 2;
				futures.add(executor.submit(() -> {
					for (int round = 0; round < 2_000; round++) {
						accept(saturation, 1);
						barrier.await();
						assertThat(saturation.isSaturated()).isTrue();
						barrier.await();
						if (lower) {
							finish(saturation, 1);
						}
						barrier.await();
						assertThat(saturation.isSaturated()).isFalse();
						barrier.await();
						if (!lower) {
							finish(saturation, 1);
						}
						barrier.await();
					}
					return null;
				}));
			}
			for (Future<?> future : futures) {
				future.get(60, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

}
