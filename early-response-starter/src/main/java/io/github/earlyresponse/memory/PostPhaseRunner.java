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

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.engine.Continuation;
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

	private final Duration defaultTimeout;

	PostPhaseRunner(Ledger ledger, PostPhaseListeners listeners, Duration defaultTimeout) {
		this.ledger = ledger;
		this.listeners = listeners;
		this.defaultTimeout = defaultTimeout;
	}

	void run(Execution execution) {
		Continuation continuation = execution.start();
		if (continuation == null) {
			return;
		}
		ContextCarrier.Scope scope = null;
		Throwable failure = null;
		try {
			scope = continuation.context().open();
			this.listeners.started(execution);
			Duration timeout = continuation.work().timeout();
			execution.restartTimeout((timeout != null) ? timeout : this.defaultTimeout);
			continuation.work().run(execution, continuation.failure());
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
		takeOff(scope);
		Thread.interrupted();
		if (closed) {
			this.ledger.remove(execution);
		}
	}

	private void takeOff(ContextCarrier.@Nullable Scope scope) {
		try {
			if (scope != null) {
				scope.close();
			}
		}
		catch (Throwable ex) {
			logger.warn("The context of a post-phase could not be taken off its thread", ex);
		}
	}

}
