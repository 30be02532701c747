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

/**
 * Low cardinality keys, used as tags of meters and spans.
 */
public enum PostPhaseKeyNames implements KeyName {

	/**
	 * The name of the post-phase.
	 */
	NAME("name"),

	/**
	 * How the post-phase ended, {@code none} while it is running; for its attempts also
	 * {@code retried}, if another one followed.
	 */
	OUTCOME("outcome"),

	/**
	 * What is known about the delivery of the early response.
	 */
	DELIVERY("delivery"),

	/**
	 * Why a durable post-phase was handed back.
	 */
	REASON("reason"),

	/**
	 * Where a stored post-phase is: {@code leased} by a node that runs it, {@code due},
	 * {@code waiting} for its next attempt, or {@code dead}.
	 */
	STATE("state"),

	/**
	 * The simple class name of the exception that the post-phase threw, {@code none} if
	 * there is none. Micrometer adds it to the timers of observations.
	 */
	ERROR("error");

	private final String key;

	PostPhaseKeyNames(String key) {
		this.key = key;
	}

	@Override
	public String asString() {
		return this.key;
	}

}
