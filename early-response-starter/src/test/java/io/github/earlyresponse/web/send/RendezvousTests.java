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

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.call.WaitingHandler;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Rendezvous}.
 */
class RendezvousTests {

	private final HandlerThreads threads = new HandlerThreads("rendezvous-", false);

	/** The container's thread and that of the engine. */
	private final ExecutorService others = Executors.newCachedThreadPool();

	private final Rendezvous rendezvous = new Rendezvous();

	private final PostPhaseContext context = mock(PostPhaseContext.class);

	/** What the rest of the handler ended with. */
	private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();

	private final AtomicReference<Thread> container = new AtomicReference<>();

	@AfterEach
	void close() {
		this.others.shutdownNow();
		this.threads.close();
	}

	/**
	 * On the container's thread.
	 * @return whether that is interrupted afterwards
	 */
	private Future<Boolean> meet(Rendezvous.Handler handler) {
		return this.others.submit(() -> {
			this.container.set(Thread.currentThread());
			try {
				this.rendezvous.meet(this.threads, () -> this.rendezvous.call(handler));
			}
			catch (RuntimeException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw new ExecutionException(ex);
			}
			return Thread.interrupted();
		});
	}

	private Future<?> resume() {
		return this.others.submit(() -> this.rendezvous.resumeAndWait(new Run(this.context)));
	}

	private static <T> T get(Future<T> future) throws Exception {
		return future.get(30, TimeUnit.SECONDS);
	}

	private static void await(CountDownLatch latch) throws InterruptedException {
		assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void containerGoesOnWhenTheHandlerHasSentAndTheHandlerWhenItIsResumed() throws Exception {
		AtomicReference<PostPhaseContext> resumed = new AtomicReference<>();
		assertThat(get(meet(() -> resumed.set(this.rendezvous.sendAndWait())))).isFalse();
		assertThat(resumed.get()).isNull();
		get(resume());
		assertThat(resumed.get()).isSameAs(this.context);
	}

	@Test
	void whatIsThrownBeforeSendingGoesToTheContainer() {
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(meet(() -> {
			throw new IllegalStateException("before");
		}))).withRootCauseInstanceOf(IllegalStateException.class).withMessageContaining("before");
	}

	@Test
	void whatIsThrownAfterSendingEndsTheRest() throws Exception {
		get(meet(() -> {
			this.rendezvous.sendAndWait();
			throw new IllegalStateException("after");
		}));
		get(resume());
		assertThat(get(this.ended)).get().isInstanceOf(IllegalStateException.class);
	}

