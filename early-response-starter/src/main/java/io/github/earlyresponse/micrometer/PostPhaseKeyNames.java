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
 * Keys of few values, which are tags of meters and of spans.
 */
public enum PostPhaseKeyNames implements KeyName {

	/**
	 * The name of the post-phase.
	 */
	NAME("name"),

	/**
	 * How the post-phase ended, {@code none} while it runs.
	 */
	OUTCOME("outcome"),

	/**
	 * What is known of the early response.
	 */
	DELIVERY("delivery"),

	/**
	 * The simple name of the class of what the post-phase threw, {@code none} if it threw
	 * nothing. Micrometer adds it to the timers of observations.
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
