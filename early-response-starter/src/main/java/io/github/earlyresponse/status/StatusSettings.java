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

import java.time.Duration;

/**
 * The settings of the status resource.
 *
 * @param path where it is, below the dispatcher servlet
 * @param keepFor how long finished post-phases are kept
 * @param keepAtMost how many of them are kept
 * @param showErrors whether the messages of failures are shown
 * @param cancellation whether clients may cancel
 * @param cancellationGrace how long a cancelled post-phase may go on uninterrupted
 * @param retryAfter when a client should ask again
 * @param eventInterval how often changes are sent
 * @param stallTimeout how long a client may not read
 * @param watchAtMost how many event streams are open at once
 */
public record StatusSettings(String path, Duration keepFor, int keepAtMost, boolean showErrors, boolean cancellation,
		Duration cancellationGrace, Duration retryAfter, Duration eventInterval, Duration stallTimeout,
		int watchAtMost) {
}
