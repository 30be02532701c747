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

package io.github.earlyresponse.engine;

/**
 * The attempts of a post-phase so far.
 *
 * @param started how many were started
 * @param failures how many of them count as failures for its retry policy
 * @param deferrals how many of the last ones in a row asked for a later attempt
 */
public record AttemptCount(int started, int failures, int deferrals) {

	/**
	 * No attempts.
	 */
	public static final AttemptCount NONE = new AttemptCount(0, 0, 0);

}
