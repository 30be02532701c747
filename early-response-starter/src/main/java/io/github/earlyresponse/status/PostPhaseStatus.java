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

package io.github.earlyresponse.status;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.github.earlyresponse.PostPhaseExecution;
import io.github.earlyresponse.PostPhaseProgress;
import org.jspecify.annotations.Nullable;

import org.springframework.util.DigestUtils;

/**
 * What a client is told of a post-phase at one moment.
 */
record PostPhaseStatus(String id, String name, String state, @Nullable PostPhaseProgress progress, int attempt,
		@Nullable Instant nextAttemptAt, Instant acceptedAt, @Nullable Instant respondedAt, @Nullable Instant startedAt,
		@Nullable Instant finishedAt, @Nullable String outcome, String delivery, @Nullable String failure) {

	static PostPhaseStatus of(PostPhaseExecution postPhase) {
		FinishedPostPhase finished = (postPhase instanceof FinishedPostPhase ended) ? ended : null;
		// First the state, because what goes with it is there before it is
		String state = state(postPhase);
		return new PostPhaseStatus(postPhase.id(), postPhase.name(), state, postPhase.progress(), postPhase.attempt(),
				postPhase.nextAttemptAt(), postPhase.acceptedAt(), postPhase.respondedAt(), postPhase.startedAt(),
				(finished != null) ? finished.finishedAt() : null,
				(finished != null) ? lowerCase(finished.outcome()) : null, lowerCase(postPhase.delivery()),
				(finished != null) ? finished.failure() : null);
	}

	/**
	 * It is finished for clients when its outcome can be told.
	 */
	private static String state(PostPhaseExecution postPhase) {
		if (postPhase instanceof FinishedPostPhase) {
			return "finished";
		}
		return switch (postPhase.state()) {
			case ACCEPTED, QUEUED -> "queued";
			case RUNNING -> "running";
			case WAITING -> "waiting";
			case FINISHED -> (postPhase.startedAt() != null) ? "running" : "queued";
		};
	}

	private static String lowerCase(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT);
	}

	boolean isFinished() {
		return this.outcome != null;
	}

	/**
	 * Another one for each other content.
	 */
	String version() {
		return DigestUtils.md5DigestAsHex(toString().getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * A map, so that what the application configures for its own types does not change
	 * the form.
	 */
	Map<String, Object> body() {
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("id", this.id);
		body.put("name", this.name);
		body.put("state", this.state);
		PostPhaseProgress progress = this.progress;
		if (progress != null) {
			Map<String, Object> values = new LinkedHashMap<>();
			values.put("done", progress.done());
			putIfPresent(values, "total", (progress.total() > 0) ? progress.total() : null);
			putIfPresent(values, "message", progress.message());
			body.put("progress", values);
		}
		putIfPresent(body, "attempt", (this.attempt > 0) ? this.attempt : null);
		putIfPresent(body, "nextAttemptAt", toString(this.nextAttemptAt));
		body.put("acceptedAt", this.acceptedAt.toString());
		putIfPresent(body, "respondedAt", toString(this.respondedAt));
		putIfPresent(body, "startedAt", toString(this.startedAt));
		putIfPresent(body, "finishedAt", toString(this.finishedAt));
		putIfPresent(body, "outcome", this.outcome);
		body.put("delivery", this.delivery);
		putIfPresent(body, "failure", (this.failure != null) ? Map.of("message", this.failure) : null);
		return body;
	}

	private static @Nullable String toString(@Nullable Instant time) {
		return (time != null) ? time.toString() : null;
	}

	private static void putIfPresent(Map<String, Object> values, String key, @Nullable Object value) {
		if (value != null) {
			values.put(key, value);
		}
	}

}
