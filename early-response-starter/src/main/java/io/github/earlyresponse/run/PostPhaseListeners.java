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

package io.github.earlyresponse.run;

import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.HandBackReason;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseResult;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Notifies all listeners; none of them can harm a request, a post-phase or another
 * listener.
 */
class PostPhaseListeners {

	private static final Log logger = LogFactory.getLog(PostPhaseListeners.class);

	private final Supplier<Stream<PostPhaseListener>> supplier;

	/** An array, as the iterator of a list would be made for each notification. */
	private volatile PostPhaseListener[] listeners = {};

	PostPhaseListeners(Supplier<Stream<PostPhaseListener>> supplier) {
		this.supplier = supplier;
	}

	/**
	 * Asks for the listeners. Not before the start, because they may depend on the
	 * engine.
	 */
	void start() {
		this.listeners = this.supplier.get().toArray(PostPhaseListener[]::new);
	}

	void accepted(PostPhaseExecution postPhase) {
		notifyEach(PostPhaseListener::accepted, postPhase);
	}

	void rejected(String name) {
		notifyEach(PostPhaseListener::rejected, name);
	}

	void started(PostPhaseExecution postPhase) {
		notifyEach(PostPhaseListener::started, postPhase);
	}

	void attemptFailed(PostPhaseExecution postPhase, Throwable failure) {
		notifyEach((listener, attempted) -> listener.attemptFailed(attempted, failure), postPhase);
	}

	void finished(PostPhaseResult result) {
		notifyEach(PostPhaseListener::finished, result);
	}

	void takenOver(PostPhaseExecution postPhase, Instant due) {
		notifyEach((listener, taken) -> listener.takenOver(taken, due), postPhase);
	}

	void handedBack(PostPhaseExecution postPhase, HandBackReason reason) {
		notifyEach((listener, handedBack) -> listener.handedBack(handedBack, reason), postPhase);
	}

	void deadLettered(DeadLetter deadLetter) {
		notifyEach(PostPhaseListener::deadLettered, deadLetter);
	}

	private <T> void notifyEach(BiConsumer<PostPhaseListener, T> notification, T event) {
		for (PostPhaseListener listener : this.listeners) {
			try {
				notification.accept(listener, event);
			}
			catch (Throwable ex) {
				logger.warn("PostPhaseListener " + listener.getClass().getName() + " failed", LoggableFailure.of(ex));
			}
		}
	}

}
