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

package io.github.earlyresponse.status;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.github.benmanes.caffeine.cache.Cache;
import io.github.earlyresponse.Delivery;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOperations;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for the {@link StatusStore}.
 */
class StatusStoreTests {

	private final Set<String> inFlight = ConcurrentHashMap.newKeySet();

	private StatusStore store(Duration keepFor, int keepAtMost) {
		PostPhaseOperations operations = mock(PostPhaseOperations.class);
		given(operations.find(anyString())).willAnswer((invocation) -> {
			String id = invocation.getArgument(0);
			return (this.inFlight.contains(id)) ? postPhase(id) : null;
		});
		Duration any = Duration.ofSeconds(1);
		return new StatusStore(
				new StatusSettings("/post-phases", keepFor, keepAtMost, false, false, any, any, any, any, 1),
				operations);
	}

	private static PostPhaseExecution postPhase(String id) {
		return new FinishedPostPhase(id, "work", Instant.now(), null, null, Instant.now(), 1, Delivery.SENT, null, null,
				false, PostPhaseOutcome.COMPLETED, null);
	}

	private void end(StatusStore store, int number) {
		String id = "id-" + number;
		this.inFlight.add(id);
		store.finished(new PostPhaseResult(postPhase(id), PostPhaseOutcome.COMPLETED, Duration.ZERO, null));
		this.inFlight.remove(id);
	}

	private static boolean knows(StatusStore store, int number) {
		return store.find("id-" + number) != null;
	}

	private static List<Object> ids(StatusStore store) {
		return List.copyOf((Collection<?>) ReflectionTestUtils.getField(store, "ids"));
	}

	private static int size(StatusStore store) {
		Map<?, ?> kept = ((Cache<?, ?>) ReflectionTestUtils.getField(store, "finished")).asMap();
		return kept.size();
	}

	@Test
	void eldestGoFirstHoweverOftenTheyAreAskedFor() {
		StatusStore store = store(Duration.ofMinutes(5), 10);
		for (int i = 0; i < 100; i++) {
			end(store, i);
			for (int asked = 0; asked < 20; asked++) {
				knows(store, Math.min(i, 5));
			}
		}
		assertThat(IntStream.range(0, 100).filter((number) -> knows(store, number))).containsExactly(90, 91, 92, 93, 94,
				95, 96, 97, 98, 99);
	}

	@Test
	void boundHoldsWhereTenThousandEndAtOnce() throws Exception {
		StatusStore store = store(Duration.ofMinutes(5), 100);
		int threads = 8;
		ExecutorService ends = Executors.newFixedThreadPool(threads);
		CountDownLatch ready = new CountDownLatch(threads);
		for (int thread = 0; thread < threads; thread++) {
			int first = thread * 1250;
			ends.execute(() -> {
				ready.countDown();
				try {
					ready.await();
				}
				catch (InterruptedException ex) {
					throw new IllegalStateException(ex);
				}
				IntStream.range(first, first + 1250).forEach((number) -> end(store, number));
			});
		}
		ends.shutdown();
		assertThat(ends.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		assertThat(size(store)).isEqualTo(100);
		assertThat(ids(store)).hasSize(100);
		end(store, 10_000);
		assertThat(knows(store, 10_000)).isTrue();
		assertThat(size(store)).isEqualTo(100);
	}

	@Test
	void nothingIsKeptOfWhatWasForgottenInTime() {
		StatusStore store = store(Duration.ofMillis(50), 100);
		IntStream.range(0, 10).forEach((number) -> end(store, number));
		await().until(() -> IntStream.range(0, 10).noneMatch((number) -> knows(store, number)));
		end(store, 10);
		assertThat(ids(store)).containsExactly("id-10");
	}

}
