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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A request that has a key, whose body is digested while it is read. What the container
 * reads itself, which are forms and uploads, does not come through here.
 */
public final class DigestedRequest extends HttpServletRequestWrapper {

	private @Nullable DigestedInputStream inputStream;

	private @Nullable BufferedReader reader;

	private @Nullable String bodyHash;

	/**
	 * Wraps a request.
	 * @param request the request
	 */
	private DigestedRequest(HttpServletRequest request) {
		super(request);
	}

	/**
	 * Wraps a request if it has a key.
	 * @param request the request
	 * @return the same request, or one whose body is digested
	 */
	public static HttpServletRequest of(HttpServletRequest request) {
		return (request.getHeader(IdempotencyKey.HEADER) != null) ? new DigestedRequest(request) : request;
	}

	/**
	 * Finds such a request among those that wrap each other.
	 * @return the request, {@code null} if there is none
	 */
	static @Nullable DigestedRequest find(ServletRequest request) {
		ServletRequest current = request;
		while (current instanceof ServletRequestWrapper wrapper) {
			if (wrapper instanceof DigestedRequest digested) {
				return digested;
			}
			current = wrapper.getRequest();
		}
		return null;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		DigestedInputStream inputStream = this.inputStream;
		if (inputStream == null) {
			inputStream = new DigestedInputStream(super.getInputStream());
			this.inputStream = inputStream;
		}
		return inputStream;
	}

	@Override
	public BufferedReader getReader() throws IOException {
		BufferedReader reader = this.reader;
		if (reader == null) {
			String charset = Objects.requireNonNullElse(getCharacterEncoding(), StandardCharsets.ISO_8859_1.name());
			reader = new BufferedReader(new InputStreamReader(getInputStream(), charset));
			this.reader = reader;
		}
		return reader;
	}

	/**
	 * Whether somebody reads the body as a stream.
	 */
	boolean isStreamed() {
		return this.inputStream != null;
	}

	/**
	 * The hash of the whole body. What of it has not been read so far is kept in memory
	 * until it is.
	 */
	String bodyHash() throws IOException {
		String hash = this.bodyHash;
		if (hash == null) {
			getInputStream();
			hash = Objects.requireNonNull(this.inputStream).finish();
			this.bodyHash = hash;
		}
		return hash;
	}

}
