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

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

import io.github.earlyresponse.RequestSnapshot;

import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * Leaves out of the copy of a request what must not be stored.
 */
final class StoredRequests {

	private static final String ALL = "*";

	/** The session of a client without cookies. */
	private static final Pattern SESSION_ID = Pattern.compile(";jsessionid=[^/;]*", Pattern.CASE_INSENSITIVE);

	private final Set<String> excludedHeaders;

	/**
	 * Creates the filter.
	 * @param excludedHeaders the names of the headers that are left out, in any case, or
	 * an asterisk for all
	 */
	StoredRequests(Collection<String> excludedHeaders) {
		this.excludedHeaders = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		this.excludedHeaders.addAll(excludedHeaders);
	}

	/**
	 * Returns what is stored of a request: without the id of its session, and with the
	 * headers by names in any case.
	 */
	RequestSnapshot filter(RequestSnapshot request) {
		Map<String, List<String>> headers = new LinkedCaseInsensitiveMap<>(Locale.ROOT);
		request.headers().forEach((name, values) -> {
			if (!this.excludedHeaders.contains(name) && !this.excludedHeaders.contains(ALL)) {
				headers.put(name, values);
			}
		});
		return new RequestSnapshot(request.method(), SESSION_ID.matcher(request.uri()).replaceAll(""), request.query(),
				Collections.unmodifiableMap(headers), request.parameters(), request.remoteAddress(),
				request.principal());
	}

}
