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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.call.WaitingHandler;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rests of handlers, which run on the threads of the handlers and take the places of
 * threads of the executor.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class HandlerRunTests {

	private final EngineFixture fixture;

	private final List<String> order = new CopyOnWriteArrayList<>();

	private final ThreadKind kind;

	HandlerRunTests(ThreadKind kind) {
		this.kind = kind;
		this.fixture = EngineFixture.with(kind, 1);
	}

	@AfterEach
	void stop() {
		this.fixture.engine.stop();
	}

	private PostPhaseExecution submit(Handler handler) {
		return submit(handler, () -> () -> {
		});
	}

	private PostPhaseExecution submit(Handler handler, ContextCarrier.Context context) {
		PostPhaseExecution accepted = this.fixture.accept("rest");
		this.fixture.record(accepted, new PostPhaseWork.Remainder(handler, null), context, handler::withdraw);
		this.fixture.start(accepted);
		return accepted;
	}

	private Handler blocked(CountDownLatch started, CountDownLatch release) {
		return new Handler(() -> {
			started.countDown();
			EngineFixture.await(release);
		});
	}

	private CountDownLatch occupy() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.fixture.submit("first", (context) -> {
			started.countDown();
			EngineFixture.await(release);
			this.order.add("first");
		});
		EngineFixture.await(started);
		return release;
	}

	@Test
	void runsOnTheThreadOfTheHandlerWhichListenersSee() {
		List<Thread> threads = new CopyOnWriteArrayList<>();
		this.fixture.listeners(new PostPhaseListener() {

			@Override
			public void started(PostPhaseExecution postPhase) {
				threads.add(Thread.currentThread());
			}

		}).start();
		Handler handler = new Handler(() -> threads.add(Thread.currentThread()));
		assertThat(this.fixture.result(submit(handler)).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(threads).containsExactly(handler.thread, handler.thread);
		this.fixture.awaitBalance();
	}

	@Test
	void whatItThrowsIsItsFailure() {
		this.fixture.start();
		IllegalStateException failure = new IllegalStateException("expected");
		PostPhaseExecution rest = submit(new Handler(() -> {
			throw failure;
		}));
		assertThat(this.fixture.result(rest).outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(this.fixture.told(rest).failure()).isSameAs(failure);
		this.fixture.awaitBalance();
	}

	@Test
	void doesNotRunIfItsContextCannotBeOpened() {
		this.fixture.start();
		Handler handler = new Handler(() -> this.order.add("rest"));
		PostPhaseExecution rest = submit(handler, () -> {
			throw new IllegalStateException("expected");
		});
		assertThat(this.fixture.result(rest).outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(this.order).isEmpty();
		assertThat(this.fixture.run("next", (context) -> {
		}).outcome()).as("the place is free again").isEqualTo(PostPhaseOutcome.COMPLETED);
		this.fixture.awaitBalance();
	}

	@Test
	void takesThePlaceOfAnotherTask() throws Exception {
		this.fixture.start();
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		submit(blocked(started, release));
		EngineFixture.await(started);
		PostPhaseExecution other = this.fixture.submit("other", (context) -> {
		});
		Handler second = new Handler(() -> {
		});
		submit(second);
		await().until(() -> second.isWaiting());
		assertThat(other.state()).isEqualTo(State.QUEUED);
		assertThat(this.fixture.engine.queuedCount()).isEqualTo(2);
		release.countDown();
		this.fixture.awaitBalance();
	}

	@Test
	void waitsForAPlaceAndDoesNotOvertakeWhatIsQueued() throws Exception {
		this.fixture.start();
		CountDownLatch release = occupy();
		this.fixture.submit("second", (context) -> this.order.add("second"));
		PostPhaseExecution rest = submit(new Handler(() -> this.order.add("rest")));
		assertThat(rest.state()).isEqualTo(State.QUEUED);
		release.countDown();
		this.fixture.awaitBalance();
		// Virtual threads wait in the order in which they happen to begin
		assertThat(this.order).startsWith("first").hasSize(3).contains("second", "rest");
		if (this.kind == ThreadKind.PLATFORM) {
			assertThat(this.order).endsWith("rest");
		}
	}

	@Test
	void cancelledWhileItWaitsItNeitherRunsNorIsInterruptedNorCostsAPlace() throws Exception {
		this.fixture.start();
		CountDownLatch release = occupy();
		Handler handler = new Handler(() -> this.order.add("rest"));
		PostPhaseExecution rest = submit(handler);
		await().until(() -> handler.isWaiting());
		assertThat(this.fixture.engine.cancel(rest.id())).isTrue();
		handler.join();
		assertThat(handler.interrupted).isFalse();
		release.countDown();
		this.fixture.awaitBalance();
		assertThat(this.fixture.told(rest).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(this.order).containsExactly("first");
		this.fixture.run("next", (context) -> {
		});
	}

	@Test
	void cancelledBehindOthersItDoesNotRun() throws Exception {
		this.fixture.start();
		CountDownLatch release = occupy();
		this.fixture.submit("second", (context) -> this.order.add("second"));
		Handler handler = new Handler(() -> this.order.add("rest"));
		PostPhaseExecution rest = submit(handler);
		assertThat(this.fixture.engine.cancel(rest.id())).isTrue();
		handler.join();
		release.countDown();
		this.fixture.awaitBalance();
		assertThat(this.fixture.told(rest).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(this.order).containsExactly("first", "second");
	}

	@Test
	void interruptWhileItWaitsIsLeftToTheRest() throws Exception {
		this.fixture.start();
		CountDownLatch release = occupy();
		AtomicInteger interrupted = new AtomicInteger();
		Handler handler = new Handler(() -> interrupted.addAndGet((Thread.interrupted()) ? 1 : 0));
		submit(handler);
		await().until(() -> handler.isWaiting());
		handler.thread.interrupt();
		release.countDown();
		this.fixture.awaitBalance();
		assertThat(interrupted).hasValue(1);
	}

	@Test
	void timeLimitBeginsWithTheRestAndInterruptsTheThreadOfTheHandler() throws Exception {
		this.fixture.timeout(Duration.ofMillis(50)).start();
		Handler handler = new Handler(() -> new CountDownLatch(1).await());
		assertThat(this.fixture.result(submit(handler)).outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
		handler.join();
		assertThat(handler.interrupted).isFalse();
		this.fixture.awaitBalance();
	}

	@Test
	void shutdownAbandonsTheOneThatWaitsAndInterruptsTheOneThatRuns() throws Exception {
		this.fixture.shutdownTimeout(Duration.ofMillis(100)).start();
		CountDownLatch started = new CountDownLatch(1);
		Handler running = blocked(started, new CountDownLatch(1));
		submit(running);
		EngineFixture.await(started);
		Handler waiting = new Handler(() -> this.order.add("rest"));
		submit(waiting);
		await().until(() -> waiting.isWaiting());
		this.fixture.engine.stop();
		running.join();
		waiting.join();
		assertThat(this.order).isEmpty();
		assertThat(this.fixture.listener.outcomes()).containsOnly(PostPhaseOutcome.ABANDONED).hasSize(2);
		this.fixture.awaitBalance();
	}

	@Test
	void shutdownFromWithinDoesNotWaitForIt() throws Exception {
		this.fixture.start();
		Handler handler = new Handler(() -> {
			this.fixture.engine.stop();
			this.order.add("stopped");
		});
		submit(handler);
		handler.join();
		assertThat(this.order).containsExactly("stopped");
		assertThat(this.fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void noMoreThanAllowedRunAtOnceAndNoPlaceIsLostWhenTheyAreCancelled() throws Exception {
		this.fixture.capacity(1000).start();
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		ExecutorService clients = Executors.newFixedThreadPool(3);
		CyclicBarrier together = new CyclicBarrier(3);
		for (int client = 0; client < 3; client++) {
			int kind = client;
			clients.submit(() -> {
				together.await();
				for (int i = 0; i < 200; i++) {
					Runnable work = () -> {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						running.decrementAndGet();
					};
					if (kind == 0) {
						this.fixture.submit("other", (context) -> work.run());
					}
					else {
						PostPhaseExecution rest = submit(new Handler(work::run));
						if (kind == 1) {
							this.fixture.engine.cancel(rest.id());
						}
					}
				}
				return null;
			});
		}
		clients.shutdown();
		assertThat(clients.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
		this.fixture.awaitBalance();
		assertThat(most).hasValue(1);
		this.fixture.run("next", (context) -> {
		});
	}

	/**
	 * A handler that has sent its response, on a thread of its own.
	 */
	private static final class Handler implements WaitingHandler {

		private final Rest rest;

		private final CountDownLatch resumed = new CountDownLatch(1);

		private final Thread thread = new Thread(this::call, "handler");

		private volatile @Nullable Run run;

		private volatile boolean interrupted;

		Handler(Rest rest) {
			this.rest = rest;
			this.thread.setDaemon(true);
			this.thread.start();
		}

		private void call() {
			EngineFixture.awaitUninterruptibly(this.resumed);
			Run run = this.run;
			PostPhaseContext context = (run != null) ? run.begin() : null;
			if (run != null && context != null) {
				Throwable failure = null;
				try {
					this.rest.run();
				}
				catch (Throwable ex) {
					failure = ex;
				}
				run.end(failure);
			}
			this.interrupted = Thread.currentThread().isInterrupted();
		}

		@Override
		public void resume(Run run) {
			this.run = run;
			this.resumed.countDown();
		}

		@Override
		public void resumeAndWait(Run run) {
			throw new UnsupportedOperationException();
		}

		/** Its rest does not run. */
		void withdraw() {
			this.resumed.countDown();
		}

		/** Whether it waits for a place. */
		boolean isWaiting() {
			return this.resumed.getCount() == 0 && this.thread.getState() == Thread.State.WAITING;
		}

		void join() throws InterruptedException {
			this.thread.join(TimeUnit.SECONDS.toMillis(30));
			assertThat(this.thread.isAlive()).isFalse();
		}

	}

	@FunctionalInterface
	private interface Rest {

		void run() throws Exception;

	}

}
