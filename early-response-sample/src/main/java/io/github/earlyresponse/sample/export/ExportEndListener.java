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

import io.github.earlyresponse.PostPhaseListener;
import io.github.earlyresponse.PostPhaseOutcome;
import io.github.earlyresponse.PostPhaseResult;

import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Records that an export has failed for good, and is not tried again. First of all
 * listeners, so that whoever sees the end also sees the state.
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
		boolean started = result.postPhase().startedAt() != null;
		if (started && POST_PHASES.contains(result.postPhase().name())
				&& result.outcome() != PostPhaseOutcome.COMPLETED) {
			String reason = Objects.requireNonNullElse(result.failure(), result.outcome()).toString();
			this.exports.failed(result.postPhase().id(), StringUtils.truncate(reason, 200));
		}
	}

}
