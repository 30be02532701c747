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

import java.util.List;

import io.github.earlyresponse.PostPhaseRejectedException;

/**
 * The room that was reserved for one request.
 */
public interface Admission {

	/**
	 * The post-phases that were demanded by name, in that order.
	 * @return the accepted post-phases
	 */
	List<? extends AcceptedPostPhase> named();

	/**
	 * Accepts one more post-phase, in spare room or else in further room.
	 * @param name the name of the post-phase
	 * @return the accepted post-phase
	 * @throws PostPhaseRejectedException if there is no room
	 */
	AcceptedPostPhase accept(String name);

	/**
	 * Ends a post-phase that was {@linkplain #accept accepted} and does not count any
	 * more, without running it. Spare room that it took is spare again.
	 * @param postPhase the post-phase
	 */
	void drop(AcceptedPostPhase postPhase);

	/**
	 * Gives back the spare room that was not used. Nothing is accepted afterwards.
	 */
	void close();

}
