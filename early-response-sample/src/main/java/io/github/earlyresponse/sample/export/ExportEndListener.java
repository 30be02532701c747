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

package io.github.earlyresponse.sample.export;

import java.util.Objects;
import java.util.Set;

import io.github.earlyresponse.DeadLetter;
import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Records that an export was cancelled, also before it was begun, or has failed for good,
 * and is not tried again. First of all listeners, so that whoever sees the end also sees
 * the state.
 * <p>
 * Listeners should not block. This one executes a statement all the same: a short one,
 * only for exports that were not completed, and not before their response.
 */
@Component
@Order(0)
class ExportEndListener implements PostPhaseListener {

	private static final Set<String> POST_PHASES = Set.of(ExportPacker.DOCUMENTS, ExportPacker.UPLOAD);

	private final ExportRepository exports;

	ExportEndListener(ExportRepository exports) {
		this.exports = exports;
	}

	@Override
	public void finished(PostPhaseResult result) {
		if (!POST_PHASES.contains(result.postPhase().name())) {
			return;
		}
		String id = result.postPhase().id();
		switch (result.outcome()) {
			case COMPLETED -> {
			}
			case CANCELLED -> this.exports.ended(id, ExportState.CANCELLED, result.failureMessage());
			default -> failed(id, Objects.requireNonNullElse(result.failure(), result.outcome()));
		}
	}

	/**
	 * Called without {@link #finished} if the processes that packed the export have died.
	 */
	@Override
	public void deadLettered(DeadLetter deadLetter) {
		if (POST_PHASES.contains(deadLetter.name())) {
			failed(deadLetter.id(), Objects.requireNonNullElse(deadLetter.failure(), PostPhaseOutcome.FAILED));
		}
	}

	private void failed(String postPhase, Object reason) {
		this.exports.ended(postPhase, ExportState.FAILED, StringUtils.truncate(reason.toString(), 200));
	}

}
