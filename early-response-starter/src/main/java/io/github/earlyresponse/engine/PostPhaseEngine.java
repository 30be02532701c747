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

package io.github.earlyresponse.engine;

import io.github.earlyresponse.PostPhaseRejectedException;

/**
 * Where post-phases run: the seam between the web side and an engine.
 */
public interface PostPhaseEngine {

	/**
	 * Reserves capacity for the post-phases of one request, for all of them or none.
	 * @param request what the handler needs
	 * @return the reserved capacity
	 * @throws PostPhaseRejectedException if there is not enough capacity
	 */
	Reservation reserve(ReservationRequest request);

	/**
	 * How many post-phases can be in flight at once.
	 * @return the capacity
	 */
	int capacity();

}
