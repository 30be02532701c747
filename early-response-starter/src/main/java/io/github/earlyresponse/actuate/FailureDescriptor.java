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

package io.github.earlyresponse.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseResult;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of a post-phase that failed, timed out or was abandoned.
 *
 * @param id its id
 * @param name its name
 * @param outcome its outcome, in lower case
 * @param endedAt when it ended
 * @param duration the time it ran, over all attempts; zero if it never started
 * @param attempts the number of attempts
 * @param failure class and {@linkplain PostPhaseResult#failureMessage() message} of the
 * exception that it threw, {@code null} if there is none
 */
public record FailureDescriptor(String id, String name, String outcome, @Nullable Instant endedAt, Duration duration,
		int attempts, @Nullable String failure) implements OperationResponseBody {

	static FailureDescriptor of(PostPhaseResult result) {
		PostPhaseExecution postPhase = result.postPhase();
		return new FailureDescriptor(postPhase.id(), postPhase.name(), result.outcome().name().toLowerCase(Locale.ROOT),
				postPhase.finishedAt(), result.duration(), postPhase.attempt(), describe(result));
	}

	private static @Nullable String describe(PostPhaseResult result) {
		Throwable failure = result.failure();
		String message = result.failureMessage();
		if (failure == null) {
			return null;
		}
		return failure.getClass().getName() + ((message != null) ? ": " + message : "");
	}

}
