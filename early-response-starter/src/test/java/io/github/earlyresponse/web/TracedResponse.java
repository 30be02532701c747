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

package io.github.earlyresponse.web;

import java.io.IOException;
import java.util.List;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;

import org.springframework.mock.web.MockHttpServletResponse;

/**
 * A response that says what brings it to its client.
 */
class TracedResponse extends MockHttpServletResponse {

	private final List<String> events;

	private int status = SC_OK;

	private boolean gone;

	/**
	 * Creates the response.
	 * @param events gets what is done with it, in its order
	 */
	TracedResponse(List<String> events) {
		this.events = events;
	}

	/**
	 * The client has closed its connection.
	 */
	void abort() {
		this.gone = true;
	}

	/**
	 * Also of a response that is on its way.
	 */
	void changeStatus(int status) {
		this.status = status;
	}

	@Override
	public int getStatus() {
		return this.status;
	}

	@Override
	public void setContentLengthLong(long length) {
		this.events.add("length " + length);
	}

	@Override
	public void flushBuffer() {
		this.events.add("flush");
		if (this.gone) {
			TracedResponse.<RuntimeException>sneakyThrow(new IOException("gone"));
		}
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
		throw (E) failure;
	}

	@Override
	public void sendRedirect(String url) {
	}

	@Override
	public ServletOutputStream getOutputStream() {
		return new TracedOutputStream();
	}

	private final class TracedOutputStream extends ServletOutputStream {

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void write(int b) {
		}

		@Override
		public void close() {
			TracedResponse.this.events.add("close");
		}

	}

}
