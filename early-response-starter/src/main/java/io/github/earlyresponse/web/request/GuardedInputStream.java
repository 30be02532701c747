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

import java.io.IOException;
import java.nio.ByteBuffer;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

/**
 * The body of a request, as long as that has not ended.
 */
final class GuardedInputStream extends ServletInputStream {

	private final ServletInputStream delegate;

	private final GuardedRequest request;

	GuardedInputStream(ServletInputStream delegate, GuardedRequest request) {
		this.delegate = delegate;
		this.request = request;
	}

	private ServletInputStream alive(String method) {
		this.request.checkAlive(ServletInputStream.class, method);
		return this.delegate;
	}

	@Override
	public int read() throws IOException {
		return alive("read").read();
	}

	@Override
	public int read(byte[] bytes) throws IOException {
		return alive("read").read(bytes);
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		return alive("read").read(bytes, offset, length);
	}

	@Override
	public int read(ByteBuffer buffer) throws IOException {
		return alive("read").read(buffer);
	}

	@Override
	public int readLine(byte[] bytes, int offset, int length) throws IOException {
		return alive("readLine").readLine(bytes, offset, length);
	}

	@Override
	public byte[] readAllBytes() throws IOException {
		return alive("readAllBytes").readAllBytes();
	}

	@Override
	public byte[] readNBytes(int length) throws IOException {
		return alive("readNBytes").readNBytes(length);
	}

	@Override
	public long skip(long count) throws IOException {
		return alive("skip").skip(count);
	}

	@Override
	public int available() throws IOException {
		return alive("available").available();
	}

	@Override
	public boolean isFinished() {
		return alive("isFinished").isFinished();
	}

	@Override
	public boolean isReady() {
		return alive("isReady").isReady();
	}

	@Override
	public void setReadListener(ReadListener listener) {
		alive("setReadListener").setReadListener(listener);
	}

	@Override
	public boolean markSupported() {
		return !this.request.isEnded() && this.delegate.markSupported();
	}

	@Override
	public void mark(int limit) {
		alive("mark").mark(limit);
	}

	@Override
	public void reset() throws IOException {
		alive("reset").reset();
	}

	/**
	 * Closes the body, which the end of the request has done, too.
	 */
	@Override
	public void close() throws IOException {
		if (!this.request.isEnded()) {
			this.delegate.close();
		}
	}

}
