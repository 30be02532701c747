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

package io.github.earlyresponse.micrometer;

import java.util.function.Function;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * Context of the observation of a post-phase.
 */
public class PostPhaseObservationContext extends Observation.Context {

	private final PostPhaseExecution postPhase;

	private volatile @Nullable PostPhaseOutcome outcome;

	private volatile boolean retried;

	private volatile @Nullable KeyValues highCardinalityKeyValues;

	/**
	 * Create the context.
	 * @param postPhase the post-phase
	 */
	public PostPhaseObservationContext(PostPhaseExecution postPhase) {
		this.postPhase = postPhase;
	}

	/**
	 * Return the post-phase.
	 * @return the post-phase
	 */
	public PostPhaseExecution getPostPhase() {
		return this.postPhase;
	}

	/**
	 * Return how the post-phase ended.
	 * @return the outcome, or {@code null} while it is running and after an attempt that
	 * is retried
	 */
	public @Nullable PostPhaseOutcome getOutcome() {
		return this.outcome;
	}

	/**
	 * Return whether the attempt has ended and will be followed by another one.
	 * @return whether the post-phase is retried
	 */
	public boolean isRetried() {
		return this.retried;
	}

	/**
	 * The key values that do not change while the post-phase runs. Micrometer asks for
	 * them when it starts and when it stops the observation.
	 */
	KeyValues highCardinalityKeyValues(Function<PostPhaseExecution, KeyValues> factory) {
		KeyValues keyValues = this.highCardinalityKeyValues;
		if (keyValues == null) {
			keyValues = factory.apply(this.postPhase);
			this.highCardinalityKeyValues = keyValues;
		}
		return keyValues;
	}

	void end(@Nullable PostPhaseOutcome outcome) {
		this.outcome = outcome;
		this.retried = outcome == null;
	}

}
