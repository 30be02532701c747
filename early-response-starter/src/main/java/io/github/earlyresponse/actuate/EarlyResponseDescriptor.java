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
 * @param capacity the maximum number in flight
 * @param inFlight the number that were accepted and have not ended
 * @param queued the number whose response is complete and that wait for a thread
 * @param totals the totals since startup
 * @param postPhases those in flight, oldest first, at most 100
 * @param failures those that failed, timed out or were abandoned, newest first, at most
 * 20
 */
public record EarlyResponseDescriptor(int capacity, int inFlight, long queued, TotalsDescriptor totals,
		List<PostPhaseDescriptor> postPhases, List<FailureDescriptor> failures) implements OperationResponseBody {
}
