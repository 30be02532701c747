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

import java.io.ByteArrayInputStream;
import java.io.IOException;

import io.github.earlyresponse.IdempotencyException;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpStatus;

/**
 * The body of a request, which is digested while it is read.
 */
final class DigestedInputStream extends ServletInputStream {

	/** How much is kept in memory: what is larger is a matter for uploads. */
	private static final int MAX_REST = 10 * 1024 * 1024;

	private final ServletInputStream delegate;

	private final Hash hash = new Hash();

	/** What had not been read when the digest was finished. */
	private @Nullable ByteArrayInputStream rest;

	DigestedInputStream(ServletInputStream delegate) {
		this.delegate = delegate;
	}

	/**
	 * Reads the rest of the body, which is read once more by whoever goes on.
	 * @return the hash of the whole body
	 * @throws IdempotencyException if the rest is too large to be kept
	 */
	String finish() throws IOException {
		byte[] rest = this.delegate.readNBytes(MAX_REST + 1);
		if (rest.length > MAX_REST) {
			throw new IdempotencyException(HttpStatus.CONTENT_TOO_LARGE,
					"The body of a request with an Idempotency-Key is too large.", null);
		}
		this.hash.addBytes(rest, 0, rest.length);
		this.rest = new ByteArrayInputStream(rest);
		return this.hash.toString();
	}

	@Override
	public int read() throws IOException {
		byte[] single = new byte[1];
		int count = read(single, 0, 1);
		return (count > 0) ? single[0] & 0xFF : -1;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		if (this.rest != null) {
			return this.rest.read(bytes, offset, length);
		}
		int count = this.delegate.read(bytes, offset, length);
		if (count > 0) {
			this.hash.addBytes(bytes, offset, count);
		}
		return count;
	}

	@Override
	public int available() throws IOException {
		return (this.rest != null) ? this.rest.available() : this.delegate.available();
	}

	@Override
	public boolean isFinished() {
		return (this.rest != null) ? this.rest.available() == 0 : this.delegate.isFinished();
	}

	@Override
	public boolean isReady() {
		return this.rest != null || this.delegate.isReady();
	}

	@Override
	public void setReadListener(ReadListener listener) {
		this.delegate.setReadListener(listener);
	}

	/**
	 * Leaves the body to the container, which reads on until its end.
	 */
	@Override
	public void close() {
	}

}
