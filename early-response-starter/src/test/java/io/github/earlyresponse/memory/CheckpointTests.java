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
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;
import io.github.earlyresponse.PostPhaseTask;
import io.github.earlyresponse.call.PostPhaseWork;
import io.github.earlyresponse.testsupport.ThreadKind;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.retry.RetryPolicy;
import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for the checkpoints of a post-phase in memory, which its next attempt gets.
 */
@ParameterizedClass
@MethodSource("io.github.earlyresponse.testsupport.ThreadKind#available")
class CheckpointTests {

	private static final Duration SOON = Duration.ofMillis(1);

	private final Queue<String> done = new ConcurrentLinkedQueue<>();

	private final TransactionTemplate transaction = new TransactionTemplate(new NoResource());

	private final EngineFixture fixture;

	CheckpointTests(ThreadKind kind) {
		this.fixture = EngineFixture.with(kind, 1).retry(RetryPolicy.builder().maxRetries(1).delay(SOON).build());
	}

	@AfterEach
	void balances() {
		this.fixture.close();
	}

	@Test
	void nextAttemptGoesOnFromThere() {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			for (int item = next(context); item <= 5; item++) {
				this.done.add(context.attempt() + ":" + item);
				context.checkpoint(item);
				if (item == 3 && context.attempt() == 1) {
					throw new IllegalStateException("wanted");
				}
			}
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.done).containsExactly("1:1", "1:2", "1:3", "2:4", "2:5");
	}

	private static int next(PostPhaseContext context) {
		Integer last = context.lastCheckpoint(Integer.class);
		return (last != null) ? last + 1 : 1;
	}

	@Test
	void advancedAttemptStartsTheRetriesAnew() {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			int item = next(context);
			if (item < 5) {
				context.checkpoint(item);
				throw new IllegalStateException("after " + item);
			}
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(result.postPhase().attempt()).isEqualTo(5);
	}

	@Test
	void attemptThatStaysWhereItWasDoesNot() {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			context.checkpoint("start");
			throw new IllegalStateException("wanted");
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		// The first has advanced, and the second has not
		assertThat(result.postPhase().attempt()).isEqualTo(2);
	}

	@Test
	void isWherePostPhaseLearnsThatItShouldStop() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		AtomicReference<Object> last = new AtomicReference<>();
		PostPhaseExecution postPhase = this.fixture.start().submit("work", (context) -> {
			started.countDown();
			EngineFixture.awaitUninterruptibly(cancelled);
			assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> context.checkpoint("there"));
			last.set(context.lastCheckpoint(String.class));
		});
		EngineFixture.await(started);
		assertThat(this.fixture.engine.cancel(postPhase.id())).isTrue();
		cancelled.countDown();
		assertThat(this.fixture.result(postPhase).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(last).hasValue("there");
	}

	@Test
	void attemptThatReachedItsTimeLimitGoesOnFromThere() {
		AtomicReference<@Nullable Object> last = new AtomicReference<>();
		PostPhaseResult result = this.fixture.timeout(Duration.ofMillis(20)).start().run("work", (context) -> {
			if (context.attempt() > 1) {
				context.restartTimeout(Duration.ZERO);
				last.set(context.lastCheckpoint(Integer.class));
				return;
			}
			for (int item = 1; true; item++) {
				this.done.add(String.valueOf(item));
				context.checkpoint(item);
			}
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(last).hasValue(this.done.size());
	}

	@Test
	void countsInTransactionWhenThatIsCommitted() {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			this.transaction.executeWithoutResult((status) -> {
				int next = next(context);
				context.checkpoint(next);
				assertThat(next(context)).as("before the commit").isEqualTo(next);
			});
			if (context.attempt() == 1) {
				this.transaction.executeWithoutResult((status) -> {
					context.checkpoint(7);
					throw new IllegalStateException("wanted");
				});
			}
			this.done.add("last " + context.lastCheckpoint(Integer.class));
		});
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
		assertThat(this.done).containsExactly("last 2");
	}

	@Test
	void stopsInTransactionAfterTheCommit() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		PostPhaseExecution postPhase = this.fixture.start().submit("work", (context) -> {
			started.countDown();
			EngineFixture.awaitUninterruptibly(cancelled);
			assertThatExceptionOfType(CancellationException.class)
				.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
					context.checkpoint("there");
					this.done.add("not yet");
				}));
			this.done.add(context.lastCheckpoint(String.class));
		});
		EngineFixture.await(started);
		assertThat(this.fixture.engine.cancel(postPhase.id())).isTrue();
		cancelled.countDown();
		assertThat(this.fixture.result(postPhase).outcome()).isEqualTo(PostPhaseOutcome.CANCELLED);
		assertThat(this.done).containsExactly("not yet", "there");
	}

	@Test
	void isForgottenWithItsSavepoint() {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			this.transaction.executeWithoutResult((status) -> {
				context.checkpoint(1);
				Object savepoint = status.createSavepoint();
				context.checkpoint(2);
				status.rollbackToSavepoint(savepoint);
			});
			this.done.add("last " + context.lastCheckpoint(Integer.class));
		});
		assertThat(result.failure()).isNull();
		assertThat(this.done).containsExactly("last 1");
	}

	@Test
	void lastOneOfTransactionCountsAlthoughItShouldStop() throws InterruptedException {
		CountDownLatch started = new CountDownLatch(1);
		CountDownLatch cancelled = new CountDownLatch(1);
		PostPhaseExecution postPhase = this.fixture.start().submit("work", (context) -> {
			started.countDown();
			EngineFixture.awaitUninterruptibly(cancelled);
			assertThatExceptionOfType(CancellationException.class)
				.isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
					context.checkpoint("first");
					context.checkpoint("last");
				}));
			this.done.add(context.lastCheckpoint(String.class));
		});
		EngineFixture.await(started);
		assertThat(this.fixture.engine.cancel(postPhase.id())).isTrue();
		cancelled.countDown();
		this.fixture.result(postPhase);
		assertThat(this.done).containsExactly("last");
	}

	@Test
	void comesTooLateWhenItsAttemptHasEnded() {
		AtomicReference<PostPhaseContext> former = new AtomicReference<>();
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			if (context.attempt() == 1) {
				former.set(context);
				throw new IllegalStateException("wanted");
			}
			assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> former.get().checkpoint("stale"))
				.withMessageContaining("has ended");
			assertThat(context.lastCheckpoint(String.class)).isNull();
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void isOfTheTypeThatIsAskedFor() {
		PostPhaseResult result = this.fixture.start().run("work", (context) -> {
			context.checkpoint(1L);
			assertThat(context.lastCheckpoint(long.class)).isEqualTo(1L);
			assertThat(context.lastCheckpoint(Number.class)).isEqualTo(1L);
			assertThatIllegalArgumentException().isThrownBy(() -> context.lastCheckpoint(String.class))
				.withMessageContainingAll("java.lang.Long", "java.lang.String");
			assertThatIllegalArgumentException().isThrownBy(() -> context.checkpoint(null))
				.withMessage("A checkpoint needs a cursor");
		});
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	@Test
	void isOfTheTypeThatIsDeclared() {
		PostPhaseResult result = this.fixture.result(submit(new Limited((context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.checkpoint("1"))
				.withMessageContainingAll("checkpointType", "work", "java.lang.String", "java.lang.Long");
			assertThatIllegalArgumentException().isThrownBy(() -> context.lastCheckpoint(Integer.class))
				.withMessageContainingAll("checkpointType", "java.lang.Integer", "java.lang.Long");
			context.checkpoint(1L);
			assertThat(context.lastCheckpoint(long.class)).isEqualTo(1L);
		}, null)));
		assertThat(result.failure()).isNull();
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.COMPLETED);
	}

	/**
	 * However far each attempt gets, and whatever it asks for.
	 */
	@ParameterizedTest
	@EnumSource
	void givesUpAfterSomeTime(Failure failure) {
		PostPhaseResult result = this.fixture.result(submit(new Limited((context) -> {
			context.checkpoint((long) context.attempt());
			EngineFixture.spin(Duration.ofMillis(5).toNanos());
			failure.fail();
		}, Duration.ofMillis(100))));
		assertThat(result.outcome()).isEqualTo(PostPhaseOutcome.FAILED);
		assertThat(result.postPhase().attempt()).isBetween(2, 20);
	}

	private PostPhaseExecution submit(PostPhaseWork work) {
		return this.fixture.start().submit(this.fixture.accept("work"), work, () -> () -> {
		});
	}

	private enum Failure {

		EXCEPTION, LATER;

		void fail() {
			throw (this == EXCEPTION) ? new IllegalStateException("wanted")
					: new io.github.earlyresponse.RetryLaterException(SOON);
		}

	}

	/**
	 * Work that declares a type, and perhaps a limit.
	 */
	private record Limited(PostPhaseTask task, @Nullable Duration giveUpAfter) implements PostPhaseWork {

		@Override
		public boolean isRepeatable() {
			return true;
		}

		@Override
		public Class<?> checkpointType() {
			return Long.class;
		}

		@Override
		public void run(PostPhaseContext context, @Nullable Throwable failure) throws Exception {
			this.task.run(context);
		}

	}

	/**
	 * Transactions of nothing.
	 */
	private static final class NoResource extends AbstractPlatformTransactionManager {

		@Override
		protected Object doGetTransaction() {
			return new Savepoints();
		}

		@Override
		protected void doBegin(Object transaction, TransactionDefinition definition) {
		}

		@Override
		protected void doCommit(DefaultTransactionStatus status) {
		}

		@Override
		protected void doRollback(DefaultTransactionStatus status) {
		}

	}

	/**
	 * Savepoints of nothing.
	 */
	private static final class Savepoints implements SavepointManager {

		@Override
		public Object createSavepoint() {
			return new Object();
		}

		@Override
		public void rollbackToSavepoint(Object savepoint) {
		}

		@Override
		public void releaseSavepoint(Object savepoint) {
		}

	}

}
