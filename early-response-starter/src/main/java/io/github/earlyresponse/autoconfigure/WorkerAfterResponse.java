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

package io.github.earlyresponse.autoconfigure;

import io.github.earlyresponse.AfterResponse;
import io.github.earlyresponse.PostPhaseTask;
import org.jspecify.annotations.Nullable;

/**
 * The bean in an application that has no requests.
 */
class WorkerAfterResponse implements AfterResponse {

	@Override
	public String run(String name, PostPhaseTask task) {
		throw noRequest();
	}

	@Override
	public String call(String name, @Nullable Object... arguments) {
		throw noRequest();
	}

	@Override
	public String id(String name) {
		throw noRequest();
	}

	private static IllegalStateException noRequest() {
		return new IllegalStateException(
				"AfterResponse is called in an application without a web server, which handles "
						+ "no requests. Call it in a @RespondThenContinue handler of an application that has one.");
	}

}
