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
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The capacity that a handler needs for one request.
 *
 * @param names the post-phases that its annotation names
 * @param spare the number of post-phases to reserve capacity for that are added at run
 * time
 * @param handler the name of the handler, for a rejection that has no other name
 * @param owner the name of the user whose request it is, {@code null} if there is none or
 * nobody will ask
 * @param durable those of the names that are durable
 */
public record ReservationRequest(List<String> names, int spare, String handler, @Nullable String owner,
		Set<String> durable) {

	/**
	 * A request without an owner, and without durable post-phases.
	 * @param names the post-phases that the annotation of the handler names
	 * @param spare the number of post-phases that are added at run time
	 * @param handler the name of the handler
	 */
	public ReservationRequest(List<String> names, int spare, String handler) {
		this(names, spare, handler, null, Set.of());
	}

	/**
	 * The same request with an owner.
	 * @param owner the name of the user, {@code null} for none
	 * @return the request
	 */
	public ReservationRequest ownedBy(@Nullable String owner) {
		return (owner != null) ? new ReservationRequest(this.names, this.spare, this.handler, owner, this.durable)
				: this;
	}

	/**
	 * The number of post-phases to reserve capacity for.
	 * @return the number of post-phases
	 */
	public int total() {
		return this.names.size() + this.spare;
	}

}
