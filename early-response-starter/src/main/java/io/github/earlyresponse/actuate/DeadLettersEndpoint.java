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

import io.github.earlyresponse.PostPhaseOperations;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows the dead letters of all nodes, replays and
 * discards them. It never shows what they contain.
 */
@Endpoint(id = "earlyresponsedeadletters")
public class DeadLettersEndpoint {

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	private final PostPhaseOperations operations;

	private final boolean durable;

	/**
	 * Creates the endpoint.
	 * @param operations the operations
	 * @param durable whether there is a durable engine
	 */
	public DeadLettersEndpoint(PostPhaseOperations operations, boolean durable) {
		this.operations = operations;
		this.durable = durable;
	}

	/**
	 * Shows the last dead letters.
	 * @param limit the maximum number, from 1 to 1000, 100 by default
	 * @return the report
	 */
	@ReadOperation
	public DeadLettersDescriptor deadLetters(@Nullable Integer limit) {
		if (limit != null && (limit < 1 || limit > MAX_LIMIT)) {
			throw new InvalidEndpointRequestException("The limit is out of bounds: " + limit,
					"The limit must be from 1 to " + MAX_LIMIT + ".");
		}
		return new DeadLettersDescriptor(this.durable,
				this.operations.deadLetters((limit != null) ? limit : DEFAULT_LIMIT));
	}

	/**
	 * Runs a dead letter again.
	 * @param id its id
	 * @return {@code false} if there is no such dead letter
	 */
	@WriteOperation
	public boolean replay(@Selector String id) {
		return this.operations.replay(id);
	}

	/**
	 * Runs all dead letters of a name again.
	 * @param name the name, as it was stored
	 * @return how many there were
	 */
	@WriteOperation
	public DeadLetterCount replayAll(String name) {
		return new DeadLetterCount(this.operations.replayAll(name));
	}

	/**
	 * Deletes all dead letters of a name.
	 * @param name the name, as it was stored
	 * @return how many there were
	 */
	@DeleteOperation
	public DeadLetterCount discardAll(String name) {
		return new DeadLetterCount(this.operations.discardAll(name));
	}

	/**
	 * Deletes a dead letter.
	 * @param id its id
	 * @return {@code false} if there is no such dead letter
	 */
	@DeleteOperation
	public boolean discard(@Selector String id) {
		return this.operations.discard(id);
	}

}
