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

package io.github.earlyresponse;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Copy of the most important data of a request, taken when the handler returned. Safe to
 * use in a post-phase, when the request has ended and the container may already have
 * reused its objects.
 *
 * @param method the HTTP method
 * @param uri the path of the request, encoded as it was sent, without the query
 * @param query the query string, encoded as it was sent
 * @param headers the headers, with case-insensitive names
 * @param parameters the query and form parameters, decoded. Form parameters are missing
 * if none was read before the handler returned, because the copy does not wait for a body
 * @param remoteAddress the address of the client, or of the last proxy
 * @param principal the name of the user, if the request had one
 */
public record RequestSnapshot(String method, String uri, @Nullable String query, Map<String, List<String>> headers,
		Map<String, List<String>> parameters, @Nullable String remoteAddress, @Nullable String principal) {

	/**
	 * Return the first value of a header.
	 * @param name the name, in any case
	 * @return the value, or {@code null} if the request had no such header
	 */
	public @Nullable String header(String name) {
		return first(this.headers, name);
	}

	/**
	 * Return the first value of a query or form parameter.
	 * @param name the name
	 * @return the value, or {@code null} if the request had no such parameter
	 */
	public @Nullable String parameter(String name) {
		return first(this.parameters, name);
	}

	private static @Nullable String first(Map<String, List<String>> values, String name) {
		List<String> found = values.get(name);
		return (found != null && !found.isEmpty()) ? found.get(0) : null;
	}

}
