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

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.earlyresponse.memory.PostPhaseExecutor.PreparedTask;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.task.TaskRejectedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link PostPhaseExecutor}.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class PostPhaseExecutorTests {

	private final ThreadKind kind;

	private final PostPhaseExecutor executor;

	PostPhaseExecutorTests(ThreadKind kind) {
		this.kind = kind;
		this.executor = kind.executor("executor-test-", 2);
	}

	@AfterEach
	void stop() {
		this.executor.stop();
	}

	@Test
	void refusesBeforeStart() {
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> execute(() -> {
		}));
	}

	@Test
	void refusesAfterStop() {
		this.executor.start();
		this.executor.stop();
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> execute(() -> {
		}));
	}

	@Test
	void refusesAfterStopWhatWasPreparedBefore() {
		this.executor.start();
		AtomicInteger ran = new AtomicInteger();
		PreparedTask task = this.executor.prepare(ran::incrementAndGet);
		this.executor.stop();
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(task::start);
		assertThat(ran).hasValue(0);
	}

	@Test
	void stoppingAgainTakesNoTime() {
		this.executor.start();
		this.executor.stop();
		long start = System.nanoTime();
		for (int i = 0; i < 5; i++) {
			this.executor.stop();
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
	}

	@Test
	void taskThatIsTakenBackNeitherRunsNorCostsAPlace() throws Exception {
		this.executor.start();
		CountDownLatch bothRun = new CountDownLatch(2);
		CountDownLatch release = new CountDownLatch(1);
		for (int i = 0; i < 2; i++) {
			execute(() -> {
				bothRun.countDown();
				EngineFixture.awaitUninterruptibly(release);
			});
		}
		EngineFixture.await(bothRun);
		AtomicInteger ran = new AtomicInteger();
		for (int i = 0; i < 100; i++) {
			execute(ran::incrementAndGet).cancel();
		}
		release.countDown();
		CyclicBarrier together = new CyclicBarrier(3);
		for (int i = 0; i < 2; i++) {
			execute(() -> await(together));
		}
		await(together);
		assertThat(ran).hasValue(0);
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await(30, TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void runsAsManyAtOnceAsAllowedAndTheOthersAfterwards() throws Exception {
		this.executor.start();
		CountDownLatch bothRun = new CountDownLatch(2);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(5);
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		for (int i = 0; i < 5; i++) {
			execute(() -> {
				most.accumulateAndGet(running.incrementAndGet(), Math::max);
				bothRun.countDown();
				EngineFixture.awaitUninterruptibly(release);
				running.decrementAndGet();
				done.countDown();
			});
		}
		EngineFixture.await(bothRun);
		assertThat(done.getCount()).isEqualTo(5);
		release.countDown();
		EngineFixture.await(done);
		assertThat(most).hasValue(2);
	}

	@Test
	void taskThatThrowsDoesNotCostItsPlace() throws Exception {
		this.executor.start();
		CountDownLatch done = new CountDownLatch(1);
		for (int i = 0; i < 4; i++) {
			execute(() -> {
				throw new IllegalStateException("expected");
			});
		}
		execute(done::countDown);
		EngineFixture.await(done);
	}

	@Test
	void nothingIsInheritedFromTheRequestThatMadeAThread() throws Exception {
		InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
		this.executor.start();
		inherited.set("first");
		Callable<@Nullable String> find = inherited::get;
		run(find);
		inherited.set("second");
		for (int i = 0; i < 3; i++) {
			assertThat(run(find)).isNull();
		}
	}

	@Test
	void threadsHaveTheClassLoaderOfTheApplicationAndNothingElseOfTheirMaker() throws Exception {
		ClassLoader ofTests = Thread.currentThread().getContextClassLoader();
		ClassLoader application = new URLClassLoader(new URL[0], ofTests);
		Thread.currentThread().setContextClassLoader(application);
		try {
			this.executor.start();
		}
		finally {
			Thread.currentThread().setContextClassLoader(ofTests);
		}
		FutureTask<Thread> first = new FutureTask<>(() -> run(Thread::currentThread));
		Thread maker = new Thread(first);
		maker.setPriority(Thread.MIN_PRIORITY);
		maker.start();
		Thread thread = first.get(30, TimeUnit.SECONDS);
		assertThat(thread.getPriority()).isEqualTo(Thread.NORM_PRIORITY);
		if (ThreadKind.of(thread) == ThreadKind.PLATFORM) {
			assertThat(thread.isDaemon()).as("keeps the process alive no longer than the shutdown waits").isTrue();
			assertThat(thread.getContextClassLoader()).isSameAs(application);
		}
	}

	@Test
	void taskThatIsTakenBackBeforeItIsStartedDoesNotRun() throws Exception {
		assumeThat(this.kind).as("a pool cannot know").isEqualTo(ThreadKind.VIRTUAL);
		this.executor.start();
		AtomicInteger ran = new AtomicInteger();
		PreparedTask task = this.executor.prepare(ran::incrementAndGet);
		task.cancel();
		task.start();
		this.executor.stop();
		assertThat(ran).hasValue(0);
	}

	private PreparedTask execute(Runnable task) {
		PreparedTask prepared = this.executor.prepare(task);
		prepared.start();
		return prepared;
	}

	private <T extends @Nullable Object> T run(Callable<T> callable) throws Exception {
		FutureTask<T> task = new FutureTask<>(callable);
		execute(task);
		return task.get(30, TimeUnit.SECONDS);
	}

	@Test
	void isNoExecutorThatCouldBeTakenForOneOfTheApplications() {
		assertThat(this.executor).isNotInstanceOf(Executor.class);
	}

}
