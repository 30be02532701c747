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

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for post-phases that run on the thread that submits them: with a refusing
 * executor, or where there was no room.
 */
@ExtendWith(OutputCaptureExtension.class)
class InlineExecutionTests {

	private final AtomicReference<Thread> ranOn = new AtomicReference<>();

	@AfterEach
	void threadIsClean() {
		assertThat(Thread.interrupted()).as("interrupt flag").isFalse();
	}

	@Test
	void runsOnCallerWhenExecutorRefuses(CapturedOutput output) {
		PostPhaseExecutor refusing = PostPhaseExecutors.of((task) -> {
			throw new RejectedExecutionException("full");
		});
		try (EngineFixture fixture = EngineFixture.with(refusing).start()) {
			PostPhaseResult result = fixture.run("work", (context) -> this.ranOn.set(Thread.currentThread()));
			assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(this.ranOn).hasValue(Thread.currentThread());
			assertThat(output)
				.contains("Post-phase 'work' (" + result.postPhase().id() + ") was rejected by its executor")
				.doesNotContain("	at ");
		}
	}

	@Test
	void executorOfTheCallerIsNamedOnce(CapturedOutput output) {
		try (EngineFixture fixture = EngineFixture.with(PostPhaseExecutors.of("reports", Runnable::run)).start()) {
			for (int i = 0; i < 2; i++) {
				assertThat(fixture.run("work", (context) -> {
				}).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			}
			assertThat(output).containsOnlyOnce("'reports' runs a post-phase on the request thread");
		}
	}

	@Test
	void executorThatKeepsTheCallerWaitingIsNamedOnce(CapturedOutput output) {
		CountDownLatch never = new CountDownLatch(1);
		PostPhaseExecutor throttling = PostPhaseExecutors.of("reports", (task) -> {
			try {
				never.await(1200, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			new Thread(task).start();
		});
		try (EngineFixture fixture = EngineFixture.with(throttling).start()) {
			assertThat(fixture.run("work", (context) -> this.ranOn.set(Thread.currentThread())).outcome())
				.isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(this.ranOn.get()).isNotEqualTo(Thread.currentThread());
			assertThat(output).containsOnlyOnce("'reports' has kept the request thread for 1");
		}
	}

	@Test
	void executorThatInterruptsTheCallerLeavesItUninterrupted() {
		PostPhaseExecutor interrupting = PostPhaseExecutors.of("reports", (task) -> {
			new Thread(task).start();
			Thread.currentThread().interrupt();
		});
		try (EngineFixture fixture = EngineFixture.with(interrupting).start()) {
			PostPhaseExecution submitted = fixture.submit("work", (context) -> {
			});
			assertThat(Thread.interrupted()).as("interrupt flag").isFalse();
			assertThat(fixture.result(submitted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void executorThatInterruptsTheCallerAndRefusesLeavesItUninterrupted() {
		PostPhaseExecutor interrupting = PostPhaseExecutors.of("reports", (task) -> {
			Thread.currentThread().interrupt();
			throw new RejectedExecutionException("interrupted while waiting for a place");
		});
		try (EngineFixture fixture = EngineFixture.with(interrupting).start()) {
			PostPhaseExecution submitted = fixture.submit("work",
					(context) -> assertThat(Thread.currentThread().isInterrupted()).isFalse());
			assertThat(Thread.interrupted()).as("interrupt flag").isFalse();
			assertThat(fixture.result(submitted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void executorWithThreadsIsNotNamedAlsoWhenItsOwnThreadSubmits(CapturedOutput output) throws Exception {
		ExecutorService pool = Executors.newSingleThreadExecutor();
		try (EngineFixture fixture = EngineFixture.with(PostPhaseExecutors.of("reports", pool)).start()) {
			PostPhaseExecution first = pool.submit(() -> fixture.submit("work", (context) -> {
			})).get();
			assertThat(fixture.result(first).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(output).doesNotContain("'reports'");
		}
		finally {
			pool.shutdownNow();
		}
	}

	@Test
	void executorThatRejectsAtItsLimitEndsEachPostPhase() {
		SimpleAsyncTaskExecutor limited = new SimpleAsyncTaskExecutor();
		limited.setConcurrencyLimit(1);
		limited.setRejectTasksWhenLimitReached(true);
		try (EngineFixture fixture = EngineFixture.with(PostPhaseExecutors.of("reports", limited)).start()) {
			CountDownLatch release = new CountDownLatch(1);
			PostPhaseExecution first = fixture.submit("first", (context) -> release.await());
			PostPhaseExecution second = fixture.submit("second", (context) -> this.ranOn.set(Thread.currentThread()));
			assertThat(fixture.told(second).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(this.ranOn).hasValue(Thread.currentThread());
			release.countDown();
			assertThat(fixture.result(first).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void callerKeepsItsNameAndClassLoader() {
		String name = Thread.currentThread().getName();
		ClassLoader classLoader = Thread.currentThread().getContextClassLoader();
		try (EngineFixture fixture = EngineFixture.inline().start()) {
			fixture.run("work", (context) -> {
				Thread.currentThread().setName("of the post-phase");
				Thread.currentThread().setContextClassLoader(null);
			});
			assertThat(Thread.currentThread().getName()).isEqualTo(name);
			assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(classLoader);
		}
	}

	@Test
	void runsOnCallerWhenExecutorHasNoThreads() {
		PostPhaseExecutor exhausted = PostPhaseExecutors.of((task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		});
		try (EngineFixture fixture = EngineFixture.with(exhausted).start()) {
			assertThat(fixture.run("work", (context) -> {
			}).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void runsOnceWhenExecutorRunsTaskAndThenRefusesIt() {
		PostPhaseExecutor confused = PostPhaseExecutors.of((task) -> {
			task.run();
			throw new RejectedExecutionException("full");
		});
		try (EngineFixture fixture = EngineFixture.with(confused).start()) {
			fixture.run("work", (context) -> assertThat(this.ranOn.getAndSet(Thread.currentThread())).isNull());
			assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void executorThatRunsTaskTwiceRunsWorkOnce() {
		PostPhaseExecutor twice = PostPhaseExecutors.of((task) -> {
			task.run();
			task.run();
		});
		try (EngineFixture fixture = EngineFixture.with(twice).start()) {
			fixture.run("work", (context) -> assertThat(this.ranOn.getAndSet(Thread.currentThread())).isNull());
			assertThat(fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
		}
	}

	@Test
	void callerRunsWhatHasNoRoomAndGivesNoRoomBackForIt() {
		try (EngineFixture fixture = EngineFixture.with(PostPhaseExecutors.of((task) -> {
			throw new AssertionError("must not be asked");
		})).capacity(1).callerRuns().start()) {
			PostPhaseExecution reserved = fixture.accept("reserved");
			PostPhaseExecution onCaller = fixture.accept("on-caller");
			assertThat(fixture.freeRoom()).isZero();
			fixture.submit(onCaller, (context) -> this.ranOn.set(Thread.currentThread()));
			assertThat(this.ranOn).hasValue(Thread.currentThread());
			assertThat(fixture.told(onCaller).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
			assertThat(fixture.freeRoom()).isZero();
			fixture.skip(reserved);
			assertThat(fixture.freeRoom()).isEqualTo(1);
			assertThat(fixture.listener.rejected()).isEmpty();
		}
	}

	@Test
	void callerSurvivesWhateverWorkAndListenersThrow() {
		PostPhaseListener throwing = new PostPhaseListener() {

			@Override
			public void finished(PostPhaseResult result) {
				throw new AssertionError("expected");
			}

		};
		try (EngineFixture fixture = EngineFixture.inline().capacity(1).callerRuns().listeners(throwing).start()) {
			PostPhaseExecution reserved = fixture.accept("reserved");
			PostPhaseResult result = fixture.told(fixture.submit("on-caller", (context) -> {
				throw new Error("expected");
			}));
			assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
			fixture.skip(reserved);
		}
	}

	@Test
	void cancelledOneThatRunsOnCallerLeavesItUninterrupted() {
		try (EngineFixture fixture = EngineFixture.inline().start()) {
			PostPhaseResult result = fixture.run("work",
					(context) -> assertThat(fixture.engine.cancel(context.id())).isTrue());
			assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}
	}

}
