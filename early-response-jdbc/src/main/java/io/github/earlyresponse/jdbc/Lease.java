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

package io.github.earlyresponse.jdbc;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The right of this node to work on a stored post-phase. Its version is the fence: nobody
 * else has the lease as long as the row has that version.
 *
 * @param name the name of the post-phase, as stored
 * @param id the id of the post-phase
 * @param version the version of the row
 * @param owner the name of the user
 * @param acceptedAt when it was accepted
 * @param crashes how many processes have died while they had it
 * @param payload what is stored
 */
@SuppressWarnings("ArrayRecordComponent")
record Lease(String name, String id, long version, @Nullable String owner, Instant acceptedAt, int crashes,
		byte[] payload) {

	/**
	 * The name of a user as others may see it.
	 * @param owner the name as it is stored, which is empty if it was not determined
	 */
	static @Nullable String knownOwner(@Nullable String owner) {
		return (owner != null && !owner.isEmpty()) ? owner : null;
	}

	/**
	 * What tells it from other leases, also of the same post-phase.
	 */
	Key key() {
		return new Key(this.name, this.id, this.version);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return this.id.hashCode();
	}

	@Override
	public String toString() {
		return "Post-phase '" + this.name + "' (" + this.id + ")";
	}

	/**
	 * What tells a lease from others.
	 *
	 * @param name the name of the post-phase, as stored
	 * @param id the id of the post-phase
	 * @param version the version of the row
	 */
	record Key(String name, String id, long version) {

	}

}
