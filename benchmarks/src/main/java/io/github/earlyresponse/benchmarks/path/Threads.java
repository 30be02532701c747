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

package io.github.earlyresponse.benchmarks.path;

import java.util.Map;

/**
 * Where the work runs.
 */
public enum Threads {

	/**
	 * On the thread of the request: what all of it costs together.
	 */
	INLINE(Map.of("early-response.executor.bean", "bareExecutor")),

	/**
	 * On a pool of platform threads.
	 */
	PLATFORM(Map.of()),

	/**
	 * On virtual threads.
	 */
	VIRTUAL(Map.of("spring.threads.virtual.enabled", true));

	private final Map<String, Object> properties;

	Threads(Map<String, Object> properties) {
		this.properties = properties;
	}

	Map<String, Object> properties() {
		return this.properties;
	}

}
