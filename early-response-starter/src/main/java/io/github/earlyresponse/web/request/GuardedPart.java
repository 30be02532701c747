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

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/**
 * A part of a request, as long as that has not ended.
 */
final class GuardedPart implements Part {

	private final Part delegate;

	private final GuardedRequest request;

	GuardedPart(Part delegate, GuardedRequest request) {
		this.delegate = delegate;
		this.request = request;
	}

	private Part alive(String method) {
		this.request.checkAlive(Part.class, method);
		return this.delegate;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return new Content(alive("getInputStream").getInputStream());
	}

	@Override
	public @Nullable String getContentType() {
		return alive("getContentType").getContentType();
	}

	@Override
	public String getName() {
		return alive("getName").getName();
	}

	@Override
	public @Nullable String getSubmittedFileName() {
		return alive("getSubmittedFileName").getSubmittedFileName();
	}

	@Override
	public long getSize() {
		return alive("getSize").getSize();
	}

	@Override
	public void write(String fileName) throws IOException {
		alive("write").write(fileName);
	}

	@Override
	public void delete() throws IOException {
		alive("delete").delete();
	}

	@Override
	public @Nullable String getHeader(String name) {
		return alive("getHeader").getHeader(name);
	}

	@Override
	public Collection<String> getHeaders(String name) {
		return alive("getHeaders").getHeaders(name);
	}

	@Override
	public Collection<String> getHeaderNames() {
		return alive("getHeaderNames").getHeaderNames();
	}

	/**
	 * What is in the part. It can be closed at any time.
	 */
	private final class Content extends FilterInputStream {

		private Content(InputStream content) {
			super(content);
		}

		@Override
		public int read() throws IOException {
			GuardedPart.this.request.checkAlive(Part.class, "getInputStream().read");
			return super.read();
		}

		@Override
		public int read(byte[] bytes, int offset, int length) throws IOException {
			GuardedPart.this.request.checkAlive(Part.class, "getInputStream().read");
			return super.read(bytes, offset, length);
		}

		@Override
		public long skip(long count) throws IOException {
			GuardedPart.this.request.checkAlive(Part.class, "getInputStream().skip");
			return super.skip(count);
		}

		@Override
		public int available() throws IOException {
			GuardedPart.this.request.checkAlive(Part.class, "getInputStream().available");
			return super.available();
		}

	}

}
