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

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.run.PostPhaseObserver;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

/**
 * Makes an observation of each post-phase that runs, whose parent is the observation of
 * the request.
 */
public final class PostPhaseObservations implements PostPhaseObserver {

	private static final PostPhaseObservationConvention defaultConvention = new DefaultPostPhaseObservationConvention();

	private final ObservationRegistry registry;

	private final @Nullable PostPhaseObservationConvention convention;

	/**
	 * Creates the observer.
	 * @param registry where the observations go
	 * @param convention names and tags them, {@code null} for the default
	 */
	public PostPhaseObservations(ObservationRegistry registry, @Nullable PostPhaseObservationConvention convention) {
		this.registry = registry;
		this.convention = convention;
	}

	@Override
	public Run started(PostPhaseExecution postPhase) {
		PostPhaseObservationContext context = new PostPhaseObservationContext(postPhase);
		Observation observation = PostPhaseObservationDocumentation.POST_PHASE.observation(this.convention,
				defaultConvention, () -> context, this.registry);
		Observation.Scope previous = this.registry.getCurrentObservationScope();
		startAsChild(observation, findRequest());
		Observation.Scope scope = openScope(observation, previous);
		return (outcome, failure) -> {
			try {
				scope.close();
			}
			finally {
				// The thread belongs to others, whatever the handlers of the observation
				// do
				this.registry.setCurrentObservationScope(previous);
				stop(observation, context, outcome, failure);
			}
		};
	}

	private Observation.Scope openScope(Observation observation, Observation.@Nullable Scope previous) {
		try {
			return observation.openScope();
		}
		catch (Throwable ex) {
			this.registry.setCurrentObservationScope(previous);
			observation.error(ex);
			observation.stop();
			throw ex;
		}
	}

	/**
	 * Starts inside the scope of the parent: tracing takes the span that is current for
	 * the parent, and that may belong to an observation in between.
	 */
	private void startAsChild(Observation observation, @Nullable Observation parent) {
		observation.parentObservation(parent);
		if (parent == null || parent == this.registry.getCurrentObservation()) {
			observation.start();
			return;
		}
		try (Observation.Scope scope = parent.openScope()) {
			observation.start();
		}
	}

	/**
	 * The observation of the request that the current one is part of. With Spring
	 * Security, for instance, the current one is that of its filter chain.
	 */
	private @Nullable Observation findRequest() {
		Observation current = this.registry.getCurrentObservation();
		ObservationView view = current;
		while (view != null) {
			if (view.getContextView() instanceof ReceiverContext && view instanceof Observation request) {
				return request;
			}
			view = view.getContextView().getParentObservation();
		}
		return current;
	}

	private static void stop(Observation observation, PostPhaseObservationContext context,
			@Nullable PostPhaseOutcome outcome, @Nullable Throwable failure) {
		context.end(outcome);
		if (failure != null) {
			observation.error(failure);
		}
		observation.stop();
	}

}
