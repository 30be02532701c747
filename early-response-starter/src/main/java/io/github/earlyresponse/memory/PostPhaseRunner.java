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
import java.util.function.Supplier;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.engine.PostPhaseRecord;
import io.github.earlyresponse.run.LoggableFailure;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.github.earlyresponse.run.ThreadState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs a post-phase on the current thread and leaves the thread as it was. Nothing that
 * the post-phase throws gets out.
 */
class PostPhaseRunner {

	private static final Log logger = LogFactory.getLog(PostPhaseRunner.class);

	private final Ledger ledger;

	private final PostPhaseListeners listeners;

	private final Supplier<PostPhaseObserver> observers;

	private final Duration defaultTimeout;

	private volatile PostPhaseObserver observer = PostPhaseObserver.none();

	PostPhaseRunner(Ledger ledger, PostPhaseListeners listeners, Supplier<PostPhaseObserver> observers,
			Duration defaultTimeout) {
		this.ledger = ledger;
		this.listeners = listeners;
		this.observers = observers;
		this.defaultTimeout = defaultTimeout;
	}

	/**
	 * Asks for the observer. Not before the start, because it may depend on the engine.
	 */
	void start() {
		this.observer = this.observers.get();
	}

	void run(Execution execution) {
		PostPhaseRecord record = execution.begin();
		if (record == null) {
			return;
		}
		ThreadState threadState = ThreadState.current();
		ContextCarrier.Scope scope = null;
		PostPhaseObserver.Run run = null;
		Throwable failure = null;
		try {
			scope = record.context().open();
			run = observe(execution);
			this.listeners.started(execution);
			Duration timeout = record.work().timeout();
			execution.restartTimeout((timeout != null) ? timeout : this.defaultTimeout);
			record.work().run(execution, record.failure());
		}
		catch (Throwable ex) {
			failure = ex;
		}
		execution.end((failure != null) ? PostPhaseOutcome.FAILED : PostPhaseOutcome.COMPLETED);
		// Whoever interrupted this thread meant the post-phase, neither the listeners
		// nor,
		// further down, what comes next on it
		Thread.interrupted();
		boolean closed = this.ledger.close(execution, PostPhaseOutcome.COMPLETED, failure);
		end(run, execution, failure);
		takeOff(scope);
		threadState.restore();
		if (closed) {
			this.ledger.remove(execution);
		}
	}

	private PostPhaseObserver.@Nullable Run observe(Execution execution) {
		try {
			return this.observer.started(execution);
		}
		catch (Throwable ex) {
			logger.warn(execution + " cannot be observed", LoggableFailure.of(ex));
			return null;
		}
	}

	private void end(PostPhaseObserver.@Nullable Run run, Execution execution, @Nullable Throwable failure) {
		try {
			if (run != null) {
				run.ended(execution.outcome(), failure);
			}
		}
		catch (Throwable ex) {
			logger.warn("The observation of " + execution + " cannot be ended", LoggableFailure.of(ex));
		}
	}

	private void takeOff(ContextCarrier.@Nullable Scope scope) {
		try {
			if (scope != null) {
				scope.close();
			}
		}
		catch (Throwable ex) {
			logger.warn("The context of a post-phase could not be taken off its thread", LoggableFailure.of(ex));
		}
	}

}
