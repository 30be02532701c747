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

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import io.github.earlyresponse.PostPhaseContext;
import io.github.earlyresponse.call.WaitingHandler;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Where the thread of a handler meets the thread of its request, which waits until the
 * handler has sent its response. The handler waits until that is complete and the engine
 * lets it go on.
 */
final class Rendezvous {

	private static final Log logger = LogFactory.getLog(Rendezvous.class);

	private final CompletableFuture<Optional<Throwable>> sent = new CompletableFuture<>();

	private final CompletableFuture<Optional<WaitingHandler.Run>> resumed = new CompletableFuture<>();

	private final CompletableFuture<Optional<Throwable>> ended = new CompletableFuture<>();

	private @Nullable Thread handler;

	/** That of the rest of the handler, once it has begun. For its thread only. */
	private WaitingHandler.@Nullable Run run;

	/**
	 * Whether a waiting thread was interrupted, or the handler was and left that to it.
	 */
	private boolean interrupted;

	/** Whether the handler was told that its rest does not run. For its thread only. */
	private boolean withdrawn;

	/**
	 * Runs the handler on a thread of its own and waits until it has sent its response.
	 * @param threads where it runs
	 * @param handler the handler, which comes to {@link #sendAndWait} or throws
	 * @throws Throwable what the handler threw before
	 */
	void meet(HandlerThreads threads, Handler handler) throws Throwable {
		threads.execute(() -> run(handler));
		Optional<Throwable> failure = await(this.sent);
		if (failure.isPresent()) {
			throw failure.get();
		}
	}

	private void run(Handler handler) {
		setHandler(Thread.currentThread());
		Optional<Throwable> failure = Optional.empty();
		try {
			handler.run();
		}
		catch (Throwable ex) {
			failure = Optional.of(ex);
		}
		if (this.withdrawn && !(failure.orElse(null) instanceof CancellationException)) {
			logger.warn("A handler continued, or failed, although the rest of it must not run: do not catch the "
					+ "CancellationException of EarlyResponse.send");
		}
		complete(failure, this.sent, this.ended);
		setHandler(null);
	}

	/**
	 * On the handler's thread: calls the handler, and ends the rest of it if that has
	 * begun.
	 * @param handler the handler
	 * @throws Throwable what the handler threw
	 */
	void call(Handler handler) throws Throwable {
		Throwable failure = null;
		try {
			handler.run();
		}
		catch (Throwable ex) {
			failure = ex;
			throw ex;
		}
		finally {
			if (this.run != null) {
				this.run.end(failure);
			}
		}
	}

	/**
	 * On the handler's thread: lets the container's thread send the response, and waits
	 * until the engine lets this one go on, and until it is its turn.
	 * @return the context of the post-phase that the rest of the handler is
	 */
	PostPhaseContext sendAndWait() {
		complete(Optional.empty(), this.sent);
		WaitingHandler.Run run = this.resumed.join().orElse(null);
		PostPhaseContext context = (run != null) ? run.begin() : null;
		if (context == null) {
			this.withdrawn = true;
			throw new CancellationException("The rest of the handler does not run: see the outcome of its post-phase");
		}
		this.run = run;
		return context;
	}

	/**
	 * Lets the handler go on. Without effect once it was withdrawn.
	 */
	void resume(WaitingHandler.Run run) {
		this.resumed.complete(Optional.of(run));
	}

	/**
	 * Lets the handler go on and waits for its end. Without effect once it was withdrawn.
	 */
	void resumeAndWait(WaitingHandler.Run run) {
		if (this.resumed.complete(Optional.of(run))) {
			await(this.ended);
			// Whoever interrupted this thread meant the handler, which has ended
			Thread.interrupted();
		}
	}

	/**
	 * The rest of the handler must not run. Without effect once it went on.
	 */
	void withdraw() {
		this.resumed.complete(Optional.empty());
	}

	/**
	 * Whether this is the thread of the handler.
	 */
	synchronized boolean isHere() {
		return Thread.currentThread() == this.handler;
	}

	private synchronized void setHandler(@Nullable Thread handler) {
		this.handler = handler;
		if (handler != null && this.interrupted) {
			this.interrupted = false;
			handler.interrupt();
		}
	}

	/**
	 * On the handler's thread: lets another thread go on, which takes an interrupt along
	 * that the handler did not answer. Once it has sent that ends with the handler: the
	 * container's thread may be writing the response.
	 */
	@SafeVarargs
	private synchronized void complete(Optional<Throwable> failure, CompletableFuture<Optional<Throwable>>... futures) {
		boolean interrupted = Thread.interrupted();
		if (!this.sent.isDone()) {
			this.interrupted = interrupted;
		}
		for (CompletableFuture<Optional<Throwable>> future : futures) {
			future.complete(failure);
		}
	}

	/**
	 * Waits on when it is interrupted: whoever did that meant the handler. An interrupt
	 * that the handler has not answered by then is the current thread's again.
	 */
	private Optional<Throwable> await(CompletableFuture<Optional<Throwable>> future) {
		while (true) {
			try {
				Optional<Throwable> failure = future.get();
				takeInterrupt();
				return failure;
			}
			catch (InterruptedException ex) {
				interruptHandler(future);
			}
			catch (ExecutionException ex) {
				throw new IllegalStateException("A rendezvous has no failures of its own", ex);
			}
		}
	}

	private synchronized void takeInterrupt() {
		if (this.interrupted) {
			this.interrupted = false;
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void interruptHandler(CompletableFuture<?> future) {
		if (this.handler != null && !future.isDone()) {
			this.handler.interrupt();
		}
		else {
			this.interrupted = true;
		}
	}

	/**
	 * The call of a handler.
	 */
	@FunctionalInterface
	interface Handler {

		void run() throws Throwable;

	}

}
