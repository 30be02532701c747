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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.call.RetrySettings;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.engine.Reservation;
import io.github.earlyresponse.engine.ReservationRequest;
import io.github.earlyresponse.engine.ResponseDelivery;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.PostPhaseRunner;
import io.github.earlyresponse.run.RunnerSettings;
import io.github.earlyresponse.testsupport.RecordingListener;
import io.github.earlyresponse.testsupport.ThreadKind;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An engine whose account is checked when it is closed.
 */
final class EngineFixture implements AutoCloseable {

	static final String PREFIX = "engine-test-";

	static final Duration LONG = Duration.ofSeconds(30);

	final RecordingListener listener = new RecordingListener();

	MemoryPostPhaseEngine engine;

	private PostPhaseExecutor executor;

	private int capacity = 100;

	private WhenSaturated whenSaturated = WhenSaturated.REJECT;

	private Duration timeout = Duration.ZERO;

	private Duration shutdownTimeout = LONG;

	private List<PostPhaseListener> others = List.of();

	private RetryPolicy retryPolicy = RetrySettings.NONE.policy();

	private int maxDeferrals = 100;

	private final Map<PostPhaseExecution, Reservation> reservations = new ConcurrentHashMap<>();

	private EngineFixture(PostPhaseExecutor executor) {
		this.executor = executor;
	}

	static EngineFixture with(ThreadKind kind, int maxConcurrency) {
		return new EngineFixture(kind.executor(PREFIX, maxConcurrency));
	}

	static EngineFixture with(PostPhaseExecutor executor) {
		return new EngineFixture(executor);
	}

	/**
	 * Post-phases run on the thread that submits them.
	 */
	static EngineFixture inline() {
		return new EngineFixture(PostPhaseExecutors.of(Runnable::run));
	}

	EngineFixture capacity(int capacity) {
		this.capacity = capacity;
		return this;
	}

	EngineFixture callerRuns() {
		this.whenSaturated = WhenSaturated.CALLER_RUNS;
		return this;
	}

	EngineFixture timeout(Duration timeout) {
		this.timeout = timeout;
		return this;
	}

	EngineFixture shutdownTimeout(Duration shutdownTimeout) {
		this.shutdownTimeout = shutdownTimeout;
		return this;
	}

	/**
	 * Listeners that come before the recording one.
	 */
	EngineFixture listeners(PostPhaseListener... listeners) {
		this.others = List.of(listeners);
		return this;
	}

	/**
	 * The retry policy of post-phases without one.
	 */
	EngineFixture retry(RetryPolicy retryPolicy) {
		this.retryPolicy = retryPolicy;
		return this;
	}

	EngineFixture maxDeferrals(int maxDeferrals) {
		this.maxDeferrals = maxDeferrals;
		return this;
	}

	EngineFixture create() {
		MemoryEngineSettings settings = new MemoryEngineSettings(this.capacity, this.whenSaturated,
				Duration.ofSeconds(1), this.shutdownTimeout);
		this.engine = new MemoryPostPhaseEngine(settings, this.executor,
				new PostPhaseRunner(new RunnerSettings(this.timeout, this.retryPolicy, this.maxDeferrals),
						() -> Stream.concat(this.others.stream(), Stream.of(this.listener)), PostPhaseObserver::none));
		return this;
	}

	EngineFixture start() {
		create();
		this.engine.start();
		return this;
	}

	Reservation reserve(int spare, String... names) {
		return this.engine.reserve(new ReservationRequest(List.of(names), spare, "Controller.handler"));
	}

	PostPhaseExecution accept(String name) {
		Reservation reservation = reserve(0, name);
		PostPhaseExecution accepted = reservation.named(0);
		this.reservations.put(accepted, reservation);
		return accepted;
	}

	PostPhaseExecution submit(String name, PostPhaseTask task) {
		return submit(accept(name), task);
	}

	PostPhaseExecution submit(PostPhaseExecution accepted, PostPhaseTask task) {
		return submit(accepted, new PostPhaseWork.Task(task), () -> () -> {
		});
	}

	PostPhaseExecution submit(PostPhaseExecution accepted, PostPhaseTask task, ContextCarrier.Context context) {
		return submit(accepted, new PostPhaseWork.Task(task), context);
	}

	PostPhaseExecution submit(PostPhaseExecution accepted, PostPhaseWork work, ContextCarrier.Context context) {
		record(accepted, work, context, () -> {
		});
		start(accepted);
		return accepted;
	}

	void record(PostPhaseExecution accepted, PostPhaseWork work, ContextCarrier.Context context, Runnable release) {
		reservation(accepted).record(List.of(new PostPhaseRecord(accepted, work, context, null, null, release)));
	}

	void start(PostPhaseExecution accepted) {
		start(accepted, ResponseDelivery.SENT);
	}

	void start(PostPhaseExecution accepted, ResponseDelivery delivery) {
		reservation(accepted).start(delivery);
	}

	void skip(PostPhaseExecution accepted, ResponseDelivery delivery) {
		reservation(accepted).skip(delivery);
	}

	void skip(PostPhaseExecution accepted) {
		skip(accepted, ResponseDelivery.SENT);
	}

	private Reservation reservation(PostPhaseExecution accepted) {
		return Objects.requireNonNull(this.reservations.get(accepted), () -> accepted + " is of another fixture");
	}

	PostPhaseResult run(String name, PostPhaseTask task) {
		return result(submit(name, task));
	}

	/**
	 * Waits until nothing is in flight and gives the result of one post-phase.
	 */
	PostPhaseResult result(PostPhaseExecution accepted) {
		awaitIdle();
		return told(accepted);
	}

	/**
	 * What the listener was told so far.
	 */
	PostPhaseResult told(PostPhaseExecution accepted) {
		List<PostPhaseResult> results = this.listener.finished()
			.stream()
			.filter((result) -> result.postPhase().id().equals(accepted.id()))
			.toList();
		assertThat(results).as("results of " + accepted).hasSize(1);
		return results.get(0);
	}

	int freeRoom() {
		Object ledger = ReflectionTestUtils.getField(this.engine, "ledger");
		return ((Semaphore) ReflectionTestUtils.getField(ledger, "permits")).availablePermits();
	}

	void awaitIdle() {
		try {
			assertThat(this.engine.awaitIdle(LONG)).as("idle").isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	void awaitBalance() {
		awaitIdle();
		assertThat(this.listener.finishedIds()).as("each accepted has exactly one outcome")
			.containsExactlyInAnyOrderElementsOf(this.listener.acceptedIds());
		assertThat(freeRoom()).as("all room is back").isEqualTo(this.capacity);
		assertThat(this.engine.inFlight()).isEmpty();
		assertThat(this.engine.inFlightCount()).isZero();
		assertThat(this.engine.queuedCount()).isZero();
	}

	@Override
	public void close() {
		try {
			awaitBalance();
		}
		finally {
			this.engine.stop();
		}
	}

	static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(30, TimeUnit.SECONDS)).as("latch").isTrue();
	}

	/**
	 * Waits without an answer to interrupts.
	 */
	static void awaitUninterruptibly(CountDownLatch latch) {
		boolean done = false;
		while (!done) {
			try {
				await(latch);
				done = true;
			}
			catch (InterruptedException ex) {
				// Goes on waiting
			}
		}
	}

	static void spin(long nanos) {
		long end = System.nanoTime() + nanos;
		while (System.nanoTime() < end) {
			Thread.onSpinWait();
		}
	}

}
