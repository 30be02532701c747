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

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import io.github.earlyresponse.PostPhaseProgress;
import jakarta.servlet.AsyncEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EventStream}.
 */
class EventStreamTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private final ExecutorService others = Executors.newCachedThreadPool();

	private final TestContainer container = new TestContainer();

	private final AtomicLong clock = new AtomicLong();

	private final Owner owner = new Owner();

	private final EventStream stream = new EventStream("id", false, List.of(new JacksonJsonHttpMessageConverter()),
			this.owner, TIMEOUT, this.container.connection(), this.clock::get);

	private volatile @Nullable PostPhaseStatus status = status(0, null);

	@AfterEach
	void close() {
		this.others.shutdownNow();
		assertThat(this.container.mistakes()).as("use of a response that has ended").isEmpty();
	}

	private static PostPhaseStatus status(int done, @Nullable String outcome) {
		return new PostPhaseStatus("id", "work", (outcome != null) ? "finished" : "running",
				new PostPhaseProgress(done, 0, null), 1, null, Instant.EPOCH, null, null, null, outcome, "sent", null);
	}

	private void tick() {
		StatusEvent event = this.owner.event("id");
		this.stream.tick((id) -> event);
	}

	private StatusEvent event(int done) {
		return new StatusEvent(status(done, null));
	}

	/**
	 * The numbers that the client was sent, and its comments.
	 */
	private List<String> sent() {
		return this.container.body()
			.lines()
			.filter((line) -> line.startsWith("data: ") || line.startsWith(":"))
			.map((line) -> line.replaceFirst(".*\"done\":(\\d+).*", "$1"))
			.toList();
	}

	private Future<?> onAnotherThread(Step step) {
		return this.others.submit(() -> {
			step.run();
			return null;
		});
	}

	private static void join(Future<?> future) throws Exception {
		future.get(30, TimeUnit.SECONDS);
	}

	@Test
	void isOpenedByTheContainerAndWritesEachChangeOnce() {
		this.stream.onWritePossible();
		tick();
		this.status = status(1, null);
		tick();
		tick();
		assertThat(sent()).containsExactly("0", "1");
		assertThat(this.owner.events).containsExactly("opened");
		this.status = status(2, "completed");
		tick();
		assertThat(sent()).containsExactly("0", "1", "2");
		assertThat(this.owner.events).containsExactly("opened", "closed");
		assertThat(this.container.isCompleted()).isTrue();
		tick();
	}

	@Test
	void postPhaseThatIsNotKeptEndsIt() {
		this.status = null;
		this.stream.onWritePossible();
		assertThat(sent()).containsExactly(":");
		assertThat(this.container.isCompleted()).isTrue();
	}

	@Test
	void changesDuringACallOfTheContainerWaitForTheNextTick() {
		this.owner.changing = true;
		this.stream.onWritePossible();
		assertThat(sent()).containsExactly("1");
		tick();
		assertThat(sent().get(1)).isEqualTo("2");
	}

	@Test
	void tickDoesNotWaitForAWriteAndWhatItMissesComesNext() throws Exception {
		CountDownLatch goOn = this.container.hold();
		Future<?> writing = onAnotherThread(this.stream::onWritePossible);
		this.container.awaitWrite();
		this.status = status(1, null);
		tick();
		assertThat(sent()).isEmpty();
		goOn.countDown();
		join(writing);
		assertThat(sent()).containsExactly("0");
		tick();
		assertThat(sent()).containsExactly("0", "1");
	}

	@Test
	void twoThatSeeDifferentChangesBothWriteTheirs() throws Exception {
		this.stream.onWritePossible();
		this.stream.tick((id) -> {
			StatusEvent older = event(1);
			this.stream.tick((same) -> event(2));
			return older;
		});
		assertThat(sent()).containsExactly("0", "2", "1");
		this.stream.tick((id) -> event(2));
		assertThat(sent()).endsWith("2");
	}

	@Test
	void containerThatEndsTheResponseDuringAWriteWaitsForIt() throws Exception {
		CountDownLatch goOn = this.container.hold();
		Future<?> writing = onAnotherThread(this.stream::onWritePossible);
		this.container.awaitWrite();
		Future<?> ending = endOnAnotherThread(() -> this.container.end(this.stream));
		goOn.countDown();
		join(writing);
		join(ending);
		assertThat(this.owner.events).containsExactly("opened", "closed");
		tick();
		this.stream.end();
	}

	@Test
	void shutdownDuringAWriteWaitsForItAndCompletesTheResponse() throws Exception {
		CountDownLatch goOn = this.container.hold();
		Future<?> writing = onAnotherThread(this.stream::onWritePossible);
		this.container.awaitWrite();
		Future<?> ending = endOnAnotherThread(this.stream::end);
		goOn.countDown();
		join(writing);
		join(ending);
		assertThat(sent()).containsExactly("0");
		assertThat(this.owner.events).containsExactly("opened", "closed");
		assertThat(this.container.isCompleted()).isTrue();
		assertThat(this.container.aborts()).isZero();
	}

	/**
	 * Returns when it waits for the write.
	 */
	private Future<?> endOnAnotherThread(Step step) {
		List<Thread> thread = Collections.synchronizedList(new ArrayList<>());
		Future<?> ending = onAnotherThread(() -> {
			thread.add(Thread.currentThread());
			step.run();
		});
		await().until(() -> !thread.isEmpty() && thread.get(0).getState() == Thread.State.WAITING);
		assertThat(ending).isNotDone();
		return ending;
	}

	@Test
	void shutdownDropsAClientThatDoesNotRead() {
		this.stream.onWritePossible();
		this.container.reading(false);
		this.stream.end();
		assertThat(this.container.aborts()).isOne();
		assertThat(this.owner.events).containsExactly("opened", "closed");
	}

	@Test
	void clientThatDoesNotReadIsDroppedAfterTheTimeout() {
		this.stream.onWritePossible();
		this.container.reading(false);
		tick();
		advance(TIMEOUT);
		tick();
		assertThat(this.container.aborts()).isZero();
		advance(Duration.ofNanos(1));
		tick();
		assertThat(this.container.aborts()).isOne();
		assertThat(this.owner.events).containsExactly("opened", "closed");
	}

	@Test
	void clientThatReadsInTimeIsNotDropped() {
		this.stream.onWritePossible();
		for (int i = 1; i <= 3; i++) {
			this.status = status(i, null);
			this.container.reading(false);
			tick();
			advance(TIMEOUT);
			this.container.reading(true);
			this.stream.onWritePossible();
		}
		assertThat(sent()).containsExactly("0", "1", "2", "3");
		assertThat(this.container.aborts()).isZero();
	}

	@Test
	void commentIsWrittenWhereNothingHappensForTheTimeout() {
		this.stream.onWritePossible();
		advance(TIMEOUT);
		tick();
		assertThat(sent()).containsExactly("0");
		advance(Duration.ofNanos(1));
		tick();
		tick();
		assertThat(sent()).containsExactly("0", ":");
	}

	private void advance(Duration time) {
		this.clock.addAndGet(time.toNanos());
	}

	@Test
	void clientThatHasGoneIsDroppedOnceWhateverTheContainerTells() throws Exception {
		this.container.fail(new IOException("gone"));
		this.stream.onWritePossible();
		assertThat(this.container.aborts()).isOne();
		this.stream.onError(new IOException("gone"));
		this.stream.onComplete(new AsyncEvent(this.container.context));
		assertThat(this.owner.events).containsExactly("opened", "closed");
		assertThat(this.container.aborts()).isOne();
	}

	@Test
	void errorEndsIt() {
		this.stream.onWritePossible();
		this.owner.error = new StackOverflowError("expected");
		this.stream.tick(this.owner::event);
		assertThat(this.container.aborts()).isOne();
		assertThat(this.owner.events).containsExactly("opened", "closed");
	}

	static Stream<List<String>> orders() {
		return permutations(List.of("possible", "tick", "end", "error", "timeout", "complete"));
	}

	private static Stream<List<String>> permutations(List<String> steps) {
		if (steps.isEmpty()) {
			return Stream.of(List.of());
		}
		return steps.stream().flatMap((first) -> {
			List<String> rest = steps.stream().filter((step) -> !step.equals(first)).toList();
			return permutations(rest).map((order) -> Stream.concat(Stream.of(first), order.stream()).toList());
		});
	}

	/**
	 * Whatever comes first, it is closed once, and its response is not touched
	 * afterwards.
	 */
	@ParameterizedTest
	@MethodSource("orders")
	void isClosedOnceInEachOrder(List<String> order) throws Exception {
		Map<String, Step> steps = Map.of("possible", this.stream::onWritePossible, "tick", this::tick, "end",
				this.stream::end, "error", () -> this.stream.onError(new IOException("gone")), "timeout",
				() -> this.stream.onTimeout(new AsyncEvent(this.container.context)), "complete",
				() -> this.container.end(this.stream));
		for (String step : order) {
			steps.get(step).run();
		}
		assertThat(this.owner.events).as("told").endsWith("closed").containsOnlyOnce("closed");
		assertThat(this.owner.events.stream().filter("opened"::equals)).hasSizeLessThan(2);
		assertThat(sent()).hasSizeLessThan(2);
	}

	private interface Step {

		void run() throws Exception;

	}

	private final class Owner implements EventStream.Owner {

		private final List<String> events = Collections.synchronizedList(new ArrayList<>());

		private boolean changing;

		private @Nullable Error error;

		@Override
		public @Nullable StatusEvent event(String id) {
			if (this.error != null) {
				throw this.error;
			}
			PostPhaseStatus status = EventStreamTests.this.status;
			if (this.changing) {
				status = status((int) status.progress().done() + 1, null);
				EventStreamTests.this.status = status;
			}
			return (status != null) ? new StatusEvent(status) : null;
		}

		@Override
		public void opened(EventStream stream) {
			this.events.add("opened");
		}

		@Override
		public void closed(EventStream stream) {
			this.events.add("closed");
		}

	}

}
