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
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.RetryLaterException;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.task.TaskRejectedException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the attempts of a post-phase in memory.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
@ExtendWith(OutputCaptureExtension.class)
class RetryTests {

	private static final Duration SOON = Duration.ofMillis(1);

	private static final Duration LATE = Duration.ofHours(1);

	private final ThreadKind kind;

	private final Queue<Integer> attempts = new ConcurrentLinkedQueue<>();

	private EngineFixture fixture;

	RetryTests(ThreadKind kind) {
		this.kind = kind;
		this.fixture = EngineFixture.with(kind, 1);
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	private static RetryPolicy policy(long maxRetries, Duration delay) {
		return RetryPolicy.builder().maxRetries(maxRetries).delay(delay).build();
	}

	private EngineFixture start(RetryPolicy policy) {
		return this.fixture.retry(policy).start();
	}

	/**
	 * Fails in the first attempts.
	 */
	private PostPhaseTask failing(int attempts) {
		return (context) -> {
			this.attempts.add(context.attempt());
			if (context.attempt() <= attempts) {
				throw new IOException("attempt " + context.attempt());
			}
		};
	}

	private PostPhaseExecution awaitWaiting(PostPhaseExecution postPhase) {
		Awaitility.await().until(() -> postPhase.state() == State.WAITING);
		return postPhase;
	}

	@Test
	void withoutPolicyThereIsOneAttempt() {
		PostPhaseResult result = this.fixture.start().run("work", failing(1));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(this.attempts).containsExactly(1);
		assertThat(this.fixture.listener.failedAttempts()).isEmpty();
	}

	@Test
	void failedAttemptsAreRepeatedUntilOneSucceeds() {
		PostPhaseResult result = start(policy(3, SOON)).run("work", failing(2));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(result.failure()).isNull();
		assertThat(result.postPhase().attempt()).isEqualTo(3);
		assertThat(result.postPhase().nextAttemptAt()).isNull();
		assertThat(this.attempts).containsExactly(1, 2, 3);
		assertThat(this.fixture.listener.started()).containsExactly("work", "work", "work");
		assertThat(this.fixture.listener.failedAttempts()).extracting(Throwable::getMessage)
			.containsExactly("attempt 1", "attempt 2");
	}

	@Test
	void lastFailureCountsWhenRetriesAreUsedUp(CapturedOutput output) {
		PostPhaseResult result = start(policy(2, SOON)).run("work", failing(9));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).hasMessage("attempt 3");
		assertThat(this.attempts).containsExactly(1, 2, 3);
		assertThat(this.fixture.listener.failedAttempts()).hasSize(2);
		assertThat(output)
			.contains("failed in attempt 1, attempt 2 follows in PT0.001S: java.io.IOException: attempt 1")
			.contains("failed in attempt 3");
	}

	@Test
	void excludedExceptionIsNotRetriedNorIsWhatItCaused() {
		RetryPolicy policy = RetryPolicy.builder().maxRetries(3).delay(SOON).excludes(IOException.class).build();
		start(policy).run("work", failing(1));
		this.fixture.run("work", (context) -> {
			this.attempts.add(context.attempt());
			throw new IllegalStateException(new IOException("cause"));
		});
		assertThat(this.attempts).containsExactly(1, 1);
		assertThat(this.fixture.listener.outcomes()).containsOnly(PostPhaseOutcome.FAILED);
	}

