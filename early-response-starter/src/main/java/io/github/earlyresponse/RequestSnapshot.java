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
 * Copies of what is often needed of a request, taken when the handler returned. Safe in a
 * post-phase, where the request itself is gone and its objects may already serve somebody
 * else.
 *
 * @param method the HTTP method
 * @param uri the path of the request, encoded as it was sent, without the query
 * @param query the query string, encoded as it was sent
 * @param headers the headers, their names compared without case
 * @param parameters the query and form parameters, decoded. Those of a form are missing
 * if nobody has asked for them by the time the handler returned: the copy waits for no
 * body
 * @param remoteAddress the address of the client, or of the last proxy
 * @param principal the name of the user, if the request had one
 */
public record RequestSnapshot(String method, String uri, @Nullable String query, Map<String, List<String>> headers,
		Map<String, List<String>> parameters, @Nullable String remoteAddress, @Nullable String principal) {

	/**
	 * The first value of a header.
	 * @param name the name, in any case
	 * @return the value, {@code null} if the request had no such header
	 */
	public @Nullable String header(String name) {
		return first(this.headers, name);
	}

	/**
	 * The first value of a query or form parameter.
	 * @param name the name
	 * @return the value, {@code null} if the request had no such parameter
	 */
	public @Nullable String parameter(String name) {
		return first(this.parameters, name);
	}

	private static @Nullable String first(Map<String, List<String>> values, String name) {
		List<String> found = values.get(name);
		return (found != null && !found.isEmpty()) ? found.get(0) : null;
	}

}
