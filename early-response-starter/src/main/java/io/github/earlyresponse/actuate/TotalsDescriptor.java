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

import java.util.Map;

/**
 * Description of the totals since startup.
 *
 * @param accepted the number of accepted post-phases
 * @param rejected the number of rejected post-phases
 * @param failedAttempts the number of failed attempts that were followed by another one
 * @param takenOver the number of durable post-phases that this node has taken over
 * @param handedBack the number of durable post-phases that this node has handed back
 * @param outcomes the number of post-phases that have ended here by outcome, in lower
 * case
 */
public record TotalsDescriptor(long accepted, long rejected, long failedAttempts, long takenOver, long handedBack,
		Map<String, Long> outcomes) {
}
