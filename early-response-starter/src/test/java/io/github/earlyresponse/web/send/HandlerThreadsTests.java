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

package io.github.earlyresponse.web.send;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import org.springframework.core.task.TaskRejectedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HandlerThreads}.
 */
class HandlerThreadsTests {

	private static final InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();

	private final HandlerThreads threads = new HandlerThreads("handler-", false);

	@AfterEach
	void close() {
		inherited.remove();
		this.threads.close();
	}

	@Test
	void aThreadIsUsedAgain() throws Exception {
		Thread first = run(Thread::currentThread);
		assertThat(first.getName()).startsWith("handler-");
		assertThat(first.isDaemon()).isTrue();
		awaitIdle(first);
		assertThat(run(Thread::currentThread)).isSameAs(first);
	}

	@Test
	void noneWaitsForAnother() throws Exception {
		CountDownLatch all = new CountDownLatch(200);
		for (int i = 0; i < 200; i++) {
			this.threads.execute(() -> {
				all.countDown();
				try {
					all.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
		}
		assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void theNextFindsItsThreadAsItWas() throws Exception {
		String name = run(() -> {
			String before = Thread.currentThread().getName();
			Thread.currentThread().setName("of the first");
			Thread.currentThread().setContextClassLoader(null);
			return before;
		});
		assertThat(name).startsWith("handler-");
		await().until(() -> name.equals(run(() -> Thread.currentThread().getName())));
		assertThat(run(() -> Thread.currentThread().getContextClassLoader())).isNotNull();
	}

	@Test
	void theNextIsNotInterrupted() throws Exception {
		Thread first = run(() -> {
			Thread.currentThread().interrupt();
			return Thread.currentThread();
		});
		awaitIdle(first);
		assertThat(run(() -> Thread.currentThread() == first && !Thread.currentThread().isInterrupted())).isTrue();
	}

	@Test
	void nothingIsInheritedFromARequest() throws Exception {
		inherited.set("of the first request");
		assertThat(run(inherited::get)).isNull();
	}

	@Test
	void theyHaveTheClassLoaderOfTheApplication() throws Exception {
		ClassLoader ofTests = Thread.currentThread().getContextClassLoader();
		ClassLoader application = new URLClassLoader(new URL[0], ofTests);
		Thread.currentThread().setContextClassLoader(application);
		try (HandlerThreads threads = new HandlerThreads("handler-", false)) {
			Thread.currentThread().setContextClassLoader(ofTests);
			FutureTask<ClassLoader> task = new FutureTask<>(() -> Thread.currentThread().getContextClassLoader());
			threads.execute(task);
			assertThat(task.get(30, TimeUnit.SECONDS)).isSameAs(application);
		}
		finally {
			Thread.currentThread().setContextClassLoader(ofTests);
		}
	}

	@Test
	void idleThreadsEndWithTheApplication() throws Exception {
		Thread idle = run(Thread::currentThread);
		awaitIdle(idle);
		this.threads.close();
		idle.join(TimeUnit.SECONDS.toMillis(30));
		assertThat(idle.isAlive()).isFalse();
	}

	@Test
	void whatRunsIsNotInterruptedByTheEndOfTheApplication() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		FutureTask<Boolean> task = new FutureTask<>(() -> closed.await(30, TimeUnit.SECONDS));
		this.threads.execute(task);
		this.threads.close();
		closed.countDown();
		assertThat(task.get(30, TimeUnit.SECONDS)).isTrue();
		assertThatExceptionOfType(TaskRejectedException.class).isThrownBy(() -> this.threads.execute(() -> {
		}));
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void theyCanBeVirtual() throws Exception {
		try (HandlerThreads virtual = new HandlerThreads("handler-", true)) {
			FutureTask<String> task = new FutureTask<>(() -> Thread.currentThread().toString());
			virtual.execute(task);
			assertThat(task.get(30, TimeUnit.SECONDS)).startsWith("VirtualThread").contains("handler-");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualOnesInheritNothingFromARequestButHaveItsClassLoader() throws Exception {
		inherited.set("of the request");
		try (HandlerThreads virtual = new HandlerThreads("handler-", true)) {
			FutureTask<List<Object>> task = new FutureTask<>(
					() -> Arrays.asList(inherited.get(), Thread.currentThread().getContextClassLoader()));
			virtual.execute(task);
			assertThat(task.get(30, TimeUnit.SECONDS)).containsExactly(null,
					Thread.currentThread().getContextClassLoader());
		}
	}

	private <T> T run(Callable<T> callable) throws Exception {
		FutureTask<T> task = new FutureTask<>(callable);
		this.threads.execute(task);
		return task.get(30, TimeUnit.SECONDS);
	}

	private void awaitIdle(Thread thread) {
		await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
	}

}
