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

package io.github.earlyresponse.web.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/**
 * What stands for the content of a request: its method, path, query, content type and
 * body. Of a form its parameters count, and of a multipart request its parts, because the
 * container reads them itself, and because boundaries differ from one time to the next.
 */
final class Fingerprint {

	private Fingerprint() {
	}

	static String of(DigestedRequest request) throws IOException {
		Hash hash = new Hash();
		hash.add(request.getMethod()).add(request.getRequestURI()).add(request.getQueryString());
		String contentType = request.getContentType();
		if (isMultipart(contentType)) {
			hash.add(MediaType.MULTIPART_FORM_DATA_VALUE);
			addParts(request, hash);
		}
		else {
			hash.add(contentType);
			if (isForm(request.getMethod(), contentType)) {
				addParameters(request.getParameterMap(), hash);
			}
		}
		if (request.isStreamed() || (!isMultipart(contentType) && !isForm(request.getMethod(), contentType))) {
			hash.add(request.bodyHash());
		}
		return hash.toString();
	}

	private static boolean isMultipart(@Nullable String contentType) {
		return MediaType.MULTIPART_FORM_DATA_VALUE.equals(withoutParameters(contentType));
	}

	/**
	 * Whether the container reads the body for its parameters.
	 */
	private static boolean isForm(String method, @Nullable String contentType) {
		return HttpMethod.POST.matches(method)
				&& MediaType.APPLICATION_FORM_URLENCODED_VALUE.equals(withoutParameters(contentType));
	}

	private static @Nullable String withoutParameters(@Nullable String contentType) {
		return (contentType != null) ? contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT) : null;
	}

	private static void addParameters(Map<String, String[]> parameters, Hash hash) {
		parameters.forEach((name, values) -> {
			hash.add(name).add(values.length);
			for (String value : values) {
				hash.add(value);
			}
		});
	}

	private static void addParts(DigestedRequest request, Hash hash) throws IOException {
		try {
			for (Part part : request.getParts()) {
				hash.add(part.getName()).add(part.getSubmittedFileName()).add(part.getContentType());
				try (InputStream content = part.getInputStream()) {
					hash.add(content);
				}
			}
		}
		catch (ServletException ex) {
			throw new IOException("The parts of the request cannot be read", ex);
		}
	}

}
