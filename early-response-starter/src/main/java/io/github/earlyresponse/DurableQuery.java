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

package io.github.earlyresponse;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Which durable post-phases to list, out of those of all nodes. What is {@code null} does
 * not matter.
 *
 * @param name the name of the post-phases, as it was stored
 * @param state their state
 * @param owner the name of the user of their request
 * @param acceptedBefore when they were accepted at the latest
 * @param after the {@linkplain DurablePage#next() end of the page before}
 * @param limit the maximum number, from 1 to 1000
 * @see PostPhaseOperations#listDurable(DurableQuery)
 */
public record DurableQuery(@Nullable String name, @Nullable State state, @Nullable String owner,
		@Nullable Instant acceptedBefore, @Nullable String after, int limit) {

	private static final int DEFAULT_LIMIT = 100;

	private static final int MAX_LIMIT = 1000;

	/**
	 * Create a query.
	 * @throws IllegalArgumentException if the limit is out of bounds
	 */
	public DurableQuery {
		Assert.isTrue(limit >= 1 && limit <= MAX_LIMIT,
				() -> "The limit must be from 1 to " + MAX_LIMIT + ": " + limit);
	}

	/**
	 * Return a query for all post-phases, with a limit of 100.
	 * @return the query
	 */
	public static DurableQuery all() {
		return new DurableQuery(null, null, null, null, null, DEFAULT_LIMIT);
	}

	/**
	 * Return this query for the post-phases with the given name only.
	 * @param name the name
	 * @return the query
	 */
	public DurableQuery withName(@Nullable String name) {
		return new DurableQuery(name, this.state, this.owner, this.acceptedBefore, this.after, this.limit);
	}

	/**
	 * Return this query for the post-phases in the given state only.
	 * @param state the state
	 * @return the query
	 */
	public DurableQuery withState(@Nullable State state) {
		return new DurableQuery(this.name, state, this.owner, this.acceptedBefore, this.after, this.limit);
	}

	/**
	 * Return this query for the post-phases of the given user only.
	 * @param owner the name of the user
	 * @return the query
	 */
	public DurableQuery withOwner(@Nullable String owner) {
		return new DurableQuery(this.name, this.state, owner, this.acceptedBefore, this.after, this.limit);
	}

	/**
	 * Return this query for the post-phases that were accepted before the given time
	 * only.
	 * @param acceptedBefore the time
	 * @return the query
	 */
	public DurableQuery withAcceptedBefore(@Nullable Instant acceptedBefore) {
		return new DurableQuery(this.name, this.state, this.owner, acceptedBefore, this.after, this.limit);
	}

	/**
	 * Return this query for the page that follows another one.
	 * @param after the {@linkplain DurablePage#next() end of the other page}
	 * @return the query
	 */
	public DurableQuery withAfter(@Nullable String after) {
		return new DurableQuery(this.name, this.state, this.owner, this.acceptedBefore, after, this.limit);
	}

	/**
	 * Return this query with another limit.
	 * @param limit the maximum number, from 1 to 1000
	 * @return the query
	 * @throws IllegalArgumentException if it is out of bounds
	 */
	public DurableQuery withLimit(int limit) {
		return new DurableQuery(this.name, this.state, this.owner, this.acceptedBefore, this.after, limit);
	}

	/**
	 * State of a stored post-phase.
	 */
	public enum State {

		/**
		 * A node works on it.
		 */
		LEASED,

		/**
		 * It waits for a node with a free thread.
		 */
		DUE,

		/**
		 * It waits for the time of its next attempt.
		 */
		WAITING,

		/**
		 * It has failed for good.
		 */
		DEAD

	}

}
