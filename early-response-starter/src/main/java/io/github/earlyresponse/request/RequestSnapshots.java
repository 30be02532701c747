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

package io.github.earlyresponse.request;

import java.security.Principal;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.earlyresponse.RequestSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * Copies a request.
 */
public final class RequestSnapshots {

	private static final Log logger = LogFactory.getLog(RequestSnapshots.class);

	private RequestSnapshots() {
	}

	/**
	 * Copies the request.
	 * @param request the request
	 * @return the copy
	 */
	public static RequestSnapshot of(HttpServletRequest request) {
		Principal principal = request.getUserPrincipal();
		return new RequestSnapshot(request.getMethod(), request.getRequestURI(), request.getQueryString(),
				headers(request), parameters(request), request.getRemoteAddr(),
				(principal != null) ? principal.getName() : null);
	}

	private static Map<String, List<String>> headers(HttpServletRequest request) {
		Map<String, List<String>> headers = new LinkedCaseInsensitiveMap<>();
		for (String name : Collections.list(request.getHeaderNames())) {
			headers.put(name, List.copyOf(Collections.list(request.getHeaders(name))));
		}
		return Collections.unmodifiableMap(headers);
	}

	private static Map<String, List<String>> parameters(HttpServletRequest request) {
		Map<String, List<String>> parameters = new LinkedHashMap<>();
		try {
			request.getParameterMap()
				.forEach((name, values) -> parameters.put(name, List.copyOf(Arrays.asList(values))));
		}
		catch (RuntimeException ex) {
			// Containers refuse to parse what is malformed, which the handler may not
			// need
			logger.debug("The parameters of the request cannot be read", ex);
		}
		return Collections.unmodifiableMap(parameters);
	}

}
