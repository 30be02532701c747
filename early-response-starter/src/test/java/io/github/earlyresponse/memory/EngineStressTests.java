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

package io.github.earlyresponse.memory;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseRejectedException;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.testsupport.Reservations;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the {@link MemoryPostPhaseEngine} under many post-phases of many threads.
 */
class EngineStressTests {

	private static final int THREADS = 8;

	private static final int EACH = 1250;

	private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private final AtomicInteger running = new AtomicInteger();

	private final AtomicInteger mostRunning = new AtomicInteger();

	@AfterEach
	void shutDown() {
		this.callers.shutdownNow();
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void tenThousandPostPhasesOfManyThreadsEndOnceEach(ThreadKind kind) throws Exception {
		EngineFixture fixture = EngineFixture.with(kind, 4).capacity(THREADS * EACH).start();
		inParallel((number) -> submit(fixture, number));
		fixture.awaitBalance();
		Map<PostPhaseOutcome, Integer> count = new EnumMap<>(PostPhaseOutcome.class);
		for (PostPhaseResult result : fixture.listener.finished()) {
			count.merge(result.outcome(), 1, Integer::sum);
		}
		assertThat(fixture.listener.acceptedIds()).hasSize(THREADS * EACH).doesNotHaveDuplicates();
		assertThat(count).containsOnlyKeys(PostPhaseOutcome.COMPLETED, PostPhaseOutcome.FAILED,
				PostPhaseOutcome.CANCELLED, PostPhaseOutcome.SKIPPED, PostPhaseOutcome.TIMED_OUT);
		assertThat(count).containsEntry(PostPhaseOutcome.FAILED, THREADS * EACH / 50)
			.containsEntry(PostPhaseOutcome.TIMED_OUT, THREADS * EACH / 50)
			.containsEntry(PostPhaseOutcome.SKIPPED, THREADS * EACH / 50);
		assertThat(this.mostRunning).hasValueLessThanOrEqualTo(4);
		fixture.close();
		for (Thread thread : this.threads) {
			thread.join(TimeUnit.SECONDS.toMillis(30));
			assertThat(thread.isAlive()).as(thread + " is alive").isFalse();
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void eachOfTenThousandIsEitherAcceptedOrRejectedWhenRoomIsShort(ThreadKind kind) throws Exception {
		AtomicInteger rejected = new AtomicInteger();
		AtomicInteger ran = new AtomicInteger();
		try (EngineFixture fixture = EngineFixture.with(kind, 2).capacity(6).start()) {
			inParallel((number) -> {
				try {
					Reservation reservation = fixture.reserve(1, "a", "b");
					List<PostPhaseExecution> accepted = new ArrayList<>(
							List.of(reservation.named(0), reservation.named(1)));
					if (number % 2 == 0) {
						accepted.add(reservation.add("c", Reservations.NOTHING));
					}
					reservation.record(accepted.stream()
						.map((each) -> Reservations.record(each, (context) -> ran.incrementAndGet()))
						.toList());
					reservation.start(ResponseDelivery.SENT);
				}
				catch (PostPhaseRejectedException ex) {
					rejected.incrementAndGet();
				}
			});
			fixture.awaitBalance();
			assertThat(fixture.listener.rejected()).hasSize(rejected.get() * 2);
			assertThat(fixture.listener.acceptedIds()).hasSize(ran.get());
			assertThat(fixture.listener.outcomes()).containsOnly(PostPhaseOutcome.COMPLETED);
		}
	}

	@ParameterizedTest
	@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
	void stopInTheMiddleLosesNothing(ThreadKind kind) throws Exception {
		AtomicInteger rejected = new AtomicInteger();
		EngineFixture fixture = EngineFixture.with(kind, 2).capacity(500).shutdownTimeout(Duration.ofMillis(5)).start();
		AtomicInteger submitted = new AtomicInteger();
		List<Future<?>> callers = start((number) -> {
			try {
				PostPhaseExecution accepted = fixture.accept("work");
				LockSupport.parkNanos(1000);
				fixture.submit(accepted, (context) -> LockSupport.parkNanos(1000));
				submitted.incrementAndGet();
			}
			catch (PostPhaseRejectedException ex) {
				rejected.incrementAndGet();
			}
		});
		while (submitted.get() < 500) {
			Thread.onSpinWait();
		}
		fixture.engine.stop();
		await(callers);
		fixture.awaitBalance();
		assertThat(fixture.listener.outcomes()).isSubsetOf(PostPhaseOutcome.COMPLETED, PostPhaseOutcome.ABANDONED);
		assertThat(fixture.listener.finished()).hasSize(submitted.get());
		assertThat(submitted.get() + rejected.get()).isEqualTo(THREADS * EACH);
	}

	private void submit(EngineFixture fixture, int number) {
		PostPhaseExecution accepted = fixture.accept("work-" + number % 50);
		switch (number % 50) {
			case 0 -> fixture.submit(accepted, (context) -> {
				throw new IOException("expected", null);
			});
			case 1 -> fixture.skip(accepted);
			case 2 -> fixture.submit(accepted, (context) -> {
				context.restartTimeout(Duration.ofNanos(1000));
				while (!Thread.interrupted()) {
					LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
				}
			});
			case 3, 4, 5 -> {
				fixture.submit(accepted, this::work);
				fixture.engine.cancel(accepted.id());
			}
			case 6 -> {
				fixture.engine.cancel(accepted.id());
				fixture.submit(accepted, this::work);
			}
			default -> fixture.submit(accepted, this::work);
		}
	}

	private void work(PostPhaseContext context) {
		this.threads.add(Thread.currentThread());
		int now = this.running.incrementAndGet();
		this.mostRunning.accumulateAndGet(now, Math::max);
		Thread.yield();
		this.running.decrementAndGet();
	}

	private void inParallel(Call call) throws Exception {
		await(start(call));
	}

	private List<Future<?>> start(Call call) {
		List<Future<?>> futures = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			futures.add(this.callers.submit(() -> {
				for (int number = 0; number < EACH; number++) {
					call.accept(number);
				}
				return null;
			}));
		}
		return futures;
	}

	private static void await(List<Future<?>> futures) throws Exception {
		for (Future<?> future : futures) {
			future.get(60, TimeUnit.SECONDS);
		}
	}

	@FunctionalInterface
	private interface Call {

		void accept(int number) throws Exception;

	}

}
