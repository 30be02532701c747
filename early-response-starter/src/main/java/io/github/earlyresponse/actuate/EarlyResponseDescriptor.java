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

import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Description of the post-phases of an application.
 *
 * @param engine where they run
 * @param capacity how many can be in flight at once
 * @param inFlight how many were accepted and have not ended
 * @param queued how many have their response behind them and wait for a thread
 * @param totals how many there were since the start
 * @param postPhases those in flight, oldest first; no more than the oldest 100
 * @param failures those that failed, timed out or were abandoned, newest first; no more
 * than the last 20
 */
public record EarlyResponseDescriptor(String engine, int capacity, int inFlight, long queued, TotalsDescriptor totals,
		List<PostPhaseDescriptor> postPhases, List<FailureDescriptor> failures) implements OperationResponseBody {
}
