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

package io.github.earlyresponse.response;

import java.io.PrintWriter;

import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Tells when the head of a response is about to be written, as long as it can be changed.
 * It may tell too early, and then once more, but not too late.
 */
final class HeadWatch {

	/**
	 * The part of the buffer that a container fills without writing any of it: Jetty
	 * passes over the buffer for larger pieces.
	 */
	private static final int SAFE_PART = 4;

	private static final int BYTES_PER_CHARACTER = 3;

	private final HttpServletResponse response;

	private final Runnable callback;

	private long count;

	private boolean written;

	HeadWatch(HttpServletResponse response, Runnable callback) {
		this.response = response;
		this.callback = callback;
	}

	/**
	 * Some of the body is about to be written.
	 * @param length how many bytes
	 */
	void beforeWrite(long length) {
		if (this.written) {
			return;
		}
		this.count += length;
		// A container may complete a response with the last byte that its length promises
		if (this.count > this.response.getBufferSize() / SAFE_PART
				|| this.response.containsHeader(HttpHeaders.CONTENT_LENGTH)) {
			now();
		}
	}

	/**
	 * The head is about to be written, unless it was before.
	 */
	void now() {
		if (!this.written) {
			this.written = this.response.isCommitted();
			if (!this.written) {
				this.callback.run();
			}
		}
	}

	/**
	 * A writer that is watched.
	 * @param writer the writer of the container
	 */
	PrintWriter watch(PrintWriter writer) {
		return new WatchedWriter(writer, this);
	}

	/**
	 * The writer of the container, each call announced.
	 */
	private static final class WatchedWriter extends PrintWriter {

		private final PrintWriter delegate;

		private final HeadWatch head;

		WatchedWriter(PrintWriter delegate, HeadWatch head) {
			super(delegate);
			this.delegate = delegate;
			this.head = head;
		}

		private PrintWriter before(long characters) {
			this.head.beforeWrite(characters * BYTES_PER_CHARACTER);
			return this.delegate;
		}

		@Override
		public void write(int character) {
			before(1).write(character);
		}

		@Override
		public void write(char[] characters, int offset, int length) {
			before(length).write(characters, offset, length);
		}

		@Override
		public void write(String text, int offset, int length) {
			before(length).write(text, offset, length);
		}

		@Override
		public void println() {
			before(2).println();
		}

		@Override
		public void flush() {
			this.head.now();
			this.delegate.flush();
		}

		@Override
		public void close() {
			this.head.now();
			this.delegate.close();
		}

		@Override
		public boolean checkError() {
			this.head.now();
			return this.delegate.checkError();
		}

	}

}
