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
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of a post-phase in flight.
 *
 * @param id its id
 * @param name its name
 * @param state its state
 * @param acceptedAt when it was accepted
 * @param age the time since then
 * @param startedAt when it started, {@code null} before the start
 * @param attempt the number of its current or last attempt, {@code 0} before the start
 * @param nextAttemptAt when its next attempt is due, {@code null} if it is not waiting
 * for one
 * @param timeLimit the time limit of its attempt, {@code null} if there is none
 * @param delivery the delivery of its response
 * @param progress the progress that it reported, {@code null} if there is none
 */
public record PostPhaseDescriptor(String id, String name, String state, Instant acceptedAt, Duration age,
		@Nullable Instant startedAt, int attempt, @Nullable Instant nextAttemptAt, @Nullable Duration timeLimit,
		String delivery, @Nullable PostPhaseProgress progress) implements OperationResponseBody {

	static PostPhaseDescriptor of(PostPhaseExecution postPhase, Instant now) {
		return new PostPhaseDescriptor(postPhase.id(), postPhase.name(), value(postPhase.state()),
				postPhase.acceptedAt(), Duration.between(postPhase.acceptedAt(), now), postPhase.startedAt(),
				postPhase.attempt(), postPhase.nextAttemptAt(), postPhase.timeLimit(), value(postPhase.delivery()),
				postPhase.progress());
	}

	private static String value(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

}
