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

import java.time.Duration;
import java.time.Instant;

import io.github.earlyresponse.DurablePage;
import io.github.earlyresponse.DurableQuery;
import io.github.earlyresponse.PostPhaseOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/**
 * {@link Endpoint @Endpoint} that lists the durable post-phases of all nodes. It never
 * shows what they contain.
 */
@Endpoint(id = "earlyresponsedurable")
public class DurableEndpoint {

	private final PostPhaseOperations operations;

	private final boolean durable;

	/**
	 * Creates the endpoint.
	 * @param operations the operations
	 * @param durable whether there is a durable engine
	 */
	public DurableEndpoint(PostPhaseOperations operations, boolean durable) {
		this.operations = operations;
		this.durable = durable;
	}

	/**
	 * Lists post-phases.
	 * @param name their name, as it was stored; by default any
	 * @param state their state; by default any
	 * @param owner the name of their user; by default any
	 * @param olderThan the time since they were accepted, at least; by default any
	 * @param limit the maximum number, from 1 to 1000, 100 by default
	 * @param after the end of the page before
	 * @return a page, those that were accepted first at the beginning
	 */
	@ReadOperation
	public DurablePageDescriptor postPhases(@Nullable String name, DurableQuery.@Nullable State state,
			@Nullable String owner, @Nullable Duration olderThan, @Nullable Integer limit, @Nullable String after) {
		Instant now = Instant.now();
		try {
			DurableQuery query = DurableQuery.all()
				.withName(name)
				.withState(state)
				.withOwner(owner)
				.withAcceptedBefore((olderThan != null) ? now.minus(olderThan) : null)
				.withAfter(after);
			DurablePage page = this.operations.listDurable((limit != null) ? query.withLimit(limit) : query);
			return new DurablePageDescriptor(this.durable,
					page.content().stream().map((postPhase) -> DurableDescriptor.of(postPhase, now)).toList(),
					page.next());
		}
		catch (IllegalArgumentException ex) {
			String reason = String.valueOf(ex.getMessage());
			throw new InvalidEndpointRequestException(reason, reason);
		}
	}

}