	@Test
	void policyThatThrowsEndsTheAttempts(CapturedOutput output) {
		RetryPolicy policy = (failure) -> {
			throw new StackOverflowError("expected");
		};
		assertThat(start(policy).run("work", failing(1)).outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(output).contains("is not retried, because its delay cannot be determined");
	}

	@Test
	void delaysAreThoseOfThePolicy() {
		RetryPolicy policy = RetryPolicy.builder()
			.maxRetries(3)
			.delay(Duration.ofMillis(20))
			.multiplier(3)
			.maxDelay(Duration.ofMillis(100))
			.build();
		Queue<Duration> delays = new ConcurrentLinkedQueue<>();
		this.fixture.listeners(new PostPhaseListener() {

			@Override
			public void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
				delays.add(Duration.between(Instant.now(), postPhase.nextAttemptAt()));
			}

		});
		long begin = System.nanoTime();
		start(policy).run("work", failing(9));
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(180));
		assertThat(delays).hasSize(3);
		assertThat(delays).element(0)
			.satisfies((delay) -> assertThat(delay).isLessThanOrEqualTo(Duration.ofMillis(20)));
	}

	@Test
	void waitingKeepsThePermitButNoThread() throws Exception {
		this.fixture.capacity(2);
		PostPhaseExecution waiting = awaitWaiting(start(policy(1, LATE)).submit("waiting", failing(1)));
		assertThat(waiting.attempt()).isEqualTo(1);
		assertThat(waiting.nextAttemptAt()).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
		assertThat(waiting.timeLimit()).isNull();
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		assertThat(this.fixture.engine.inFlightCount()).isEqualTo(1);
		assertThat(this.fixture.engine.queuedCount()).isZero();
		// There is one thread
		CountDownLatch ran = new CountDownLatch(1);
		this.fixture.submit("other", (context) -> ran.countDown());
		EngineFixture.await(ran);
		assertThat(this.fixture.engine.cancel(waiting.id())).isTrue();
	}

	@Test
	void cancellationEndsTheWaiting() {
		PostPhaseExecution waiting = awaitWaiting(start(policy(1, LATE)).submit("waiting", failing(1)));
		assertThat(this.fixture.engine.cancel(waiting.id(), LATE)).isTrue();
		assertThat(this.fixture.told(waiting).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(this.fixture.engine.cancel(waiting.id())).isFalse();
		assertThat(this.attempts).containsExactly(1);
	}

	@Test
	void cancelledAttemptIsNotRetried() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		PostPhaseExecution accepted = start(policy(3, SOON)).submit("work", (context) -> {
			running.countDown();
			this.attempts.add(context.attempt());
			new CountDownLatch(1).await();
		});
		EngineFixture.await(running);
		assertThat(this.fixture.engine.cancel(accepted.id())).isTrue();
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(this.attempts).containsExactly(1);
		assertThat(this.fixture.listener.failedAttempts()).isEmpty();
	}

	@Test
	void attemptThatReachesItsTimeLimitIsRetried() {
		PostPhaseResult result = this.fixture.timeout(Duration.ofMillis(20))
			.retry(policy(3, SOON))
			.start()
			.run("work", (context) -> {
				this.attempts.add(context.attempt());
				if (context.attempt() < 3) {
					new CountDownLatch(1).await();
				}
			});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.attempts).containsExactly(1, 2, 3);
		assertThat(this.fixture.listener.failedAttempts()).hasSize(2).allMatch(TimeoutException.class::isInstance);
	}

	@Test
	void lastAttemptThatReachesItsTimeLimitTimesOut() {
		PostPhaseResult result = this.fixture.timeout(Duration.ofMillis(20))
			.retry(policy(1, SOON))
			.start()
			.run("work", (context) -> {
				this.attempts.add(context.attempt());
				new CountDownLatch(1).await();
			});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.TIMED_OUT);
		assertThat(result.failure()).isInstanceOf(InterruptedException.class);
		assertThat(this.attempts).containsExactly(1, 2);
	}

	@Test
	void attemptThatWasInterruptedByItsTimeLimitCanBeCancelled() {
		AtomicReference<PostPhaseExecution> accepted = new AtomicReference<>();
		this.fixture.timeout(Duration.ofMillis(20)).retry(policy(3, SOON)).start();
		PostPhaseResult result = this.fixture.run("work", (context) -> {
			this.attempts.add(context.attempt());
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				assertThat(this.fixture.engine.cancel(context.id())).isTrue();
			}
			accepted.set(this.fixture.engine.find(context.id()));
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(this.attempts).containsExactly(1);
	}

	@Test
	void attemptThatWasInterruptedByItsTimeLimitHasItsGracePeriod() {
		this.fixture.timeout(Duration.ofMillis(20)).retry(policy(3, SOON)).start();
		PostPhaseResult result = this.fixture.run("work", (context) -> {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				assertThat(this.fixture.engine.cancel(context.id(), LATE)).isTrue();
				assertThat(Thread.currentThread().isInterrupted()).isFalse();
			}
		});
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
	}

	@Test
	void timeLimitCountsForEachAttempt() {
		Queue<Duration> limits = new ConcurrentLinkedQueue<>();
		this.fixture.timeout(LATE).retry(policy(1, SOON)).start();
		PostPhaseResult result = this.fixture.run("work", (context) -> {
			limits.add(this.fixture.engine.find(context.id()).timeLimit());
			context.restartTimeout(Duration.ofMinutes(1));
			failing(1).run(context);
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(limits).containsExactly(LATE, LATE);
	}

	@Test
	void contextOfAnAttemptThatHasEndedAsksToStop() {
		AtomicReference<PostPhaseContext> first = new AtomicReference<>();
		AtomicReference<Boolean> requested = new AtomicReference<>();
		start(policy(1, SOON)).run("work", (context) -> {
			if (context.attempt() == 1) {
				first.set(context);
			}
			else {
				requested.set(first.get().cancellationRequested());
				first.get().restartTimeout(Duration.ofNanos(1));
			}
			failing(1).run(context);
		});
		assertThat(requested).hasValue(true);
		assertThat(this.fixture.listener.outcomes()).containsExactly(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void eachAttemptHasTheContext() {
		AtomicInteger open = new AtomicInteger();
		AtomicInteger opened = new AtomicInteger();
		ContextCarrier.Context context = () -> {
			opened.incrementAndGet();
			open.incrementAndGet();
			return open::decrementAndGet;
		};
		PostPhaseExecution accepted = start(policy(2, SOON)).accept("work");
		this.fixture.submit(accepted, (attempt) -> {
			assertThat(open).hasValue(1);
			failing(2).run(attempt);
		}, context);
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(opened).hasValue(3);
		assertThat(open).hasValue(0);
	}

	@Test
	void whatIsKeptIsReleasedAfterTheLastAttempt() {
		AtomicInteger released = new AtomicInteger();
		PostPhaseExecution accepted = start(policy(2, SOON)).accept("work");
		this.fixture.record(accepted, new PostPhaseWork.Task((context) -> {
			assertThat(released).hasValue(0);
			failing(2).run(context);
		}), () -> () -> {
		}, released::incrementAndGet);
		this.fixture.start(accepted);
		assertThat(this.fixture.result(accepted).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(released).hasValue(1);
	}

	@Test
	void durationDoesNotContainTheWaiting() {
		PostPhaseResult result = start(policy(1, Duration.ofMillis(300))).run("work", failing(1));
		assertThat(result.duration()).isLessThan(Duration.ofMillis(300));
		assertThat(Duration.between(result.postPhase().startedAt(), result.postPhase().finishedAt()))
			.isGreaterThanOrEqualTo(Duration.ofMillis(300));
	}

	@Test
	void workThatCannotBeRepeatedIsNotRetried() {
		start(policy(3, SOON));
		PostPhaseExecution rest = this.fixture.submit(this.fixture.accept("rest"), new Once(failing(9)), () -> () -> {
		});
		PostPhaseExecution later = this.fixture.submit(this.fixture.accept("later"), new Once((context) -> {
			throw new RetryLaterException(SOON);
		}), () -> () -> {
		});
		PostPhaseExecution unprepared = this.fixture.submit(this.fixture.accept("unprepared"),
				new PostPhaseWork.Unprepared(new IOException("expected")), () -> () -> {
				});
		assertThat(List.of(rest, later, unprepared)).extracting((accepted) -> this.fixture.result(accepted).outcome())
			.containsOnly(PostPhaseOutcome.FAILED);
		assertThat(List.of(rest, later, unprepared)).extracting(PostPhaseExecution::attempt).containsOnly(1);
	}

	@Test
	void retryLaterNeedsNoPolicyAndIsNoFailure(CapturedOutput output) {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			this.attempts.add(context.attempt());
			if (context.attempt() < 4) {
				throw new RetryLaterException(SOON);
			}
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.attempts).containsExactly(1, 2, 3, 4);
		assertThat(output).contains("asked for a later attempt, attempt 2 follows in PT0.001S");
	}

	@Test
	void retryLaterDoesNotUseUpRetriesUntilItsLimit() {
		PostPhaseResult result = this.fixture.maxDeferrals(2).retry(policy(1, SOON)).start().run("work", (context) -> {
			this.attempts.add(context.attempt());
			throw new RetryLaterException(SOON);
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).isInstanceOf(RetryLaterException.class);
		// Two deferrals, one retry, two deferrals in a row again
		assertThat(this.attempts).hasSize(6);
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, Long.MAX_VALUE })
	void retryLaterWithAnImpossibleDelayFails(long seconds, CapturedOutput output) {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			throw new RetryLaterException(SOON) {

				@Override
				public Duration getDelay() {
					return Duration.ofSeconds(seconds);
				}

			};
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.postPhase().attempt()).isEqualTo(1);
		assertThat(output).contains("is not retried, because its delay cannot be determined");
	}

	@Test
	void shutdownWaitsForAnAttemptThatIsSoon() {
		this.fixture.shutdownTimeout(EngineFixture.LONG);
		PostPhaseExecution waiting = awaitWaiting(start(policy(1, Duration.ofMillis(500))).submit("work", failing(1)));
		this.fixture.engine.stop();
		assertThat(this.fixture.told(waiting).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void shutdownAbandonsAtOnceWhatWaitsLonger(CapturedOutput output) {
		this.fixture.shutdownTimeout(EngineFixture.LONG);
		PostPhaseExecution waiting = awaitWaiting(start(policy(1, LATE)).submit("work", failing(1)));
		long begin = System.nanoTime();
		this.fixture.engine.stop();
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(EngineFixture.LONG.dividedBy(2));
		assertThat(this.fixture.told(waiting).outcome()).isEqualTo(PostPhaseOutcome.ABANDONED);
		assertThat(output).contains("was abandoned at shutdown: it was waiting for attempt 2");
	}

	@Test
	void attemptThatFailsDuringTheShutdownIsNotWaitedForLonger() throws Exception {
		this.fixture.shutdownTimeout(EngineFixture.LONG);
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch fail = new CountDownLatch(1);
		PostPhaseExecution accepted = start(policy(1, LATE)).submit("work", (context) -> {
			running.countDown();
			EngineFixture.await(fail);
			failing(1).run(context);
		});
		EngineFixture.await(running);
		Thread stopping = new Thread(this.fixture.engine::stop);
		stopping.start();
		Awaitility.await().until(() -> !this.fixture.engine.isRunning());
		fail.countDown();
		stopping.join(TimeUnit.SECONDS.toMillis(20));
		assertThat(stopping.isAlive()).isFalse();
		assertThat(this.fixture.told(accepted).outcome()).isEqualTo(PostPhaseOutcome.ABANDONED);
	}

	@Test
	void attemptThatItsExecutorRejectsIsSubmittedAgain(CapturedOutput output) {
		AtomicInteger submitted = new AtomicInteger();
		this.fixture = EngineFixture.with(PostPhaseExecutors.of((task) -> {
			if (submitted.incrementAndGet() == 2) {
				throw new TaskRejectedException("expected");
			}
			task.run();
		})).retry(policy(1, SOON)).start();
		PostPhaseResult result = this.fixture.run("work", failing(1));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(submitted).hasValue(3);
		assertThat(output).contains("was rejected by its executor and is submitted again in PT1S");
	}

	@Test
	void attemptThatAStoppedExecutorRejectsAtShutdownRunsAllTheSame(CapturedOutput output) {
		AtomicBoolean stopped = new AtomicBoolean();
		this.fixture = EngineFixture.with(PostPhaseExecutors.of((task) -> {
			if (stopped.get()) {
				throw new TaskRejectedException("expected");
			}
			task.run();
		})).shutdownTimeout(Duration.ofSeconds(5)).retry(policy(1, Duration.ofMillis(300))).start();
		PostPhaseExecution waiting = awaitWaiting(this.fixture.submit("work", failing(1)));
		stopped.set(true);
		this.fixture.engine.stop();
		assertThat(this.fixture.told(waiting).outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(output).contains("was rejected by its executor and runs on the thread of the retry timer");
	}

	@Test
	void retriedOneOfTheCallerFreesTheCallerAndTakesAPermit() {
		this.fixture = EngineFixture.with(this.kind, 1).capacity(1).callerRuns().retry(policy(1, LATE)).start();
		PostPhaseExecution reserved = this.fixture.accept("reserved");
		PostPhaseExecution onCaller = this.fixture.accept("on-caller");
		this.fixture.skip(reserved);
		this.fixture.submit(onCaller, failing(1));
		assertThat(onCaller.state()).isEqualTo(State.WAITING);
		assertThat(this.fixture.freeRoom()).isZero();
		assertThat(this.fixture.engine.cancel(onCaller.id())).isTrue();
		assertThat(this.fixture.freeRoom()).isEqualTo(1);
		assertThat(this.attempts).containsExactly(1);
	}

	@Test
	void oneOfTheCallerThatFindsNoPermitIsNotRetried(CapturedOutput output) {
		this.fixture = EngineFixture.with(this.kind, 1).capacity(1).callerRuns().retry(policy(1, LATE)).start();
		PostPhaseExecution reserved = this.fixture.accept("reserved");
		PostPhaseResult result = this.fixture.told(this.fixture.submit("on-caller", failing(1)));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.failure()).hasMessage("attempt 1");
		assertThat(this.fixture.listener.failedAttempts()).isEmpty();
		assertThat(output).contains("is not retried, because there is no capacity to wait for another attempt");
		this.fixture.skip(reserved);
	}

	@Test
	void tenThousandWithFailuresAndCancellationsBalance() {
		this.fixture = EngineFixture.with(this.kind, 4).capacity(10_000).retry(policy(2, SOON)).start();
		for (int i = 0; i < 10_000; i++) {
			int number = i;
			PostPhaseExecution accepted = this.fixture.submit("work", (context) -> {
				if (number % 3 == context.attempt() - 1) {
					throw new IOException("expected");
				}
				if (number % 10 == 0) {
					throw new RetryLaterException(SOON);
				}
			});
			if (number % 7 == 0) {
				this.fixture.engine.cancel(accepted.id());
			}
			if (number % 10 == 0) {
				Awaitility.await()
					.until(() -> this.fixture.engine.cancel(accepted.id()) || accepted.state() == State.FINISHED);
			}
		}
		this.fixture.awaitBalance();
		assertThat(this.fixture.listener.outcomes()).hasSize(10_000);
	}

	private record Once(PostPhaseTask task) implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return false;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Exception {
			this.task.run(context);
		}

	}

}
