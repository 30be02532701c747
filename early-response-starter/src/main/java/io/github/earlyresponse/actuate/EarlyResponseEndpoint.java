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

package io.github.earlyresponse.actuate;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

import io.github.earlyresponse.DurablePostPhase;
import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseExecution.State;
import io.github.earlyresponse.PostPhaseOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link Endpoint @Endpoint} that shows post-phases and cancels them.
 */
@Endpoint(id = "earlyresponse")
@ImportRuntimeHints(EarlyResponseEndpoint.Hints.class)
public class EarlyResponseEndpoint {

	/**
	 * How many of the post-phases in flight are shown.
	 */
	static final int POST_PHASES = 100;

	private final PostPhaseOperations operations;

	private final PostPhaseHistory history;

	/**
	 * Creates the endpoint.
	 * @param operations the post-phases in flight
	 * @param history the post-phases of the past
	 */
	public EarlyResponseEndpoint(PostPhaseOperations operations, PostPhaseHistory history) {
		this.operations = operations;
		this.history = history;
	}

	/**
	 * Shows how many post-phases there are and were, the oldest of those in flight, and
	 * the last failures.
	 * @return the report
	 */
	@ReadOperation
	public EarlyResponseDescriptor postPhases() {
		Collection<PostPhaseExecution> inFlight = this.operations.inFlight();
		long queued = inFlight.stream().filter((postPhase) -> postPhase.state() == State.QUEUED).count();
		return new EarlyResponseDescriptor(this.operations.capacity(), inFlight.size(), queued, this.history.totals(),
				oldest(inFlight), this.history.failures());
	}

	private List<PostPhaseDescriptor> oldest(Collection<PostPhaseExecution> inFlight) {
		Instant now = Instant.now();
		return inFlight.stream()
			.sorted(Comparator.comparing(PostPhaseExecution::acceptedAt))
			.limit(POST_PHASES)
			.map((postPhase) -> PostPhaseDescriptor.of(postPhase, now))
			.toList();
	}

	/**
	 * Shows one post-phase.
	 * @param id its id
	 * @return a {@link PostPhaseDescriptor} if it is in flight on this node, a
	 * {@link DurableDescriptor} if it is stored, a {@link FailureDescriptor} if it is
	 * among the last failures of this node, otherwise {@code null}
	 */
	@ReadOperation
	public @Nullable OperationResponseBody postPhase(@Selector String id) {
		// In this order, because a failure is told before it leaves those in flight
		OperationResponseBody found = inFlight(id);
		if (found == null) {
			found = durable(id);
		}
		return (found != null) ? found : this.history.failure(id);
	}

	private @Nullable DurableDescriptor durable(String id) {
		DurablePostPhase postPhase = this.operations.findDurable(id);
		return (postPhase != null) ? DurableDescriptor.of(postPhase, Instant.now()) : null;
	}

	private @Nullable PostPhaseDescriptor inFlight(String id) {
		PostPhaseExecution postPhase = this.operations.find(id);
		return (postPhase != null) ? PostPhaseDescriptor.of(postPhase, Instant.now()) : null;
	}

	/**
	 * Cancels a post-phase of this node, or a durable one of any node.
	 * @param id its id
	 * @return {@code false} if it is unknown, has ended, or is already being stopped on
	 * this node
	 */
	@DeleteOperation
	public boolean cancel(@Selector String id) {
		return this.operations.cancel(id);
	}

	/**
	 * Hints for the results of operations that declare another type. Not by
	 * {@code @RegisterReflectionForBinding}, whose meta-annotations each start reads.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			new BindingReflectionHintsRegistrar().registerReflectionHints(hints.reflection(), PostPhaseDescriptor.class,
					DurableDescriptor.class, FailureDescriptor.class);
		}

	}

}
