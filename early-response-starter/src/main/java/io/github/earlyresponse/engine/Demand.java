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

/**
 * The room that a handler needs.
 *
 * @param names the post-phases that its annotation names
 * @param spare the room to be kept for post-phases that are decided at run time
 * @param handler the name of the handler, for a rejection that has no other name
 */
public record Demand(List<String> names, int spare, String handler) {

	/**
	 * How many post-phases there must be room for.
	 * @return the number of post-phases
	 */
	public int total() {
		return this.names.size() + this.spare;
	}

}
