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

package io.github.earlyresponse.web;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import io.github.earlyresponse.ContextCarrier;
import io.github.earlyresponse.run.LoggableFailure;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The condition of one call of a handler, evaluated once and under no lock.
 */
final class Verdict {

	private static final Log logger = LogFactory.getLog(Verdict.class);

	private final FutureTask<Boolean> evaluation;

	Verdict(Callable<Boolean> condition) {
		this.evaluation = new FutureTask<>(condition);
	}

	/**
	 * Evaluates the condition, on the thread of the handler.
	 */
	void evaluate() {
		this.evaluation.run();
	}

	/**
	 * Evaluates the condition on another thread.
	 * @param context the context of the request
	 */
	void evaluateIn(ContextCarrier.Context context) {
		if (this.evaluation.isDone()) {
			return;
		}
		try (ContextCarrier.Scope scope = context.open()) {
			evaluate();
		}
		catch (Throwable ex) {
			logger.warn("The context of a request could not be used for the condition of its post-phases",
					LoggableFailure.of(ex));
			evaluate();
		}
	}

	/**
	 * Whether it is known that the post-phases run, or fail because this cannot be known.
	 */
	boolean isKnownToContinue() {
		return this.evaluation.isDone() && continues();
	}

	/**
	 * Whether the post-phases run, or fail because this cannot be known.
	 */
	boolean continues() {
		try {
			return this.evaluation.get();
		}
		catch (ExecutionException ex) {
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	/**
	 * Why the condition could not be evaluated.
	 */
	@Nullable Exception failure() {
		try {
			this.evaluation.get();
			return null;
		}
		catch (ExecutionException ex) {
			return (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return ex;
		}
	}

}