	@Test
	void restOfAWithdrawnHandlerDoesNotRun() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		CountDownLatch done = new CountDownLatch(1);
		get(meet(() -> {
			try {
				this.rendezvous.sendAndWait();
			}
			catch (CancellationException ex) {
				thrown.set(ex);
				throw ex;
			}
			finally {
				done.countDown();
			}
		}));
		this.rendezvous.withdraw();
		await(done);
		assertThat(thrown.get()).isInstanceOf(CancellationException.class);
	}

	@Test
	void interruptOfTheContainerIsAnsweredByTheHandler() throws Exception {
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		CountDownLatch running = new CountDownLatch(1);
		Future<Boolean> met = meet(() -> {
			running.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				thrown.set(ex);
			}
			this.rendezvous.sendAndWait();
		});
		await(running);
		this.container.get().interrupt();
		assertThat(get(met)).as("the handler has answered it").isFalse();
		assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
		get(resume());
	}

	@Test
	void interruptThatTheHandlerDoesNotAnswerIsTheContainersAgainAndNotThatOfTheRest() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		AtomicReference<Boolean> restInterrupted = new AtomicReference<>();
		Future<Boolean> met = meet(() -> {
			running.countDown();
			awaitInterrupt();
			this.rendezvous.sendAndWait();
			restInterrupted.set(Thread.currentThread().isInterrupted());
		});
		await(running);
		this.container.get().interrupt();
		assertThat(get(met)).isTrue();
		get(resume());
		assertThat(restInterrupted.get()).isFalse();
	}

	@Test
	void interruptThatAFailedHandlerDoesNotAnswerIsTheContainersAgain() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		AtomicReference<Boolean> interrupted = new AtomicReference<>();
		Future<Boolean> met = this.others.submit(() -> {
			this.container.set(Thread.currentThread());
			try {
				this.rendezvous.meet(this.threads, () -> {
					running.countDown();
					awaitInterrupt();
					throw new IllegalStateException("expected");
				});
			}
			catch (Throwable ex) {
				interrupted.set(Thread.interrupted());
			}
			return true;
		});
		await(running);
		this.container.get().interrupt();
		get(met);
		assertThat(interrupted.get()).isTrue();
	}

	private static void awaitInterrupt() {
		while (!Thread.currentThread().isInterrupted()) {
			Thread.onSpinWait();
		}
	}

	@Test
	void interruptThatAWithdrawnHandlerLeavesIsNotTheContainers() throws Throwable {
		// The handler has ended before the container's thread goes on
		HandlerThreads slow = mock(HandlerThreads.class);
		willAnswer((call) -> {
			Thread thread = new Thread(call.getArgument(0, Runnable.class));
			thread.start();
			thread.join();
			return null;
		}).given(slow).execute(any());
		this.rendezvous.withdraw();
		this.rendezvous.meet(slow, () -> {
			try {
				this.rendezvous.sendAndWait();
			}
			finally {
				Thread.currentThread().interrupt();
			}
		});
		assertThat(Thread.interrupted()).as("it would close the connection in the middle of the response").isFalse();
	}

	@Test
	void interruptOfAThreadThatWaitsForTheRestIsAnsweredByTheRest() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		AtomicReference<Throwable> thrown = new AtomicReference<>();
		AtomicReference<Thread> engine = new AtomicReference<>();
		get(meet(() -> {
			this.rendezvous.sendAndWait();
			running.countDown();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				thrown.set(ex);
			}
		}));
		Future<Boolean> resumed = this.others.submit(() -> {
			engine.set(Thread.currentThread());
			this.rendezvous.resumeAndWait(new Run(this.context));
			return Thread.currentThread().isInterrupted();
		});
		await(running);
		engine.get().interrupt();
		assertThat(get(resumed)).as("the handler has answered it").isFalse();
		assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
	}

	@Test
	void restBeginsAndEndsOnTheThreadOfTheHandlerForWhichNobodyHasToWait() throws Exception {
		AtomicReference<Thread> handler = new AtomicReference<>();
		get(meet(() -> {
			handler.set(Thread.currentThread());
			this.rendezvous.sendAndWait();
		}));
		Run run = new Run(this.context);
		this.rendezvous.resume(run);
		assertThat(get(this.ended)).isEmpty();
		assertThat(run.threads).containsExactly(handler.get(), handler.get());
	}

	@Test
	void restThatMustNotBeginIsNotEnded() throws Exception {
		CompletableFuture<Throwable> thrown = new CompletableFuture<>();
		get(meet(() -> {
			try {
				this.rendezvous.sendAndWait();
			}
			catch (CancellationException ex) {
				thrown.complete(ex);
				throw ex;
			}
		}));
		Run run = new Run(null);
		get(this.others.submit(() -> this.rendezvous.resumeAndWait(run)));
		assertThat(get(thrown)).isInstanceOf(CancellationException.class);
		assertThat(this.ended).isNotDone();
	}

	@Test
	void nobodyWaitsForAHandlerThatWasWithdrawn() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		get(meet(() -> {
			try {
				this.rendezvous.sendAndWait();
			}
			finally {
				await(release);
			}
		}));
		this.rendezvous.withdraw();
		get(resume());
		release.countDown();
	}

	private final class Run implements WaitingHandler.Run {

		private final @Nullable PostPhaseContext context;

		private final List<Thread> threads = new CopyOnWriteArrayList<>();

		Run(@Nullable PostPhaseContext context) {
			this.context = context;
		}

		@Override
		public @Nullable PostPhaseContext begin() {
			this.threads.add(Thread.currentThread());
			return this.context;
		}

		@Override
		public void end(@Nullable Throwable failure) {
			this.threads.add(Thread.currentThread());
			RendezvousTests.this.ended.complete(Optional.ofNullable(failure));
		}

	}

}
