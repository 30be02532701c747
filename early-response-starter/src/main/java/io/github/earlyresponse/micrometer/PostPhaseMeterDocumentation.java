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

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The meters of this library. When idle, <em>accepted + {@linkplain #TAKEN_OVER taken
 * over} = sum of {@linkplain #FINISHED finished} + {@linkplain #HANDED_BACK handed back}
 * + in flight</em>; without durable post-phases, none is taken over or handed back.
 */
public enum PostPhaseMeterDocumentation implements MeterDocumentation {

	/**
	 * Accepted post-phases: those for which capacity was reserved, and those that
	 * {@code early-response.when-saturated} accepts without.
	 */
	ACCEPTED("early.response.accepted", Meter.Type.COUNTER, "post-phases", "Accepted post-phases",
			PostPhaseKeyNames.NAME),

	/**
	 * Post-phases for which there was no capacity.
	 */
	REJECTED("early.response.rejected", Meter.Type.COUNTER, "post-phases",
			"Post-phases for which there was no capacity", PostPhaseKeyNames.NAME),

	/**
	 * Failed attempts that are followed by another one.
	 */
	FAILED_ATTEMPTS("early.response.attempts.failed", Meter.Type.COUNTER, "attempts",
			"Failed attempts that are followed by another one", PostPhaseKeyNames.NAME),

	/**
	 * Post-phases that have ended, whether or not they ran.
	 */
	FINISHED("early.response.finished", Meter.Type.COUNTER, "post-phases",
			"Post-phases that have ended, whether or not they ran", PostPhaseKeyNames.NAME, PostPhaseKeyNames.OUTCOME),

	/**
	 * Deliveries of the responses of post-phases that have ended.
	 */
	DELIVERIES("early.response.deliveries", Meter.Type.COUNTER, "responses",
			"Deliveries of the responses of post-phases that have ended", PostPhaseKeyNames.NAME,
			PostPhaseKeyNames.DELIVERY),

	/**
	 * Time from the admission of a request to its complete response.
	 */
	RESPONSE("early.response.response", Meter.Type.TIMER, null,
			"Time from the admission of a request to its complete response", PostPhaseKeyNames.NAME),

	/**
	 * Time from the complete response to the start of the post-phase.
	 */
	WAIT("early.response.wait", Meter.Type.TIMER, null,
			"Time from the complete response to the start of the post-phase", PostPhaseKeyNames.NAME),

	/**
	 * Time from the start of an attempt of a post-phase to its end.
	 */
	POST_PHASE("early.response.post.phase", Meter.Type.TIMER, null,
			"Time from the start of an attempt of a post-phase to its end", PostPhaseKeyNames.NAME,
			PostPhaseKeyNames.OUTCOME, PostPhaseKeyNames.ERROR),

	/**
	 * Running post-phases.
	 */
	ACTIVE("early.response.post.phase.active", Meter.Type.LONG_TASK_TIMER, null, "Running post-phases",
			PostPhaseKeyNames.NAME, PostPhaseKeyNames.OUTCOME),

	/**
	 * Post-phases that were accepted and have not ended.
	 */
	IN_FLIGHT("early.response.in.flight", Meter.Type.GAUGE, "post-phases",
			"Post-phases that were accepted and have not ended"),

	/**
	 * Post-phases whose response is complete and that wait for a thread.
	 */
	QUEUED("early.response.queued", Meter.Type.GAUGE, "post-phases",
			"Post-phases whose response is complete and that wait for a thread"),

	/**
	 * Maximum number of post-phases in flight.
	 */
	CAPACITY("early.response.capacity", Meter.Type.GAUGE, "post-phases", "Maximum number of post-phases in flight"),

	/**
	 * Durable post-phases that this node has taken over from their store.
	 */
	TAKEN_OVER("early.response.durable.taken.over", Meter.Type.COUNTER, "post-phases",
			"Durable post-phases that this node has taken over from their store", PostPhaseKeyNames.NAME),

	/**
	 * Durable post-phases that this node has left to their store.
	 */
	HANDED_BACK("early.response.durable.handed.back", Meter.Type.COUNTER, "post-phases",
			"Durable post-phases that this node has left to their store", PostPhaseKeyNames.NAME,
			PostPhaseKeyNames.REASON),

	/**
	 * Durable post-phases of which this node has found out that their process has died.
	 */
	CRASHED("early.response.durable.crashed", Meter.Type.COUNTER, "post-phases",
			"Durable post-phases of which this node has found out that their process has died", PostPhaseKeyNames.NAME),

	/**
	 * Durable post-phases that this node has made dead letters.
	 */
	DEAD_LETTERS("early.response.durable.dead.letters", Meter.Type.COUNTER, "post-phases",
			"Durable post-phases that this node has made dead letters", PostPhaseKeyNames.NAME),

	/**
	 * Time from when a stored post-phase was due to when it was taken over.
	 */
	DUE_WAIT("early.response.durable.wait", Meter.Type.TIMER, null,
			"Time from when a stored post-phase was due to when it was taken over", PostPhaseKeyNames.NAME),

	/**
	 * Time to store what has become of durable post-phases, by batch.
	 */
	FLUSH("early.response.durable.flush", Meter.Type.TIMER, null,
			"Time to store what has become of durable post-phases, by batch"),

	/**
	 * Number of post-phases in such a batch.
	 */
	FLUSH_SIZE("early.response.durable.flush.size", Meter.Type.DISTRIBUTION_SUMMARY, "post-phases",
			"Number of post-phases in such a batch"),

	/**
	 * Stored post-phases of all nodes.
	 */
	STORED("early.response.durable.stored", Meter.Type.GAUGE, "post-phases", "Stored post-phases of all nodes",
			PostPhaseKeyNames.STATE),

	/**
	 * Time since when the oldest due post-phase is due, zero if none is.
	 */
	OLDEST_DUE("early.response.durable.oldest.due", Meter.Type.GAUGE, "seconds",
			"Time since when the oldest due post-phase is due, zero if none is");

	private final String name;

	private final Meter.Type type;

	private final @Nullable String baseUnit;

	private final String description;

	private final PostPhaseKeyNames[] tags;

	PostPhaseMeterDocumentation(String name, Meter.Type type, @Nullable String baseUnit, String description,
			PostPhaseKeyNames... tags) {
		this.name = name;
		this.type = type;
		this.baseUnit = baseUnit;
		this.description = description;
		this.tags = tags;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public Meter.Type getType() {
		return this.type;
	}

	@Override
	public @Nullable String getBaseUnit() {
		return this.baseUnit;
	}

	/**
	 * Return the description of the meter.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

	@Override
	public KeyName[] getKeyNames() {
		return this.tags.clone();
	}

}
