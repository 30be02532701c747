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

package io.github.earlyresponse.jdbc;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.github.earlyresponse.DeadLetter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Reports dead letters on a thread of its own, so that nothing is written later because
 * of a slow listener.
 */
final class DeadLetterNotifier {

	private static final Log logger = LogFactory.getLog(DeadLetterNotifier.class);

	private static final long STOP_TIMEOUT_SECONDS = 5;

	private @Nullable ExecutorService executor;

	private @Nullable Consumer<DeadLetter> listener;

	synchronized void start(Consumer<DeadLetter> listener) {
		CustomizableThreadFactory threadFactory = new CustomizableThreadFactory("post-phase-dead-letter-");
		threadFactory.setDaemon(true);
		this.executor = Executors.newSingleThreadExecutor(threadFactory);
		this.listener = listener;
	}

	synchronized void add(DeadLetter deadLetter) {
		Consumer<DeadLetter> listener = this.listener;
		if (this.executor == null || listener == null) {
			return;
		}
		try {
			this.executor.execute(() -> listener.accept(deadLetter));
		}
		catch (RejectedExecutionException ex) {
			logger.warn("Listeners do not get to know of the dead letter " + deadLetter.id()
					+ ", because the application shuts down");
		}
	}

	/**
	 * Reports what there is, and stops. What cannot be reported within a few seconds is
	 * dropped.
	 */
	void stop() {
		ExecutorService executor;
		synchronized (this) {
			executor = this.executor;
		}
		if (executor == null) {
			return;
		}
		executor.shutdown();
		boolean interrupted = Thread.interrupted();
		try {
			executor.awaitTermination(STOP_TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		int dropped = executor.shutdownNow().size();
		if (dropped > 0) {
			logger.warn(
					"Listeners do not get to know of " + dropped + " dead letters, because the application shuts down");
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
