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

package io.github.earlyresponse.web.request;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.github.earlyresponse.RequestSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.util.StringUtils;

/**
 * Copies a request.
 */
public final class RequestSnapshots {

	private static final Log logger = LogFactory.getLog(RequestSnapshots.class);

	private static final String FORM = MediaType.APPLICATION_FORM_URLENCODED_VALUE;

	private static final String MULTIPART = MediaType.MULTIPART_FORM_DATA_VALUE;

	private RequestSnapshots() {
	}

	/**
	 * Copies the request.
	 * @param request the request
	 * @return the copy
	 */
	public static RequestSnapshot of(HttpServletRequest request) {
		GuardedRequest guarded = GuardedRequest.find(request);
		return (guarded != null) ? guarded.readWithoutCopy(() -> of(request, !guarded.hasReadBody()))
				: of(request, false);
	}

	private static RequestSnapshot of(HttpServletRequest request, boolean bodyUnread) {
		Map<String, List<String>> headers = headers(request);
		boolean formUnread = bodyUnread && hasForm(headers);
		Principal principal = request.getUserPrincipal();
		return new RequestSnapshot(request.getMethod(), request.getRequestURI(), request.getQueryString(), headers,
				(formUnread) ? queryParameters(request) : parameters(request), request.getRemoteAddr(),
				(principal != null) ? principal.getName() : null);
	}

	/**
	 * Whether a content type is that of a form: of several, the container may use any.
	 */
	private static boolean hasForm(Map<String, List<String>> headers) {
		List<String> contentType = headers.get(HttpHeaders.CONTENT_TYPE);
		return contentType != null && contentType.stream()
			.anyMatch((type) -> StringUtils.startsWithIgnoreCase(type, FORM)
					|| StringUtils.startsWithIgnoreCase(type, MULTIPART));
	}

	private static Map<String, List<String>> headers(HttpServletRequest request) {
		Map<String, List<String>> headers = new LinkedCaseInsensitiveMap<>(Locale.ROOT);
		for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements();) {
			String name = names.nextElement();
			headers.put(name, list(request.getHeaders(name)));
		}
		return Collections.unmodifiableMap(headers);
	}

	private static List<String> list(Enumeration<String> values) {
		// Most headers have one value
		List<String> list = new ArrayList<>(1);
		while (values.hasMoreElements()) {
			list.add(values.nextElement());
		}
		return List.copyOf(list);
	}

	/**
	 * The parameters of the query alone. The container would read the body as well, and
	 * wait for it, which the handler did not do.
	 */
	private static Map<String, List<String>> queryParameters(HttpServletRequest request) {
		MultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
		try {
			for (String parameter : StringUtils.delimitedListToStringArray(request.getQueryString(), "&")) {
				if (!parameter.isEmpty()) {
					int end = parameter.indexOf('=');
					parameters.add(decode((end >= 0) ? parameter.substring(0, end) : parameter),
							(end >= 0) ? decode(parameter.substring(end + 1)) : "");
				}
			}
		}
		catch (IllegalArgumentException ex) {
			logger.debug("The query of the request cannot be read", ex);
		}
		Map<String, List<String>> copy = new LinkedHashMap<>();
		parameters.forEach((name, values) -> copy.put(name, List.copyOf(values)));
		return Collections.unmodifiableMap(copy);
	}

	private static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
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
