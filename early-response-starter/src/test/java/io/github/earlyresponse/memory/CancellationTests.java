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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MemoryPostPhaseEngine#cancel(String)}.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class CancellationTests {

	private final ThreadKind kind;

	private final EngineFixture fixture;

	private final AtomicBoolean ran = new AtomicBoolean();

	CancellationTests(ThreadKind kind) {
		this.kind = kind;
		this.fixture = EngineFixture.with(kind, 1).start();
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	private boolean cancel(PostPhaseExecution accepted) {
		return this.fixture.engine.cancel(accepted.id());
	}

	@Test
	void acceptedOneEndsAtOnceAndNeverRuns() {
		PostPhaseExecution accepted = this.fixture.accept("work");
		assertThat(cancel(accepted)).isTrue();
		PostPhaseResult result = this.fixture.told(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.duration()).isZero();
		assertThat(accepted.state()).isEqualTo(State.FINISHED);
		assertThat(this.fixture.engine.inFlightCount()).isZero();
		this.fixture.submit(accepted, (context) -> this.ran.set(true));
		this.fixture.skip(accepted);
		this.fixture.run("next", (context) -> {
		});
		assertThat(this.ran).isFalse();
	}

	@Test
	void queuedOneEndsAtOnceAndNeverRuns() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.fixture.submit("first", (context) -> {
			running.countDown();
			EngineFixture.await(release);
		});
		EngineFixture.await(running);
		PostPhaseExecution queued = this.fixture.submit("queued", (context) -> this.ran.set(true));
		assertThat(cancel(queued)).isTrue();
		assertThat(this.fixture.told(queued).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(queued.state()).isEqualTo(State.FINISHED);
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(1);
		release.countDown();
		this.fixture.run("next", (context) -> {
		});
		assertThat(this.ran).isFalse();
		assertThat(this.fixture.listener.started()).containsExactlyInAnyOrder("first", "next");
	}

	@Test
	void runningOneIsInterruptedAndSeesIt() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		AtomicBoolean seen = new AtomicBoolean();
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			running.countDown();
			try {
				new CountDownLatch(1).await();
			}
			finally {
				seen.set(context.cancellationRequested());
			}
		});
		EngineFixture.await(running);
		assertThat(cancel(accepted)).isTrue();
		PostPhaseResult result = this.fixture.result(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.failure()).isInstanceOf(InterruptedException.class);
		assertThat(seen).isTrue();
	}

	@Test
	void runningOneThatReturnsNormallyIsCancelledWhenItEnds() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
			running.countDown();
			EngineFixture.awaitUninterruptibly(release);
		});
		EngineFixture.await(running);
		assertThat(cancel(accepted)).isTrue();
		assertThat(cancel(accepted)).as("second cancel").isFalse();
		assertThat(this.fixture.listener.finished()).isEmpty();
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(1);
		release.countDown();
		PostPhaseResult result = this.fixture.result(accepted);
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(result.failure()).isNull();
	}

	@Test
	void oneThatHasEndedIsNotCancelled() {
		PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
		});
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(cancel(accepted)).isFalse();
	}

	@Test
	void cancelledOnesDoNotPileUpInTheQueue() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch started = new CountDownLatch(1);
		this.fixture.submit("first", (context) -> {
			started.countDown();
			EngineFixture.await(release);
		});
		EngineFixture.await(started);
		for (int i = 0; i < 1000; i++) {
			cancel(this.fixture.submit("queued", (context) -> this.ran.set(true)));
		}
		try {
			await().untilAsserted(() -> assertThat(queued()).as("tasks in the queue").isZero());
		}
		finally {
			release.countDown();
		}
	}

	private int queued() {
		Object executor = ReflectionTestUtils.getField(ReflectionTestUtils.getField(this.fixture.engine, "dispatcher"),
				"executor");
		return (this.kind == ThreadKind.PLATFORM)
				? ((ThreadPoolTaskExecutor) ReflectionTestUtils.getField(executor, "executor")).getQueueSize()
				: ((Semaphore) ReflectionTestUtils.getField(ReflectionTestUtils.getField(executor, "places"), "free"))
					.getQueueLength();
	}

	@Test
	void unknownOneIsNotCancelled() {
		assertThat(this.fixture.engine.cancel("unknown")).isFalse();
	}

	@Test
	void acceptedOneIsCancelledOnce() {
		PostPhaseExecution accepted = this.fixture.accept("work");
		assertThat(cancel(accepted)).isTrue();
		assertThat(cancel(accepted)).isFalse();
	}

}
