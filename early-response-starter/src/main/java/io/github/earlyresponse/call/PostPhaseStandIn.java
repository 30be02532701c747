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

package io.github.earlyresponse.call;

import io.github.earlyresponse.PostPhaseContext;
import org.jspecify.annotations.Nullable;

/**
 * A bean that runs instead of post-phases that are named but do not exist, as in a test
 * of the web layer without the services of the application. Applications have none: there
 * a name that does not exist is a mistake.
 */
@FunctionalInterface
public interface PostPhaseStandIn {

	/**
	 * Runs instead of a post-phase.
	 * @param offered what the post-phase could have taken: the handler's result, if it
	 * has one, and then those of its arguments that outlive the request, or what was
	 * given to {@link io.github.earlyresponse.AfterResponse#call AfterResponse.call}
	 * @param context tells which post-phase it is
	 */
	void run(@Nullable Object[] offered, PostPhaseContext context);

}
