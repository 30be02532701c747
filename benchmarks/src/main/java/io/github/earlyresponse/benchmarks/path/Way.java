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
 * How a handler goes on.
 */
public enum Way {

	/**
	 * By hand, on an executor that carries nothing.
	 */
	EXECUTE(Map.of()),

	/**
	 * With {@link org.springframework.scheduling.annotation.Async @Async} and the context
	 * of the request.
	 */
	ASYNC(Map.of()),

	/**
	 * With {@link io.github.earlyresponse.RespondThenContinue @RespondThenContinue} and
	 * the context of the request.
	 */
	EARLY(Map.of("spring.autoconfigure.exclude",
			"io.github.earlyresponse.autoconfigure.EarlyResponseMetricsAutoConfiguration,"
					+ "io.github.earlyresponse.autoconfigure.EarlyResponseObservationAutoConfiguration,"
					+ "io.github.earlyresponse.autoconfigure.EarlyResponseEndpointAutoConfiguration")),

	/**
	 * The same, counted and observed by Micrometer.
	 */
	EARLY_OBSERVED(Map.of());

	private final Map<String, Object> properties;

	Way(Map<String, Object> properties) {
		this.properties = properties;
	}

	Map<String, Object> properties() {
		return this.properties;
	}

}
