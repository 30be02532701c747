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

/**
 * Work of a post-phase that is passed to {@link AfterResponse}, usually as a lambda.
 *
 * @see AfterResponse#run(String, PostPhaseTask)
 */
@FunctionalInterface
public interface PostPhaseTask {

	/**
	 * Do the work. Called once, after the response is complete.
	 * @param context the context of this post-phase
	 * @throws Exception if the work fails, which ends the post-phase as
	 * {@link PostPhaseOutcome#FAILED} and is logged once
	 */
	void run(PostPhaseContext context) throws Exception;

}
